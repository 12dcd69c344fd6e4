"""Names and IRIs that are written to do harm stay text on every kind of page.

A case is a text or an IRI, with the escapes of N-Triples. Each is the name, and the
description, of a thing, a class and a property; or it is what a thing links to.
"""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree as Xml

import pyoxigraph as ox
import pytest

from kgserver.load import snapshot
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

HERE = "http://127.0.0.1:8000/"
HOSTILE = [Path(str(each.values[0])) for each in cases("hostile-pages")]
NAMES = [path.stem for path in HOSTILE]
ONTOLOGY = """
@prefix o: <http://127.0.0.1:8000/ontology#> .
@prefix kg: <https://w3id.org/kgserver/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<http://127.0.0.1:8000/ontology> a owl:Ontology ; rdfs:label "ontology" .
o:Thing a owl:Class ; rdfs:label "thing" .
o:Said a owl:Class ; kg:written "{o:with} <b>{rdfs:label}</b> {nothing} {}" .
o:with a owl:ObjectProperty ; rdfs:label "with" ; rdfs:domain o:Thing .
o:date a owl:DatatypeProperty ; rdfs:label "date" .
"""
DATA = """
@prefix : <http://127.0.0.1:8000/id/> .
@prefix o: <http://127.0.0.1:8000/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:start a o:Thing ; rdfs:label "start" .
"""
TEXT = """
o:C{n} a owl:Class ; rdfs:subClassOf o:Thing ; rdfs:label {text} ;
    skos:definition {text} .
o:p{n} a owl:DatatypeProperty ; rdfs:label {text} ; rdfs:comment {text} .
"""
SAID = """
:t{n} a o:Thing , o:C{n} ; rdfs:label {text} , {text}@en , {text}@de ;
    schema:name {text} ; schema:description {text} ; o:p{n} {text} ;
    o:with :start , :said{n} ; o:date "2020-01-01"^^xsd:date ;
    schema:latitude {n} ; schema:longitude {n} .
:said{n} a o:Said ; o:with :t{n} ; rdfs:label {text} .
"""
LINKED = (
    ":start o:with {iri} ; rdfs:seeAlso {iri} . {iri} a o:Thing ; o:with :start .\n"
)
PAGES = [
    "/",
    "/page/start",
    f"/page/start?out={HERE}ontology%23with",
    f"/page/start?in={HERE}ontology%23with",
    "/class/",
    "/class/Thing",
    "/class/Thing?page=2",
    "/class/Said",
    "/search?q=alert",
    "/search?q=script",
    "/map",
    "/timeline",
    "/explore",
    f"/explore?iri={HERE}id/start",
    "/ontology",
    "/changes",
    "/problems",
    "/dataset",
    "/status",
    "/fragments",
    f"/fragments?predicate={quote('http://www.w3.org/2000/01/rdf-schema#label', '')}",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D",
    "/sparql?query=CONSTRUCT%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D",
]
# What a reader sends, in every place where a page may say it again.
ASKED = [
    "/search?q={}", "/?lang={}", "/?x={}", "/{}", "/page/{}", "/class/{}",
    "/class/Thing?sort={}", "/class/Thing?only={}", "/resource?iri={}",
    "/explore?iri={}", "/fragments?object=%22{}%22", "/fragments?subject={}",
    "/sparql?query={}", "/why?s={}&p={}&o={}", "/data/x.{}", "/graph/{}",
    "/?version={}", "/timeline?kind={}", "/page/start?out={}", "/dump/{}/x",
    "/linkset/{}/page/start",
]  # fmt: skip
# Of addresses elsewhere only those of the web become links.
LEADING = re.compile(r"(?:/(?!/)|#|\?|https?://|mailto:)")
PLACES = ("href", "src", "action", "formaction", "xlink:href", "poster", "data")


def write(folder: Path, *, hostile: bool) -> Settings:
    """A folder whose every name is an attack; or the same with names that are none."""
    text, said, linked = "", "", ""
    for number, path in enumerate(HOSTILE):
        content = path.read_text("utf-8")
        if path.stem.startswith("iri-"):
            iri = f"<{content if hostile else f'{HERE}id/iri{number}'}>"
            linked += LINKED.format(iri=iri)
            continue
        quoted = content.replace('"', '\\"') if hostile else f"name {number}"
        literal = f'"{quoted}"'
        text += TEXT.format(n=number, text=literal)
        said += SAID.format(n=number, text=literal)
    for name, content in (("ontology/o.ttl", ONTOLOGY + text),
                          ("graph/a.ttl", DATA + said + linked)):  # fmt: skip
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    title = json.dumps("</title><script>alert(1)</script>" if hostile else "title")
    (folder / setting.FILE).write_text(f"title = {title}\ndescription = {title}\n")
    settings = setting.read(folder, {})
    built = snapshot.build(settings)
    assert built.served, built.as_text(0)
    return settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The hostile folder, built."""
    return write(tmp_path_factory.mktemp("hostile"), hostile=True)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The same with names that do no harm."""
    settings = write(tmp_path_factory.mktemp("harmless"), hostile=False)
    return create_app(settings).test_client()


@pytest.fixture
def evil(folder: Settings) -> FlaskClient:
    """A client over the hostile folder."""
    return create_app(folder).test_client()


class Reader(HTMLParser):
    """What a browser would make of a page: which elements, with which attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.harm: list[str] = []
        self.names: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what there is, and what leads where nothing may lead."""
        self.found |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        self._inside.append(tag)
        given = dict(attrs)
        if tag == "script" and not (given.get("src") or "/static/").startswith(
            "/static/"
        ):
            self.harm.append(f"<script src={given.get('src')}>")
        for name, value in attrs:
            runs = name.startswith("on") or name in ("style", "srcdoc")
            leads = name in PLACES and not LEADING.match(value or "")
            if runs or leads:
                self.harm.append(f"{tag} {name}={value}")


def looked_at(text: str) -> Reader:
    """A page, read."""
    reader = Reader()
    reader.feed(text)
    return reader


def pages() -> Iterator[str]:
    """Every kind of page, and the page of every case."""
    yield from PAGES
    for number, path in enumerate(HOSTILE):
        if path.stem.startswith("iri-"):
            iri = quote(path.read_text("utf-8"), safe="")
            yield f"/resource?iri={iri}"
        else:
            yield from (f"/page/t{number}", f"/page/said{number}", f"/class/C{number}")


@pytest.fixture(scope="module")
def known(harmless: FlaskClient) -> set[tuple[str, str]]:
    """The elements and attributes of pages on which no name does harm."""
    found = {("li", "class")}  # of a finding, which only the hostile folder has
    numbers = [n for n, path in enumerate(NAMES) if path.startswith("text-")]
    things = [
        f"/page/t{numbers[0]}",
        f"/page/said{numbers[0]}",
        f"/class/C{numbers[0]}",
    ]
    asked = [each.replace("{}", "name") for each in ASKED]
    others = ("/search?q=name", f"/resource?iri={HERE}id/iri{len(NAMES)}")
    for path in (*PAGES, *things, *asked, *others):
        page = harmless.get(path, headers={"Accept": "text/html"})
        reader = looked_at(page.text)
        assert reader.harm == [], path
        found |= reader.found
    return found


def test_no_page_lets_a_name_become_markup(
    evil: FlaskClient, known: set[tuple[str, str]]
) -> None:
    """No element and no attribute is there that would not be without the attack."""
    for path in pages():
        page = evil.get(path, headers={"Accept": "text/html"})
        reader = looked_at(page.text)

        assert (page.status_code, page.mimetype) == (200, "text/html"), path
        assert reader.harm == [], path
        assert reader.found - known == set(), path


@pytest.mark.parametrize("case", HOSTILE, ids=NAMES)
def test_what_a_reader_sends_is_said_again_as_text(
    evil: FlaskClient, known: set[tuple[str, str]], case: Path
) -> None:
    """In refusals and forms; nothing comes into a header, nothing leads elsewhere."""
    text = quote(case.read_text("utf-8")[:500], safe="")
    for asked in ASKED:
        answer = evil.get(asked.replace("{}", text), headers={"Accept": "text/html"})
        reader = looked_at(answer.text)

        assert answer.status_code < 500, asked
        assert reader.harm == [], asked
        assert reader.found - known == set(), asked
        assert "Set-Cookie" not in answer.headers
        location = answer.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", location), location


def test_a_name_in_a_page_reads_back_as_it_is(evil: FlaskClient) -> None:
    """Escaped once: what a template would make of it is not there."""
    numbered = {path: number for number, path in enumerate(NAMES)}
    page = evil.get(f"/page/t{numbered['text-template']}").text

    assert "{{ 7*7 }}" in page
    assert "{{ 49" not in page
    assert "#49" not in page
    entities = evil.get(f"/page/t{numbered['text-entities']}").text
    assert "&amp;lt;script&amp;gt;" in entities


def test_structured_data_keeps_hostile_text_whole(evil: FlaskClient) -> None:
    """It cannot end its element, and reads back as it was written."""
    for number, name in enumerate(NAMES):
        if not name.startswith("text-"):
            continue
        page = evil.get(f"/page/t{number}").text
        found = re.findall(
            r"<script type=\"application/ld\+json\">(.*?)</script>", page, re.S
        )
        document = json.loads(found[0])
        literal = next(
            iter(
                evil.application.extensions["kgserver-live"]
                .dataset()
                .store.quads_for_pattern(
                    ox.NamedNode(f"{HERE}id/t{number}"),
                    ox.NamedNode("https://schema.org/description"),
                    None,
                    ox.DefaultGraph(),
                )
            )
        ).object

        assert len(found) == 1
        assert literal.value in json.dumps(document, ensure_ascii=False) or (
            json.dumps(literal.value, ensure_ascii=False)[1:-1]
            in json.dumps(document, ensure_ascii=False)
        ), name


def test_a_turned_name_turns_nothing_else(evil: FlaskClient) -> None:
    """Text of unknown direction is isolated from what stands around it."""
    for name in ("text-turned", "text-turned-isolates"):
        page = evil.get(f"/page/t{NAMES.index(name)}?lang=en").text
        body = page.partition("</head>")[2]
        outside = re.sub(
            r"<(bdi|code|h1|cite|title)[^>]*>.*?</\1>", "", body, flags=re.S
        )
        # each of these is a paragraph of its own to the bidirectional algorithm
        own = r"<script.*?</script>|<pre.*?</pre>|<text.*?</text>"
        outside = re.sub(own, "", outside, flags=re.S)

        assert re.search("<bdi[^>]*>[\u202e\u2067]", body)
        assert not re.search(">[^<]*[\u202e\u2067\u202b]", outside), name


def test_feeds_and_lists_of_hostile_names_are_well_formed(evil: FlaskClient) -> None:
    """Atom, OpenSearch, sitemap, GeoJSON and JSON carry them as text."""
    for path in ("/changes.atom", "/opensearch.xml", "/sitemap.xml", "/sitemap/1.xml"):
        assert Xml.fromstring(evil.get(path).data) is not None
        assert "<script" not in evil.get(path).text
    for path in (
        "/map?format=geojson", "/timeline?format=json", "/search?q=a&format=json",
        "/class/Thing?format=json", f"/explore?iri={HERE}id/start&format=json",
        "/search/suggest?q=a", "/sparql/schema.json",
    ):  # fmt: skip
        answer = evil.get(path)
        assert answer.get_json(force=True)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_spreadsheet_runs_nothing(evil: FlaskClient) -> None:
    """No cell of a list begins as a formula does; the endpoint's CSV stays exact."""
    rows = list(csv.reader(io.StringIO(evil.get("/class/Thing.csv").text)))
    cells = [cell for row in rows for cell in row]

    assert sum(cell.startswith("'") for cell in cells) >= 5
    assert not [
        c for c in cells if re.match(r"\s*[=+\-@]", c) and not c[1:].isdecimal()
    ]
    query = quote('SELECT ("=1+1" AS ?x) {}')
    assert evil.get(f"/sparql?query={query}&format=csv").text == "x\r\n=1+1\r\n"


def test_documents_of_hostile_names_are_read_as_they_were_written(
    evil: FlaskClient,
) -> None:
    """In Turtle, N-Triples and JSON-LD, whatever is in a text."""
    label = ox.NamedNode("https://schema.org/description")
    for number, name in enumerate(NAMES):
        if name.startswith("iri-"):
            continue
        found = set()
        for extension, form in (
            ("ttl", ox.RdfFormat.TURTLE), ("nt", ox.RdfFormat.N_TRIPLES),
            ("jsonld", ox.RdfFormat.JSON_LD),
        ):  # fmt: skip
            data = evil.get(f"/data/t{number}.{extension}").data
            said = [
                q.object for q in ox.parse(data, format=form) if q.predicate == label
            ]
            found |= set(said)
        assert len(found) == 1, name


@pytest.mark.parametrize(
    "host",
    [
        "evil.example/x",
        "a b",
        "<script>",
        "a@b",
        "a,b",
        "evil.example#",
        "[::1",
        "%00",
        "",
    ],
)
def test_a_host_that_is_none_comes_into_no_answer(evil: FlaskClient, host: str) -> None:
    """Where an answer holds the address of the server, or anywhere else."""
    for path in (
        "/sitemap.xml", "/changes.atom", "/opensearch.xml", "/fragments",
        "/search/suggest?q=a", "/linkset/json/page/start", "/timemap/link/page/start",
        "/robots.txt",
    ):  # fmt: skip
        answer = evil.get(path, headers={"Host": host})
        assert answer.status_code == 400, path
    page = evil.get("/page/start", headers={"Host": host, "Accept": "text/html"})
    assert not host or host not in page.text.replace("<script>", "")


def test_what_a_proxy_may_say_is_not_believed_of_anybody(evil: FlaskClient) -> None:
    """X-Forwarded-Host and its kin come into no answer."""
    for name in ("X-Forwarded-Host", "X-Forwarded-Prefix", "Forwarded", "X-Host",
                 "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Proto"):  # fmt: skip
        for path in (
            "/page/start",
            "/sitemap.xml",
            "/changes.atom",
            "/fragments",
            "/id/start",
        ):
            value = "host=proxy.invalid" if name == "Forwarded" else "proxy.invalid"
            answer = evil.get(path, headers={name: value})
            said = answer.text + str(answer.headers)
            assert value not in said, (name, path)


def test_the_folder_is_whole(folder: Settings) -> None:
    """Every case is in the graph; a case that is not read would test nothing."""
    store = ox.Store.read_only(str(folder.state / "current" / "store"))
    for number, path in enumerate(HOSTILE):
        iri = path.stem.startswith("iri-")
        name = path.read_text("utf-8") if iri else f"{HERE}id/t{number}"
        about = store.quads_for_pattern(ox.NamedNode(name), None, None, None)
        assert next(about, None) is not None, path
    assert len(NAMES) >= 50
