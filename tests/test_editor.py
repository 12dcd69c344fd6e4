"""What the query editor asks of the server: terms, labels, faults."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

CEX = "https://w3id.org/cityexchange/ontology#"
ID = "https://w3id.org/cityexchange/id/"


def listed(client: FlaskClient, kind: str, language: str = "en") -> dict[str, Any]:
    """The terms of a kind by their IRI."""
    document = client.get(f"/sparql/schema.json?lang={language}").get_json()
    return {term["iri"]: term for term in document[kind]}


def test_a_class_has_its_label_its_count_and_what_is_above(client: FlaskClient) -> None:
    """The seven editions are events too."""
    edition = listed(client, "classes")[CEX + "SymposiumEdition"]

    assert edition["count"] == 7
    assert CEX + "Event" in edition["parents"]
    assert edition["comment"]


def test_a_property_has_the_domain_that_files_give_it(client: FlaskClient) -> None:
    """And not every class above, which would fit anything."""
    number = listed(client, "properties")[CEX + "editionNumber"]

    assert number["domain"] == [CEX + "SymposiumEdition"]
    assert number["count"] == 7


def test_terms_are_called_as_the_reader_speaks(client: FlaskClient) -> None:
    """The label of the language asked for, where there is one."""
    assert listed(client, "classes", "de")[CEX + "City"]["label"] == "Stadt"


def test_a_domain_of_several_classes_is_each_of_them(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """The members of `owl:unionOf`; a list that is a circle ends."""
    client = make_client(
        {
            "ontology/o.ttl": """
            @prefix : <http://127.0.0.1:8000/ontology#> .
            @prefix owl: <http://www.w3.org/2002/07/owl#> .
            @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
            @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
            :p a owl:ObjectProperty ; rdfs:domain [ owl:unionOf ( :A :B ) ] .
            :A a owl:Class . :B a owl:Class .
            """,
            "graph/g.ttl": """
            @prefix : <http://127.0.0.1:8000/ontology#> .
            <http://127.0.0.1:8000/id/a> :p <http://127.0.0.1:8000/id/b> .
            """,
        }
    )
    name = "http://127.0.0.1:8000/ontology#"

    found = listed(client, "properties")[name + "p"]
    assert found["domain"] == [name + "A", name + "B"]


def test_the_schema_is_asked_for_once_a_version(client: FlaskClient) -> None:
    """Who holds it already gets 304."""
    tag = client.get("/sparql/schema.json").headers["ETag"]
    again = client.get("/sparql/schema.json", headers={"If-None-Match": tag})

    assert again.status_code == 304


def test_labels_come_with_the_address_of_the_page(client: FlaskClient) -> None:
    """Several at once; what is no IRI is left out."""
    asked = {"iri": [ID + "changchun", "no iri", "javascript:alert(1)"]}
    found = client.post("/sparql/labels", data=asked, headers={}).get_json()

    assert found[ID + "changchun"] == {
        "text": "Changchun",
        "language": "en",
        "href": "/page/changchun",
    }
    assert "no iri" not in found
    assert found["javascript:alert(1)"]["href"].startswith("/resource?")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT * { ?s ?p ?o }", None),
        ("", None),
        ("SELECT * {\n  ?s foo:p ?o }", (2, 6)),
        ("SELECT * { ?s ?p ?o", (1, 10)),
        ('SELECT * { ?s ?p "长春 ?o }', (1, 18)),
        ("SELCT * { ?s ?p ?o }", (1, 1)),
        ("ASK { SERVICE <http://e/> { ?s ?p ?o } }", (1, 1)),
        ("DELETE WHERE { ?s ?p ?o }", (1, 1)),
    ],
)
def test_a_fault_has_its_place(
    client: FlaskClient, query: str, place: tuple[int, int] | None
) -> None:
    """Line and column from 1; a query that can be read has none."""
    answer = client.post(
        "/sparql/check",
        data=query.encode(),
        headers={"Content-Type": "application/sparql-query"},
    ).get_json()

    assert [(fault["line"], fault["column"]) for fault in answer] == (
        [place] if place else []
    )


def test_what_nothing_joins_is_warned_of_while_it_is_written(
    client: FlaskClient,
) -> None:
    """At its place, in the reader's language; what is joined is not."""
    apart = "SELECT * {\n  ?a a ?kind .\n  ?b ?p ?c }"
    (warned,) = client.post("/sparql/check?lang=de", data=apart).get_json()
    joined = client.post("/sparql/check", data=apart.replace("?b", "?a")).get_json()

    assert (warned["line"], warned["column"]) == (3, 6)
    assert warned["severity"] == "warning"
    assert "Jede Kombination" in warned["detail"]
    assert joined == []


def test_a_prefix_that_is_known_can_be_declared(client: FlaskClient) -> None:
    """The line to add; a prefix that nobody knows has none."""

    def declared(prefix: str) -> str:
        query = f"SELECT * {{ ?s {prefix}:p ?o }}"
        (fault,) = client.post("/sparql/check", data=query.encode()).get_json()
        line: str = fault["declare"]
        return line

    assert declared("cex") == f"PREFIX cex: <{CEX}>"
    assert declared("unknown") == ""


def test_terms_of_an_answer_are_told_apart_without_scripts(
    client: FlaskClient,
) -> None:
    """Languages, directions, nameless nodes, and triple terms in one another."""
    query = """SELECT * { BIND("x"@de AS ?text) BIND(BNODE() AS ?node)
        BIND(STRLANGDIR("y", "ar", "rtl") AS ?turned)
        BIND(TRIPLE(<urn:a>, <urn:b>, TRIPLE(<urn:c>, <urn:d>, 7)) AS ?term) }"""
    headers = {"Accept": "text/html"}
    page = client.get("/sparql", query_string={"query": query}, headers=headers).text
    cells = re.findall(r"<td>(.*?)</td>", page)

    assert cells[0] == '<bdi lang="de">x</bdi> <small class="tag">de</small>'
    assert re.fullmatch('<span class="nameless">_:[0-9a-f]+</span>', cells[1])
    assert cells[2].startswith('<bdi lang="ar" dir="rtl">y</bdi>')
    words = html.unescape(re.sub("<[^>]+>", "", cells[3]))
    assert words == "<<( urn:a urn:b <<( urn:c urn:d 7 )>> )>>"
