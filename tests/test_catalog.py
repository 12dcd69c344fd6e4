"""The dataset is described as data: service description, VoID, prefixes, examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask import dataset
from kgserver.ask.catalog import void
from kgserver.ask.sparql.gate import guard, keywords
from kgserver.load import snapshot, versions
from kgserver.model import names
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from kgserver.ask.dataset import Dataset
    from kgserver.model.settings import Settings

FILES = {
    "graph/a.ttl": """
        @prefix ex: <http://127.0.0.1:8000/id/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        ex:City rdfs:subClassOf ex:Place .
        ex:a a ex:City ; ex:near ex:b ; ex:name "A" . ex:b a ex:City .
    """,
    "queries/examples/01-near.rq": """\
# What is near
# Pairs of places that are near each other.
# keywords: near, place

PREFIX ex: <http://127.0.0.1:8000/id/>
SELECT * { ?a ex:near ?b }
""",
}
PREFIXES = """
    PREFIX void: <http://rdfs.org/ns/void#>
    PREFIX ext: <http://ldf.fi/void-ext#>
    PREFIX sh: <http://www.w3.org/ns/shacl#>
    PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    PREFIX schema: <https://schema.org/>
    PREFIX ex: <http://127.0.0.1:8000/id/>
"""
EXTENSION = ox.NamedNode(names.WELL_KNOWN["sd"] + "extensionFunction")
# What an editor asks for to complete properties, after those of the SIB.
COMPLETION = """SELECT ?class ?property ?end ?datatype {
    ?c void:class ?class ; void:propertyPartition ?p . ?p void:property ?property .
    OPTIONAL { ?p void:classPartition [ void:class ?end ] }
    OPTIONAL { ?p ext:datatypePartition [ ext:datatype ?datatype ] }
    FILTER(STRSTARTS(STR(?property), STR(ex:))) FILTER(?class = ex:City) }"""


def opened(settings: Settings) -> Dataset:
    """The dataset that is built from the settings' folder."""
    assert snapshot.build(settings).served
    directory = versions.current(settings.state)
    assert directory
    return dataset.opened(directory)


def rows(store: ox.Store, query: str, graph: str = "") -> set[tuple[str, ...]]:
    """The rows of a query over one graph, as local names and texts."""
    given = ox.NamedNode(graph) if graph else None
    found = store.query(PREFIXES + query, default_graph=given)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return {
        tuple(
            getattr(row[name], "value", "").rpartition("/")[2].rpartition("#")[2]
            for name in names
        )
        for row in found
    }


def test_an_editor_completes_from_the_catalog_graph(
    make_folder: Callable[..., Settings],
) -> None:
    """Which properties things of a class have, and where they lead."""
    held = opened(make_folder(FILES))

    assert rows(held.store, COMPLETION, held.names.catalog) == {
        ("City", "near", "City", ""),
        ("City", "name", "", "string"),
    }


def test_the_catalog_graph_declares_prefixes_and_examples(
    make_folder: Callable[..., Settings],
) -> None:
    """As SHACL and the SIB's sparql-examples have it."""
    held = opened(make_folder(FILES))
    graph = held.names.catalog
    asked = """SELECT ?label ?comment ?keyword { ?q a sh:SPARQLExecutable ;
        sh:select ?s ; rdfs:label ?label ; rdfs:comment ?comment ;
        schema:keywords ?keyword
        FILTER(STRSTARTS(?s, "PREFIX ex:")) }"""

    said = "Pairs of places that are near each other."
    assert rows(held.store, asked, graph) == {
        ("What is near", said, "near"), ("What is near", said, "place")
    }  # fmt: skip
    declared = "SELECT ?p { [] sh:declare [ sh:prefix ?p ; sh:namespace ?ns ] }"
    assert rows(held.store, declared, graph) == {("ex",), ("rdfs",)}


def test_the_catalog_counts_each_triple_once(
    make_folder: Callable[..., Settings],
) -> None:
    """Its total is that of the default graph, which it is no part of."""
    held = opened(make_folder(FILES))
    (total,) = rows(
        held.store, "SELECT ?n { <dataset> void:triples ?n }".replace(
            "<dataset>", f"<{held.names.dataset}>"), held.names.catalog
    )  # fmt: skip

    assert total == (str(held.snapshot.counts.merged),)
    default = held.store.quads_for_pattern(None, None, None, dataset.DEFAULT)
    assert len(list(default)) == held.snapshot.counts.merged


def test_void_is_reckoned_where_the_folder_wants_no_other_graph(
    make_folder: Callable[..., Settings],
) -> None:
    """What is said is the same; the store holds the folder's own graphs alone."""
    data = {"data.nq": '<urn:a> <urn:p> "x" .\n<urn:a> <urn:p> "y" <urn:g> .'}
    held = opened(make_folder(data, {"KGSERVER_DEFAULT_GRAPH": "own"}))
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in void.describe(held))

    assert [str(graph) for graph in held.store.named_graphs()] == ["<urn:g>"]
    assert rows(store, "SELECT ?n { ?d a void:Dataset ; void:triples ?n }") == {("1",)}
    assert rows(store, "SELECT ?p { [] void:property ?p }") == {("urn:p",)}


def test_the_service_description_is_true(
    make_folder: Callable[..., Settings],
) -> None:
    """Its address, its graphs, its limits and its functions are those there are."""
    given = {
        "KGSERVER_PUBLIC_URL": "https://kg.example.org/", "KGSERVER_RESULT_ROWS": "77",
        "KGSERVER_QUERY_SECONDS": "0",
    }  # fmt: skip
    settings = make_folder(FILES, given)
    assert snapshot.build(settings).served
    client = create_app(settings).test_client()
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    said = ox.Store()
    said.load(answer.data, format=ox.RdfFormat.TURTLE)

    def asked(query: str) -> int:
        found = client.post("/sparql", data={"query": query, "format": "csv"})
        assert found.status_code == 200, query
        return int(found.text.split()[1] or 0)

    endpoint = ox.NamedNode("https://kg.example.org/sparql")
    assert next(said.quads_for_pattern(None, None, endpoint, None), None)
    limits = f"""SELECT ?name ?value {{ ?s <{names.KGSERVER}limit> ?limit .
        ?limit schema:propertyID ?name ; schema:value ?value }}"""
    told = {row[0]: row[1] for row in rows(said, limits)}
    assert told["result_rows"] == "77"
    assert told["patterns"] == str(guard.LIMITS["patterns"].most)
    assert "query_seconds" not in told
    graphs = """SELECT ?g ?n { ?d sd:namedGraph [ sd:name ?g ; sd:graph ?c ] .
        ?c void:triples ?n }"""
    for graph, count in rows(said, graphs):
        iri = f"http://127.0.0.1:8000/graph/{graph}"
        counted = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
        assert asked(counted) == int(count), graph
    functions = list(said.quads_for_pattern(None, EXTENSION, None, None))
    assert len(functions) == len(keywords.FUNCTION_IRIS) > 40
    for each in functions:
        asked(f"SELECT (COUNT(?x) AS ?n) {{ BIND({each.object}(1) AS ?x) }}")


def test_the_shipped_examples_are_in_the_catalog(client: FlaskClient) -> None:
    """All of them, through the endpoint."""
    asked = PREFIXES + "SELECT (COUNT(DISTINCT ?q) AS ?n) { ?q a sh:SPARQLExecutable }"
    answer = client.get(
        "/sparql",
        query_string={
            "query": asked,
            "default-graph-uri": "https://w3id.org/cityexchange/graph/catalog",
            "format": "csv",
        },
    )

    assert int(answer.text.split()[1]) >= 20
