"""Names and IRIs that are written to do harm stay text on every kind of page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

EVIL = r"</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{7*7}} {x}"
FOLDER = {
    "ontology/o.ttl": f"""
    @prefix o: <http://127.0.0.1:8000/ontology#> .
    @prefix kg: <https://w3id.org/kgserver/ns#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    <http://127.0.0.1:8000/ontology> a owl:Ontology ; rdfs:label "{EVIL}" .
    o:Evil a owl:Class ; rdfs:label "{EVIL}" ; skos:definition "{EVIL}" .
    o:Said a owl:Class ; kg:written "{{o:with}} <b>{EVIL}</b> {{nothing}} {{}}" .
    o:with a owl:ObjectProperty ; rdfs:label "{EVIL}" ; rdfs:domain o:Evil .
    o:date a owl:DatatypeProperty ; rdfs:label "{EVIL}" .
    """,
    "graph/a.ttl": f"""
    @prefix : <http://127.0.0.1:8000/id/> .
    @prefix o: <http://127.0.0.1:8000/ontology#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix schema: <https://schema.org/> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    :a a o:Evil ; rdfs:label "{EVIL}" , "\\u202Egnp.exe"@en ; o:with :b , :said ;
        o:date "2020"^^xsd:gYear ; schema:latitude 1 ; schema:longitude 2 ;
        schema:description "{EVIL}" ; rdfs:seeAlso <javascript:alert(1)> ,
            <data:text/html,x> , <http://e/%22onmouseover=x> ; schema:name "{EVIL}" .
    :b a o:Evil ; rdfs:label "{EVIL}" ; o:with :a ; schema:latitude 3 ;
        schema:longitude 4 .
    :said a o:Said ; o:with :b .
    <http://127.0.0.1:8000/id/%22%3E%3Cscript%3Ex> a o:Evil .
    """,
}
PAGES = [
    "/",
    "/page/a",
    "/page/b",
    "/page/a?out=http://127.0.0.1:8000/ontology%23with",
    "/class/",
    "/class/Evil",
    "/class/Evil?sort=%22%3E%3Cscript%3E:x",
    "/class/Evil?only=o:with%3D%22%3E%3Cscript%3E",
    "/search?q=alert",
    f"/search?q={quote(EVIL)}",
    "/map",
    "/timeline",
    "/explore",
    "/explore?iri=http://127.0.0.1:8000/id/a",
    "/ontology",
    "/changes",
    "/problems",
    "/page/%3Cscript%3Ealert(1)%3C/script%3E",
    "/?lang=%22%3E%3Cscript%3E",
    "/?x=%22%3E%3Cscript%3E",
]


class Reader(HTMLParser):
    """What a browser would make of a page: its tags and attributes that do harm."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts that are not ours, pictures, handlers, styles, odd links."""
        given = dict(attrs)
        script = tag == "script" and not (
            given.get("type") == "application/ld+json"
            or (given.get("src") or "").startswith("/static/")
        )
        if script or tag in ("img", "iframe", "object", "style", "b"):
            self.harm.append(f"<{tag}>")
        for name, value in attrs:
            odd = (value or "").lower().startswith(("javascript:", "data:"))
            leads = name in ("href", "src", "action", "formaction") and odd
            if name.startswith("on") or name == "style" or leads:
                self.harm.append(f"{tag} {name}={value}")


@pytest.fixture
def evil(make_client: Callable[[dict[str, str]], FlaskClient]) -> FlaskClient:
    """A folder whose every name is an attack."""
    return make_client(FOLDER)


def test_no_page_lets_a_name_become_markup(evil: FlaskClient) -> None:
    """No script, image or attribute comes of them; no link runs anything."""
    for path in PAGES:
        page = evil.get(path, headers={"Accept": "text/html"})

        assert page.mimetype == "text/html", path
        assert page.status_code < 500, path
        reader = Reader()
        reader.feed(page.text)
        assert reader.harm == [], path
        assert "49 " not in page.text, path


def test_structured_data_keeps_hostile_text_whole(evil: FlaskClient) -> None:
    """It cannot end its element, and reads back as it was written."""
    page = evil.get("/page/a").text
    found = re.findall(r"<script type=\"application/ld\+json\">(.*?)</script>", page)
    document = json.loads(found[0])

    assert len(found) == 1
    assert EVIL.replace("\\", "") in json.dumps(document).replace("\\", "")


def test_a_turned_name_turns_nothing_else(evil: FlaskClient) -> None:
    """Text of unknown direction is isolated from what stands around it."""
    page = evil.get("/page/a?lang=en").text

    assert re.search("<bdi[^>]*>\u202egnp.exe</bdi>", page)
    assert not re.search("<a [^>]*>\u202e", page)


def test_a_feed_of_hostile_names_is_well_formed(evil: FlaskClient) -> None:
    """Atom, OpenSearch and GeoJSON carry them as text."""
    assert "<script" not in evil.get("/changes.atom").text
    assert "<script" not in evil.get("/opensearch.xml").text
    places = evil.get("/map?format=geojson").get_json(force=True)["features"]
    assert len(places) == 3
