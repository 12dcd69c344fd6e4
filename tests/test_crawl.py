"""A crawler that knows the host alone finds everything, and nothing that is broken."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

import rdflib
from rdflib.compare import isomorphic
from werkzeug.http import parse_options_header

from kgserver.serve.data import signposts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

ROOT = "http://localhost/"
RDFLIB = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
# Of the things of the graph each is asked for once; every so-manieth in each format.
EVERY = 25


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


def listed(client: FlaskClient) -> Iterator[str]:
    """Every page that robots.txt leads to by way of the sitemap."""
    (start,) = re.findall(r"^Sitemap: (.*)$", client.get("/robots.txt").text, re.M)
    for part in places(client, urlsplit(start).path):
        yield from places(client, part)


def targets(answer_links: list[str]) -> list[tuple[str, str]]:
    """The relation and target of each link of this host in Link headers."""
    found = []
    for link in answer_links:
        target, _, rest = link.partition(">")
        relation = parse_options_header(f"x{rest}")[1]["rel"]
        if target.startswith("</"):
            found.append((relation, target[1:]))
    return found


def test_every_thing_is_found_and_its_page_and_links_answer(
    client: FlaskClient,
) -> None:
    """No page of the sitemap is broken, and of a sample no typed link is."""
    pages = list(listed(client))
    assert len(pages) > 1000
    assert len(pages) == len(set(pages))
    for page in pages[::EVERY]:
        answer = client.get(page, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.mimetype) == (200, "text/html"), page
        for relation, target in targets(answer.headers.getlist("Link")):
            assert client.get(target).status_code == 200, (page, relation, target)


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


def test_every_link_on_the_first_pages_answers(client: FlaskClient) -> None:
    """From `/` on, two steps far, no address of this host answers with an error."""
    seen, waiting = {"/"}, ["/"]
    for _ in range(2):
        found = []
        for page in waiting:
            answer = client.get(page, headers={"Accept": "text/html"}, buffered=True)
            assert answer.status_code < 400, page
            if answer.mimetype == "text/html":
                found += re.findall(r'(?:href|src)="(/[^"#]*)', answer.text)
        fresh = dict.fromkeys(each.replace("&amp;", "&") for each in found)
        waiting = [each for each in fresh if each not in seen][:150]
        seen |= set(waiting)
    for page in waiting:
        answer = client.get(page, headers={"Accept": "text/html"}, buffered=True)
        assert answer.status_code < 400, page


def test_a_link_set_has_the_links_of_the_headers(client: FlaskClient) -> None:
    """Level 2 of Signposting: whole in one place, in both syntaxes (RFC 9264)."""
    page = client.get("/page/changchun")
    answer = client.get("/linkset/json/page/changchun")
    sets = json.loads(answer.text)["linkset"]
    (own,) = [each for each in sets if each["anchor"] == f"{ROOT}page/changchun"]
    headed = {
        parse_options_header("x" + link.partition(">")[2])[1]["rel"]
        for link in page.headers.getlist("Link")
    }
    text = client.get("/linkset/txt/page/changchun")

    assert answer.mimetype == signposts.LINKSETS["json"]
    assert text.mimetype == signposts.LINKSETS["txt"]
    # where a page is in time is no link of what it is about
    assert headed - {"original timegate", "timemap"} == own.keys() - {"anchor"}
    assert {"cite-as", "type", "describedby", "license", "linkset"} <= headed
    assert len(sets) == 7
    assert text.text.count('anchor="') == text.text.count("rel=")


def test_head_has_the_links_of_get(client: FlaskClient) -> None:
    """On pages and on documents."""
    for path in ("/page/changchun", "/data/changchun.ttl", "/dataset"):
        links = client.get(path).headers.getlist("Link")
        assert links
        assert client.head(path).headers.getlist("Link") == links


def test_a_host_that_is_none_is_not_believed(client: FlaskClient) -> None:
    """What is no host does not come into an address."""
    for host in ("evil.example/x", "a b", "<script>"):
        answer = client.get("/sitemap.xml", headers={"Host": host})
        assert answer.status_code == 400
