"""A graph in memory and the same from disk: whatever graph is asked, one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from .processes import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = "http://127.0.0.1:8000/"
HEAD = f"@prefix : <{BASE}id/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
FILES = {
    "ontology/o.ttl": f"{HEAD}:near a owl:SymmetricProperty .\n",
    "ontology/shapes.ttl": "<urn:shape> a <http://www.w3.org/ns/shacl#NodeShape> .\n",
    "graph/a.ttl": f"{HEAD}:a :near :b , [ a :Place ; :near :c ] .\n",
    "graph/b.ttl": f"{HEAD}:a a :Place ; :near :b .\n",
}
ACCEPT = "text/csv, application/n-triples;q=0.9, */*;q=0.1"
QUERIES = {
    "default": "SELECT ?s ?o { ?s :near ?o } ORDER BY ?s ?o",
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT ?c (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { ?s a ?c } "
    "GROUP BY ?c ORDER BY ?c",
    "classes-of-graphs": "SELECT ?g ?c (COUNT(*) AS ?n) { GRAPH ?g { ?s a ?c } } "
    "GROUP BY ?g ?c ORDER BY ?g ?c",
    "path": "SELECT ?x { :b :near+ ?x } ORDER BY ?x",
    "each-graph": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s :near ?o } } "
    "GROUP BY ?g ORDER BY ?g",
    "lower-case": "SELECT (COUNT(*) AS ?n) { graph ?g { ?s ?p ?o } }",
    "both": "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    "exists": "SELECT ?s { ?s :near :b "
    "FILTER NOT EXISTS { GRAPH ?g { ?s :near :b } } }",
    "from": f"SELECT (COUNT(*) AS ?n) FROM <{BASE}graph/b> {{ ?s ?p ?o }}",
    "construct": "CONSTRUCT { ?s :at ?g } { GRAPH ?g { ?s :near :b } }",
    "describe": "DESCRIBE :b",
    "ask": "ASK { :b :near :a }",
}


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Server, Server]]:
    """One that holds the graph in memory, and one that reads it from disk."""
    folder = tmp_path_factory.mktemp("graphs")
    for path, text in FILES.items():
        write(folder / path, text)
    with (
        serving(folder, "--no-watch") as memory,
        serving(folder, "--no-watch", KGSERVER_MEMORY_BUDGET="0") as disk,
    ):
        yield memory, disk


def write(path: Path, text: str) -> None:
    """Write a file of the folder."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("name", QUERIES)
def test_memory_and_disk_agree(servers: tuple[Server, Server], name: str) -> None:
    """The default graph, named graphs, and both in one query."""
    query = f"PREFIX : <{BASE}id/> {QUERIES[name]}".encode()
    sent = {"Content-Type": "application/sparql-query", "Accept": ACCEPT}
    first, second = (each.ask("POST", "/sparql", sent, query) for each in servers)

    assert first.status == 200
    assert sorted(first.body.split(b"\n")) == sorted(second.body.split(b"\n"))
    assert b"\n" in first.body or b"true" in first.body


@pytest.mark.parametrize(
    ("dataset", "count"),
    [
        ({"asserted": "1"}, 6),
        ({"default-graph-uri": [f"{BASE}graph/a", f"{BASE}graph/b"]}, 5),
        ({"default-graph-uri": [f"{BASE}graph/none", f"{BASE}graph/neither"]}, 0),
        ({"default-graph-uri": [f"{BASE}graph/a"]}, 4),
    ],
)
def test_of_several_graphs_a_statement_counts_once(
    servers: tuple[Server, Server], dataset: dict[str, object], count: int
) -> None:
    """What only follows is left out where files are asked alone, and so are shapes."""
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    asked = urlencode({"query": query, **dataset}, doseq=True)
    for server in servers:
        answer = server.ask("GET", f"/sparql?{asked}", {"Accept": "text/csv"})

        assert answer.body.split() == [b"n", str(count).encode()]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("SELECT (COUNT(*) AS ?n) FROM g:a FROM <{}graph/b> {{ ?s ?p ?o }}", 5),
        ("SELECT (COUNT(*) AS ?n) FROM g:a FROM g:a {{ ?s ?p ?o }}", 4),
        ("SELECT (COUNT(*) AS ?n) FROM g:a FROM g:none {{ ?s ?p ?o }}", 4),
        ("SELECT (COUNT(*) AS ?n) FROM g:a FROM g:b {{ GRAPH ?g {{ ?s ?p ?o }} }}", 0),
        (
            "SELECT (COUNT(*) AS ?n) FROM g:a FROM g:b FROM NAMED g:b "
            "{{ GRAPH ?g {{ ?s ?p ?o }} }}", 2,
        ),
        ("SELECT (COUNT(*) AS ?n) FROM g:a FROM <graph/b> {{ ?s ?p :c }}", 1),
    ],
)  # fmt: skip
def test_from_puts_graphs_together(
    servers: tuple[Server, Server], query: str, count: int
) -> None:
    """By whole IRI or prefixed; a relative one is the engine's to resolve."""
    prologue = f"PREFIX : <{BASE}id/> PREFIX g: <{BASE}graph/> "
    asked = urlencode({"query": prologue + query.format(BASE)})
    for server in servers:
        for _ in range(2):  # the second time its template is known
            answer = server.ask("GET", f"/sparql?{asked}", {"Accept": "text/csv"})

            assert answer.body.split() == [b"n", str(count).encode()]


def test_named_graphs_are_those_of_the_files(servers: tuple[Server, Server]) -> None:
    """Where files are asked alone: shapes too, and nothing that follows."""
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    asked = urlencode({"query": query, "asserted": "1"})
    for server in servers:
        answer = server.ask("GET", f"/sparql?{asked}", {"Accept": "text/csv"})
        names = ["a", "b", "ontology/o", "ontology/shapes"]

        assert answer.body.decode().split() == [
            "g",
            *(f"{BASE}graph/{n}" for n in names),
        ]
