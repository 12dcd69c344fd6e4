"""Documents about things: what they say, how they are written, when they change."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from kgserver.ask.documents import jsonld, turtle
from kgserver.load import snapshot
from kgserver.model import names
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

BASE = "http://127.0.0.1:8000/"
RDFLIB = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
HEAD = f"""
    @prefix : <{BASE}id/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix unused: <http://unused.example/> .
"""
# Texts, numbers and nodes that a writer may stumble on.
HARD = r"""
    :a a :Thing ; rdfs:label "a"@en , "甲"@zh-hans , "quote \" backslash \\ tab \t" ;
        :text "two\nlines" , "return\r", "<b>&amp;</b>" , "" , "nul \u0001"^^:odd ;
        :number 7 , -1.50 , 1e3 , "007"^^:code , true , "2024-01-01"^^:date ;
        :list ( 1 "two" ( :three ) [ :four 4 ] ) , () ;
        :nested [ :deep [ :deeper [ :deepest :a ] ] ] , [] ;
        :link <http://e/x?y=1&z=%20#f> , <urn:isbn:1> , <mailto:a@b> , :c .
    :c :back :a . _:shared :of :a . :a :has _:shared . :c :has _:shared .
    _:one :next _:two . _:two :next _:one . :a :loop _:one .
    [] :nameless :a .
"""
CLEAN = HARD.replace('"nul \\u0001"^^:odd ;', '"x"^^:odd ;')


def graph(client: FlaskClient, path: str) -> rdflib.Graph:
    """What rdflib reads in a document."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    form = RDFLIB[path.rpartition(".")[2]]
    return rdflib.Graph().parse(data=answer.data, format=form)


def test_all_formats_say_the_same(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """Lists, cycles, shared nodes, odd literals: four formats, one graph."""
    client = make_client({"graph/a.ttl": HEAD + CLEAN})
    graphs = [graph(client, f"/data/a.{extension}") for extension in RDFLIB]

    assert len(graphs[0]) > 40
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


def test_formats_of_datasets_say_who_says_so(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """TriG and N-Quads hold the same quads, in the graphs of the files."""
    client = make_client({"graph/a.ttl": HEAD + CLEAN})
    read = {
        kind: ox.Dataset(ox.parse(client.get(f"/data/a.{end}").data, format=kind))
        for end, kind in (("trig", ox.RdfFormat.TRIG), ("nq", ox.RdfFormat.N_QUADS))
    }
    for dataset in read.values():
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    one, other = read.values()

    assert one == other
    assert ox.NamedNode(f"{BASE}graph/a") in {quad.graph_name for quad in one}


def test_what_a_format_cannot_say_is_refused_not_mangled(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """RDF/XML has no control characters and no properties that end in a digit."""
    control = make_client({"graph/a.ttl": f'{HEAD} :a :p "\\u0001" .'})
    assert control.get("/data/a.rdf").status_code == 406
    assert control.get("/data/a.ttl").status_code == 200
    digits = make_client({"graph/a.ttl": f"{HEAD} :a <http://e/12> 1 ."})
    refused = digits.get("/data/a.rdf")

    assert refused.status_code == 406
    assert "<http://e/12>" in refused.get_json(force=True)["detail"]


def test_turtle_is_laid_out_for_people(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """The thing first, a property a line, prefixes that are used, no others."""
    text = (
        make_client({"graph/a.ttl": HEAD + ":a a :B ; :p 1 , [ :q :c ] ."})
        .get("/data/a.ttl")
        .text
    )

    assert "unused" not in text
    assert f"""
:a
    a :B ;
    :p [
        :q :c
    ] , 1 .

<{BASE}data/a>
    a foaf:Document ;""" in text  # fmt: skip


@pytest.mark.parametrize("write", [turtle.write, jsonld.write])
def test_two_writings_are_equal(write: Callable[..., str]) -> None:
    """Neither the order of statements nor that of a process's hashes shows."""
    given = list(ox.parse(HEAD + HARD, format=ox.RdfFormat.TURTLE))
    triples = [quad.triple for quad in given]
    assert write(triples, names.WELL_KNOWN) == write(triples[::-1], names.WELL_KNOWN)


def test_two_processes_write_the_same_bytes(
    make_folder: Callable[..., Settings],
) -> None:
    """In every format, from one version."""
    settings = make_folder({"graph/a.ttl": HEAD + CLEAN})
    assert snapshot.build(settings).served
    code = (
        "import sys, pathlib;"
        "from kgserver.model import settings;"
        "from kgserver.serve.app import create_app;"
        "client = create_app(settings.read(pathlib.Path(sys.argv[1]))).test_client();"
        "ends = ('ttl', 'nt', 'rdf', 'jsonld', 'trig', 'nq');"
        "print([client.get(f'/data/a.{end}').headers['ETag'] for end in ends]);"
        "print([client.get(f'/data/a.{end}').data for end in ends])"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(settings.folder)],
            capture_output=True, check=True, env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert len(runs) == 1


def test_a_document_describes_itself(client: FlaskClient) -> None:
    """Its topic, its dataset, its licence and its date are in it."""
    document = graph(client, "/data/changchun.ttl")
    itself = rdflib.URIRef("https://w3id.org/cityexchange/data/changchun")
    said = {str(p).rpartition("/")[2] for p in document.predicates(itself)}

    assert said == {
        "22-rdf-syntax-ns#type", "primaryTopic", "license", "modified",
        "void#inDataset",
    }  # fmt: skip


def test_linked_things_come_with_their_names(client: FlaskClient) -> None:
    """A reader of one document need not fetch each neighbour to name it."""
    document = graph(client, "/data/changchun.ttl")
    sister = rdflib.URIRef("https://w3id.org/cityexchange/id/wolfsburg")

    assert rdflib.Literal("Wolfsburg", "de") in set(
        document.objects(sister, rdflib.RDFS.label)
    )


TWO = {
    "graph/a.ttl": HEAD + ':a :p 1 ; :near :b . :b rdfs:label "B" .',
    "graph/c.ttl": HEAD + ":c :p 1 ; :part [ :q [ :r 1 ] ] .",
    "graph/d.ttl": HEAD + ":d :p 1 .",
}
CHANGES = {
    "a value": ("graph/a.ttl", ":p 1", ":p 2", "a"),
    "the name of a neighbour": ("graph/a.ttl", '"B"', '"Bee"', "ab"),
    "a link": ("graph/c.ttl", ":p 1", ":p :d", "cd"),
    "a nameless part": ("graph/c.ttl", ":r 1", ":r 2", "c"),
    "white space": ("graph/d.ttl", ":p 1", ":p   1", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_validator_changes_with_what_it_is_of_and_with_nothing_else(
    make_folder: Callable[..., Settings], change: str
) -> None:
    """Strong per thing: a crawler that comes again pays only for what changed."""
    file, before, after, changed = CHANGES[change]
    settings = make_folder(TWO)
    assert snapshot.build(settings).served
    held = {
        name: create_app(settings).test_client().get(f"/data/{name}.ttl")
        for name in "abcd"
    }
    make_folder({file: TWO[file].replace(before, after)})
    assert snapshot.build(settings).fresh
    client = create_app(settings).test_client()
    again = {
        name: client.get(
            f"/data/{name}.ttl", headers={"If-None-Match": answer.headers["ETag"]}
        )
        for name, answer in held.items()
    }

    assert {n for n, answer in again.items() if answer.status_code == 200} == {*changed}


def test_the_last_change_of_a_thing_is_carried_from_version_to_version(
    make_folder: Callable[..., Settings],
) -> None:
    """Each thing has the moment of the version that changed it."""
    settings, moments = make_folder(TWO), []
    for number, (file, before, after, _) in enumerate([*CHANGES.values()][:3]):
        make_folder({file: TWO[file].replace(before, after)})
        built = snapshot.build(settings).snapshot
        assert built
        moments.append(built.created)
        directory = settings.state / "snapshots" / str(number + 1)
        path = directory / "modified.json"
        path.write_text(
            path.read_text().replace(
                built.created, f"2020-01-0{number + 1}T00:00:00+00:00"
            )
        )
    client = create_app(settings).test_client()
    dates = {
        name: client.get(f"/data/{name}.nt").headers["Last-Modified"][5:7]
        for name in "abcd"
    }

    assert dates == {"a": "02", "b": "02", "c": "03", "d": "03"}


def test_whoever_has_it_since_its_last_change_is_not_sent_it_again(
    client: FlaskClient,
) -> None:
    """If-Modified-Since is honoured for page and document, behind If-None-Match."""
    for target in ("/page/changchun", "/data/changchun.ttl"):
        date = client.get(target).headers["Last-Modified"]
        same = client.get(target, headers={"If-Modified-Since": date})
        other = client.get(
            target, headers={"If-Modified-Since": date, "If-None-Match": '"other"'}
        )

        assert (same.status_code, same.data) == (304, b"")
        assert other.status_code == 200


def test_a_nameless_node_can_be_asked_for(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """Its label, as documents write it, leads to it."""
    client = make_client({"graph/a.ttl": HEAD + ":a :p [ :q 1 ] ."})
    quads = ox.parse(client.get("/data/a.nt").data, format=ox.RdfFormat.N_TRIPLES)
    (label,) = {q.object.value for q in quads if isinstance(q.object, ox.BlankNode)}
    answer = client.get(
        f"/.well-known/genid/{label}", headers={"Accept": "text/turtle"}
    )

    assert "/id/q> 1" in answer.text or ":q 1" in answer.text
    assert client.get("/.well-known/genid/none").status_code == 404
    assert client.get("/.well-known/genid/%20").status_code == 404


@pytest.mark.parametrize(
    ("accept", "location", "kind"),
    [
        ("text/html", "/page/a", "text/html"),
        ("text/turtle", "/data/a.ttl", "text/turtle"),
        ("application/trig", "/data/a.trig", "application/trig"),
    ],
)
def test_a_thing_is_answered_for_at_once_where_the_setting_says_so(
    make_folder: Callable[..., Settings], accept: str, location: str, kind: str
) -> None:
    """`dereference = "200"`: the document itself, and where it is."""
    settings = make_folder(
        {"graph/a.ttl": HEAD + ":a :p 1 ."}, {"KGSERVER_DEREFERENCE": "200"}
    )
    assert snapshot.build(settings).served
    answer = create_app(settings).test_client().get("/id/a", headers={"Accept": accept})

    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["Content-Location"] == location
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("target", "spoken"),
    [
        ("/data/changchun.ttl", False),
        ("/data/changchun.jsonld", False),
        ("/data/changchun.trig", False),
        ("/graph/sources/kas-2019", False),
        ("/ontology?format=ttl", False),
        ("/dataset?format=ttl", False),
        ("/fragments?format=trig", False),
        ("/linkset/json/page/changchun", False),
        ("/sitemap/1.xml", False),
        ("/rdf-graph-store?default", False),
        ("/sparql?query=ASK%7B%7D&format=json", False),
        ("/page/changchun", True),
        ("/page/changchun?lang=de", True),
        ("/class/?format=json", True),
        ("/nowhere", True),
    ],
)
def test_only_what_differs_by_language_says_so(
    client: FlaskClient, target: str, *, spoken: bool
) -> None:
    """A cache keeps one copy of RDF for readers of all languages (RFC 9110 §12.5.5)."""
    bodies = set()
    for language in ("de", "zh-Hans"):
        headers = {"Accept-Language": language}
        response = client.get(target, headers=headers)
        bodies.add(response.data)
        assert ("Accept-Language" in response.vary) is spoken

    assert (len(bodies) == 2) is (spoken and "lang=" not in target)


def test_the_document_about_a_term_is_not_the_term(client: FlaskClient) -> None:
    """Which has an IRI in the ontology's own document."""
    term = rdflib.URIRef("https://w3id.org/cityexchange/ontology#City")
    asked = {"iri": str(term), "format": "ttl"}
    text = client.get("/resource", query_string=asked).text
    graph = rdflib.Graph().parse(data=text, format="turtle")

    (document,) = graph.subjects(rdflib.FOAF.primaryTopic, term)
    assert document != term
    assert set(graph.objects(term, rdflib.RDF.type)) == {rdflib.OWL.Class}
