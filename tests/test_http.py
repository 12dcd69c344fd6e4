"""Requests in files get the status and headers that stand below them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox
import pytest
import rdflib

from kgserver.model import refusal
from kgserver.serve import refusals

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from .processes import Server

SISTER = "https://w3id.org/cityexchange/ontology#sisterCity"
ID = "https://w3id.org/cityexchange/id/"


def fields(lines: str) -> dict[str, str]:
    """Header fields, one a line."""
    pairs = (line.partition(":") for line in lines.splitlines())
    return {name: value.strip() for name, _, value in pairs}


@pytest.mark.parametrize("case", cases("http"))
def test_a_request_gets_its_status_and_headers(case: Path, server: Server) -> None:
    """A header `…` is there, whatever its value; one `(none)` is not there."""
    asked, _, expected = case.read_text("utf-8").partition("\n\n")
    line, _, rest = asked.partition("\n")
    status, _, wanted = expected.strip().partition("\n")
    headers = fields(rest)
    body = headers.pop("Body", "").encode() or None
    method, _, target = line.partition(" ")

    response = server.ask(method, target, headers, body)

    found = {
        name: "…" if value == "…" and name in response.headers
        else response.headers.get(name, "(none)")
        for name, value in fields(wanted).items()
    }  # fmt: skip
    assert (response.status, found) == (int(status), fields(wanted))


@pytest.mark.parametrize(
    "target", ["//evil.example/a?b=c", "///evil.example/", "/\\evil.example/a", "//"]
)
def test_a_path_that_looks_like_a_host_leads_nowhere_else(
    server: Server, target: str
) -> None:
    """Neither a link of a page nor a redirect makes another host of it."""
    page = server.ask("GET", target, {"Accept": "text/html"}).body.decode()
    links = re.findall(r'(?:href|src|action)="([^"]*)"', page)
    assert links
    assert not [each for each in links if re.match(r"[/\\]{2}|.*evil.*//", each)]
    then = {"Accept-Datetime": "Thu, 31 Oct 2019 08:00:00 GMT"}
    led = server.ask("GET", target, then).headers["Location"]
    assert urlsplit(urljoin("http://here/", led)).netloc == "here"
    assert "\\" not in led


def test_every_refusal_has_a_status() -> None:
    """The table of statuses names each kind of Refusal."""

    def kinds(base: type[refusal.Refusal]) -> Iterator[type[refusal.Refusal]]:
        for kind in base.__subclasses__():
            yield kind
            yield from kinds(kind)

    assert set(kinds(refusal.Refusal)) == set(refusals.STATUSES)


@pytest.mark.parametrize("extension", ["ttl", "nt", "rdf", "jsonld"])
def test_a_sister_city_is_one_from_both_sides(
    client: FlaskClient, extension: str
) -> None:
    """One direction is asserted; every format says both, and rdflib reads it."""
    formats = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
    data = client.get(f"/data/changchun.{extension}").data
    graph = rdflib.Graph().parse(data=data, format=formats[extension])
    one, other = rdflib.URIRef(ID + "changchun"), rdflib.URIRef(ID + "wolfsburg")

    assert (one, rdflib.URIRef(SISTER), other) in graph
    assert (other, rdflib.URIRef(SISTER), one) in graph


def test_a_representation_held_already_is_not_sent_again(client: FlaskClient) -> None:
    """304 for the same validator, and for no other."""
    for target in ("/", "/page/changchun", "/data/changchun.ttl", "/ontology"):
        tag = client.get(target).headers["ETag"]
        again = client.get(target, headers={"If-None-Match": tag})
        other = client.get(target, headers={"If-None-Match": '"other"'})

        assert (again.status_code, again.data) == (304, b"")
        assert other.status_code == 200


def test_a_problem_document_says_what_where_and_what_to_do(client: FlaskClient) -> None:
    """An undeclared prefix is named with its place and its remedy (RFC 9457)."""
    asked = {"query": "SELECT *\nWHERE { ?s foo:p ?o }"}
    document = client.get("/sparql", query_string=asked).get_json(force=True)

    assert document == {
        "type": "/problem/BadQuery",
        "title": "The query cannot be read",
        "status": 400,
        "detail": "The prefix foo: is not declared.",
        "hint": document["hint"],
        "line": 2,
        "column": 12,
        "excerpt": "WHERE { ?s foo:p ?o }",
    }
    assert "PREFIX foo:" in document["hint"]


def test_the_seven_editions_and_their_cities_come_back(client: FlaskClient) -> None:
    """The first thing that anyone asks of the shipped graph."""
    query = """
        PREFIX cex: <https://w3id.org/cityexchange/ontology#>
        PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?number ?city WHERE {
          ?edition a cex:SymposiumEdition ; cex:editionNumber ?number .
          ?edition cex:heldIn ?place .
          ?place a cex:City ; rdfs:label ?city . FILTER(LANG(?city) = "en")
        } ORDER BY ?number"""
    answer = client.get(
        "/sparql", query_string={"query": query}, headers={"Accept": "text/csv"}
    )

    assert answer.text.split() == [
        "number,city", "1,Xuzhou", "2,Shenyang", "3,Baotou", "4,Chengdu", "5,Jinan",
        "6,Xuchang", "7,Changchun",
    ]  # fmt: skip


def test_the_service_description_counts_every_graph(client: FlaskClient) -> None:
    """It is valid RDF and its default graph holds what the home page says."""
    headers = {"Accept": "application/n-triples"}
    data = client.get("/sparql", headers=headers).data
    store = ox.Store()
    store.load(data, ox.RdfFormat.N_TRIPLES)
    rows = store.query("""
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        PREFIX void: <http://rdfs.org/ns/void#>
        SELECT ?n { ?s sd:defaultDataset/sd:defaultGraph/void:triples ?n }""")
    assert isinstance(rows, ox.QuerySolutions)
    (row,) = rows
    counted = client.get(
        "/sparql",
        query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"},
        headers={"Accept": "text/csv"},
    )

    assert isinstance(row["n"], ox.Literal)
    assert counted.text.split() == ["n", row["n"].value]


HOSTILE = {
    "graph/hostile.ttl": r"""
        @prefix : <http://127.0.0.1:8000/id/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :a rdfs:label "<script>alert(1)</script>" , "\u202Egnp.exe"@en ;
           rdfs:seeAlso <javascript:alert(1)> , <http://e/%22onmouseover=x> .
    """
}


def test_hostile_labels_and_iris_do_not_become_markup(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """A script in a label is text; an IRI that is no web address is no link to it."""
    page = make_client(HOSTILE).get("/page/a").text

    assert re.findall(r"<script[^>]*>", page) == ['<script type="application/ld+json">']
    assert page.count("</script>") == 1
    assert 'href="javascript:' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
