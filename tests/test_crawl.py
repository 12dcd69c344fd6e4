"""A crawler that knows the host alone finds everything, and nothing that is broken.

It follows links of every kind, from the address `/` on; of addresses of one kind (the
same rule, the same parameters, the same format) it asks for a few.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit
from xml.etree import ElementTree as Xml

import pytest
import rdflib
from rdflib.compare import isomorphic
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_options_header

from kgserver.ask import dataset
from kgserver.load import snapshot, versions
from kgserver.model import settings as setting
from kgserver.serve.app import create_app
from kgserver.serve.building import recorder
from kgserver.serve.data import dumps, signposts

from .checkout import Checkout

if TYPE_CHECKING:
    from collections.abc import Iterator

    import flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from kgserver.model.settings import Settings

ROOT = "http://localhost/"
BASE = "https://w3id.org/cityexchange/"
NAME = "http://www.w3.org/2004/02/skos/core#altLabel"
RDFLIB = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
# Of the things of the graph every so-manieth is asked for; of a kind so many addresses.
EVERY, SOME = 25, 2
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
# What no link leads to: what scripts and tools ask for by themselves, and nameless
# nodes, of which the shipped graph has none.
UNLINKED = {
    "dataset_description.well_known", "dereference.anything", "documents.nameless",
    "dump_files.index", "editor.schema",
    "fragments.quads", "graph_store.read", "health_check.health",
    "metrics_page.metrics", "problems_page.events", "search_pages.suggest",
    "status_page.status",
}  # fmt: skip
# Formats in which addresses of this host stand in full.
LISTS = ("application/xml", "application/atom+xml", "application/link-format",
         "application/linkset+json", "application/linkset")  # fmt: skip


@pytest.fixture(scope="module")
def folder(shipped: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped graph as a git checkout, in two versions, its files made."""
    where = tmp_path_factory.mktemp("crawl") / "folder"
    shutil.copytree(shipped.folder, where, symlinks=True)
    checkout = Checkout(where)
    checkout.commit({".gitignore": ".kgserver/\n"})
    path = "graph/background/places.ttl"
    text = (where / path).read_text("utf-8")
    more = f'\nid:wolfsburg <{NAME}> "Wolfsbourg"@fr .\n'
    checkout.commit({path: text + more})
    settings = setting.read(where, {})
    assert snapshot.build(settings).served
    recorder.record(settings)
    for number in versions.numbers(settings.state):
        held = dataset.opened(versions.directory(settings.state, number))
        assert dumps.wait(held, 120) is not None, number
    return settings


@pytest.fixture(scope="module")
def app(folder: Settings) -> flask.Flask:
    """The application over it."""
    return create_app(folder)


@pytest.fixture
def client(app: flask.Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


class Links(HTMLParser):
    """The addresses that a page leads to, in whatever attribute, and its anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what may be an address."""
        given = dict(attrs)
        self.anchors |= {given["id"] or ""} if "id" in given else set()
        for name in ("href", "src", "action"):
            if given.get(name):
                self.found.append(str(given[name]))


def listed(client: FlaskClient) -> Iterator[str]:
    """Every page that robots.txt leads to by way of the sitemap."""
    (start,) = re.findall(r"^Sitemap: (.*)$", client.get("/robots.txt").text, re.M)
    for part in places(client, urlsplit(start).path):
        yield from places(client, part)


def places(client: FlaskClient, path: str) -> list[str]:
    """The addresses that a part of the sitemap names, on this host."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    root = Xml.fromstring(answer.data)
    found = [each.text or "" for each in root.iter() if each.tag.endswith("}loc")]
    dates = [each for each in root.iter() if each.tag.endswith("}lastmod")]
    assert len(dates) == len(found)
    assert all(each.startswith(ROOT) for each in found)
    return [each.removeprefix(ROOT.rstrip("/")) for each in found]


def headed(answer: TestResponse) -> list[tuple[str, str]]:
    """The relation and the target of each link of a header."""
    found = []
    for link in answer.headers.getlist("Link"):
        target, _, rest = link.removeprefix("<").partition(">")
        found.append((parse_options_header(f"x{rest}")[1]["rel"], target))
    return found


def links(answer: TestResponse, path: str) -> list[str]:
    """The addresses of this host that a response leads to, by whatever link.

    With their fragments, which no request carries.
    """
    found = [target for _, target in headed(answer)]
    found += [answer.headers["Location"]] if "Location" in answer.headers else []
    if answer.mimetype == "text/html":
        found += Links(answer.text).found
    elif answer.mimetype in LISTS:
        found += map(unescape, re.findall(r"http://localhost/[^\"<>\s]*", answer.text))
    canonical = re.compile(f"^{re.escape(BASE)}")
    here = (canonical.sub("/", each) for each in found)
    whole = (urljoin(f"http://localhost{path}", each) for each in here)
    return [
        each.removeprefix("http://localhost") for each in whole if each.startswith(ROOT)
    ]


@dataclass
class Crawl:
    """What was asked for, and what there is to say of it."""

    app: flask.Flask
    kinds: Counter[tuple[str, ...]] = field(default_factory=Counter)
    endpoints: set[str] = field(default_factory=set)
    answers: dict[str, TestResponse] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    # the places within pages that are led to, and whence
    places: dict[tuple[str, str], str] = field(default_factory=dict)

    def kind(self, address: str) -> tuple[str, ...]:
        """What is alike of addresses that are of one kind; first of it the endpoint."""
        target = urlsplit(address)
        adapter = self.app.url_map.bind("localhost")
        try:
            endpoint, _ = adapter.match(target.path, method="GET")
        except HTTPException:
            return ("", address)
        extension = re.search(r"\.([a-z]{2,6})(?:\.[a-z]+)?$", target.path)
        given = parse_qsl(target.query, keep_blank_values=True)
        names = sorted({n if n != "lang" else f"{n}={v}" for n, v in given})
        forms = [value for name, value in given if name == "format"]
        return (endpoint, extension[1] if extension else "", *names, *forms)

    def run(self, waiting: list[str]) -> None:
        """Follow links until there is none of a new kind."""
        seen: set[str] = set()
        client = self.app.test_client()
        while waiting:
            address = waiting.pop(0)
            kind = self.kind(address)
            if address in seen or self.kinds[kind] >= SOME:
                continue
            seen.add(address)
            self.kinds[kind] += 1
            self.endpoints.add(kind[0])
            answer = client.get(address, headers=HTML, buffered=True)
            self.answers[address] = answer
            if answer.status_code >= 400:
                self.broken.append(f"{answer.status_code} {address}")
                continue
            for link in links(answer, address):
                page, _, place = link.partition("#")
                waiting.append(page or "/")
                if place:
                    self.places.setdefault((page, unquote(place)), address)


@pytest.fixture(scope="module")
def crawled(app: flask.Flask) -> Crawl:
    """All that a crawler comes by."""
    crawl = Crawl(app)
    term = f"/resource?{urlencode({'iri': f'{BASE}ontology#Agent'})}"
    crawl.run(["/", "/robots.txt", term, *list(listed(app.test_client()))[::EVERY]])
    return crawl


def firsts(crawled: Crawl) -> dict[str, TestResponse]:
    """The first response of each kind."""
    kinds: dict[tuple[str, ...], tuple[str, TestResponse]] = {}
    for address, answer in crawled.answers.items():
        kinds.setdefault(crawled.kind(address), (address, answer))
    return dict(kinds.values())


def each_rule(crawled: Crawl) -> dict[str, TestResponse]:
    """The first response of each rule, and format in its address."""
    found: dict[tuple[str, ...], tuple[str, TestResponse]] = {}
    for address, answer in firsts(crawled).items():
        found.setdefault(crawled.kind(address)[:2], (address, answer))
    return dict(found.values())


def test_no_link_is_broken(crawled: Crawl) -> None:
    """On pages, in headers, link sets, time maps, feeds and the sitemap."""
    assert crawled.broken == []
    assert len(crawled.kinds) > 100


def test_a_link_into_a_page_leads_to_a_place_there(crawled: Crawl) -> None:
    """Of pages that were come by; in a feed it is part of a name, which leads nowhere.

    On `/sparql` a script reads it.
    """
    pages = {
        address: Links(answer.text).anchors
        for address, answer in crawled.answers.items()
        if answer.mimetype == "text/html"
    }
    lost = {
        f"{page}#{place} on {whence}"
        for (page, place), whence in crawled.places.items()
        if page in pages and place not in pages[page]
        if page != "/sparql" and whence != "/changes.atom"
    }

    assert not lost
    assert any(page.startswith("/ontology") for page, _ in crawled.places)


def test_everything_is_linked_to(crawled: Crawl, app: flask.Flask) -> None:
    """Each rule of the application is come by, but what scripts ask for."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    every = {rule.endpoint for rule in rules}

    assert every - crawled.endpoints == UNLINKED
    asked = {name for kind in crawled.kinds for name in kind[1:]}
    assert {"version", "lang=de", "lang=en", "lang=zh-Hans", "iri", "page"} <= asked


def test_every_thing_is_found_through_the_sitemap(client: FlaskClient) -> None:
    """As many pages as there are things of this graph, each once."""
    pages = list(listed(client))
    query = f"""SELECT DISTINCT ?thing {{ ?thing ?p ?o
        FILTER(STRSTARTS(STR(?thing), "{BASE}id/")) }}"""
    rows = client.get("/sparql", query_string={"query": query, "format": "csv"}).text
    things = {row.replace(f"{BASE}id/", "/page/") for row in rows.splitlines()[1:]}

    assert len(pages) == len(set(pages)) > 1000
    assert things - set(pages) == set()


def test_all_formats_of_a_thing_say_the_same(client: FlaskClient) -> None:
    """Valid RDF in four syntaxes, which rdflib reads as one graph."""
    things = [page for page in listed(client) if page.startswith("/page/")]
    for page in things[:: 2 * EVERY]:
        path = "/data/" + page.removeprefix("/page/")
        graphs = [
            rdflib.Graph().parse(
                data=client.get(f"{path}.{extension}").data, format=form
            )
            for extension, form in RDFLIB.items()
        ]
        assert len(graphs[0]) > 0, page
        assert all(isomorphic(graphs[0], other) for other in graphs[1:]), page


def test_head_is_get_without_its_body(crawled: Crawl, client: FlaskClient) -> None:
    """The same status and the same fields, on every kind of address."""
    for address, answer in firsts(crawled).items():
        head = client.head(address, headers=HTML, buffered=True)

        assert head.data == b"", address
        assert head.status_code == answer.status_code, address
        assert lasting(head) == lasting(answer), address


def lasting(answer: TestResponse) -> dict[str, str]:
    """The header without what hangs on the time of day."""
    passing = {"Date", "Expires"}
    return {name: value for name, value in answer.headers if name not in passing}


def test_what_is_held_is_not_sent_again(crawled: Crawl, client: FlaskClient) -> None:
    """304 wherever there is a validator; and there is one on all but what passes."""
    without = []
    for address, answer in firsts(crawled).items():
        tag = answer.headers.get("ETag")
        if answer.status_code != 200:
            continue
        if not tag:
            without.append(crawled.kind(address)[0])
            continue
        assert not tag.startswith("W/"), address
        headers = {**HTML, "If-None-Match": tag}
        again = client.get(address, headers=headers, buffered=True)
        assert (again.status_code, again.data) == (304, b""), address
        assert again.headers.get("Vary") == answer.headers.get("Vary"), address

    # names of built files change with their content; findings are never kept
    assert set(without) <= {
        "assets.built_file",
        "endpoint.sparql",
        "problems_page.problems",
    }


VARIED = {
    "Accept": ("text/turtle", "application/json"),
    "Accept-Language": ("de",),
    "Accept-Datetime": ("Tue, 01 Jan 2002 00:00:00 GMT",),
}


def test_what_decides_an_answer_is_named_in_vary(
    crawled: Crawl, client: FlaskClient
) -> None:
    """Two requests that differ in one field get two answers only where Vary says so."""
    for address, answer in each_rule(crawled).items():
        named = answer.headers.get("Vary", "")
        for name, values in VARIED.items():
            for value in values:
                headers = {**HTML, name: value}
                other = client.get(address, headers=headers, buffered=True)
                same = (
                    other.status_code == answer.status_code
                    and other.mimetype == answer.mimetype
                    and other.headers.get("Location") == answer.headers.get("Location")
                    and other.headers.get("ETag") == answer.headers.get("ETag")
                )
                assert same or name in named.split(", "), (address, name, value)


def test_every_site_may_read_and_none_may_frame(crawled: Crawl) -> None:
    """CORS on everything; a policy on everything; no type is guessed."""
    for address, answer in crawled.answers.items():
        headers = answer.headers
        assert headers.get("Access-Control-Allow-Origin") == "*", address
        assert headers.get("X-Content-Type-Options") == "nosniff", address
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert "Set-Cookie" not in headers, address
        if answer.mimetype == "text/html":
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address
            assert "geolocation=()" in headers["Permissions-Policy"], address


def test_a_script_of_another_site_may_ask_first(
    crawled: Crawl, client: FlaskClient
) -> None:
    """The preflight of CORS is answered on every kind of address."""
    asking = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "accept, accept-datetime, if-none-match",
    }
    for address in each_rule(crawled):
        answer = client.options(address, headers=asking)
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")

        assert answer.status_code == 204, address
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert {"accept", "accept-datetime", "if-none-match"} <= set(allowed)
        assert "GET" in answer.headers["Access-Control-Allow-Methods"]


def test_headers_stay_short(crawled: Crawl, client: FlaskClient) -> None:
    """Under 8 kB of links, also about a thing whose IRI is very long."""
    for address, answer in crawled.answers.items():
        assert sum(map(len, answer.headers.getlist("Link"))) < 8000, address
    for size in (500, 1500, 3000):
        iri = f"http://e/{'x' * size}"
        for path in (f"/fragments?subject={iri}", f"/sparql?query=ASK{{<{iri}>?p?o}}"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert sum(map(len, answer.headers.getlist("Link"))) < 8000


def test_links_of_headers_lead_to_what_they_say(
    crawled: Crawl, client: FlaskClient
) -> None:
    """What is announced in a format is in that format."""
    checked = 0
    for answer in each_rule(crawled).values():
        for link in answer.headers.getlist("Link"):
            target, _, rest = link.removeprefix("<").partition(">")
            given = parse_options_header(f"x{rest}")[1]
            if target.startswith("/") and "type" in given:
                accept = {"Accept": given["type"]}
                found = client.get(target, headers=accept, buffered=True)
                assert found.mimetype == given["type"], target
                checked += 1
    assert checked > 100


def test_a_link_set_has_the_links_of_the_headers(client: FlaskClient) -> None:
    """Level 2 of Signposting: whole in one place, in both syntaxes (RFC 9264)."""
    for path, sets in (("page/changchun", 7), ("page/symposium-7", 7), ("dataset", 1)):
        page = client.get(f"/{path}", headers=HTML)
        answer = client.get(f"/linkset/json/{path}")
        found = json.loads(answer.text)["linkset"]
        (own,) = [each for each in found if each["anchor"] == f"{ROOT}{path}"]
        relations = {relation for relation, _ in headed(page)}
        text = client.get(f"/linkset/txt/{path}")

        assert answer.mimetype == signposts.LINKSETS["json"]
        assert text.mimetype == signposts.LINKSETS["txt"]
        # where a page is in time is no link of what it is about; files are listed apart
        apart = {"original timegate", "timemap", "item"}
        assert relations - apart == own.keys() - {"anchor", "item"}
        assert {"cite-as", "type", "describedby", "license", "linkset"} <= relations
        assert len(found) == sets
        assert text.text.count('anchor="') == text.text.count("rel=")


RELATION = re.compile(r"[a-z][a-z0-9.\-]*|[a-z][a-z0-9+.\-]*:\S+")


def test_a_link_set_has_the_structure_of_its_standard(client: FlaskClient) -> None:
    """RFC 9264 §4.2: contexts with relations, each an array of targets."""
    for path in ("page/changchun", "dataset", f"resource?iri={BASE}ontology%23City"):
        document = json.loads(client.get(f"/linkset/json/{path}").text)
        assert document.keys() == {"linkset"}
        for context in document["linkset"]:
            assert urlsplit(context.pop("anchor")).scheme
            assert context
            for relation, targets in context.items():
                assert RELATION.fullmatch(relation)
                assert isinstance(targets, list)
                for target in targets:
                    assert urlsplit(target["href"]).scheme
                    assert target.keys() <= {"href", "type"}
                    assert all(isinstance(value, str) for value in target.values())


def test_a_host_that_is_none_is_not_believed(client: FlaskClient) -> None:
    """What is no host does not come into an address."""
    for host in ("evil.example/x", "a b", "<script>"):
        answer = client.get("/sitemap.xml", headers={"Host": host})
        assert answer.status_code == 400
