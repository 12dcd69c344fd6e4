"""A query without an answer is told which part of it matches nothing."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest

from kgserver.load import snapshot
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

from .conftest import CASES, cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

ROOM = [case for case in cases("explained") if case.id != "data"]


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the application over the room's data."""
    folder = tmp_path_factory.mktemp("cities")
    (folder / "graph").mkdir()
    text = (CASES / "explained" / "data.ttl").read_text("utf-8")
    (folder / "graph" / "data.ttl").write_text(text, "utf-8")
    settings = setting.read(folder, {})
    assert snapshot.build(settings).served
    return create_app(settings).test_client()


@pytest.mark.parametrize("case", ROOM)
def test_a_query_is_explained(
    case: Path, cities: FlaskClient, golden: Callable[[Path, str], None]
) -> None:
    """Whether it matches, what leaves nothing, and what it is warned of."""
    text = (case / "query.rq").read_text("utf-8")
    asked = {"query": text, "explain": "1"}
    answer = cities.get("/sparql", query_string=asked)
    told = answer.get_json()

    assert answer.status_code == 200
    said = ["matches" if told["matches"] else "matches nothing"]
    for each in [told["nothing"], *told["warnings"]]:
        if each:
            place = f"{each['line']}:{each['column']}"
            said.append(f"{place} [{each['code']}] {each['detail']}")
            said.append(f"    {each['hint']}")
    golden(case / "told.txt", "\n".join(said) + "\n")


def test_a_query_that_cannot_be_read_is_refused_as_ever(cities: FlaskClient) -> None:
    """With its own line and column, not those of what is asked on the way."""
    text = "SELECT ?y\n{ ?x ?p ?y } GROUP BY ?x"
    asked = {"query": text, "explain": "1"}
    answer = cities.get("/sparql", query_string=asked)

    assert answer.status_code == 400
    assert answer.get_json(force=True)["line"] == 1


@pytest.mark.parametrize(
    ("language", "nothing", "cross"),
    [
        ("en", "matches nothing in the data.", "Nothing joins ?c, ?d with"),
        ("de", "trifft auf nichts in den Daten zu.", "Nichts verbindet ?c, ?d mit"),
        ("zh-Hans", "在数据中没有匹配。", "与前面的模式没有连接"),
    ],
)
def test_an_empty_answer_says_why_on_its_page(
    cities: FlaskClient, language: str, nothing: str, cross: str
) -> None:
    """Without scripts, in the reader's language; the same as the JSON has."""
    asked = {"query": "SELECT *\n{ ?a ?p ?b .\n?c <x:none> ?d }"}
    headers = {"Accept": "text/html", "Accept-Language": language}
    page = cities.get("/sparql", query_string=asked, headers=headers)
    headers = {"Accept-Language": language}
    asked["explain"] = "1"
    told = cities.get("/sparql", query_string=asked, headers=headers)

    shown = html.unescape(page.text)
    assert nothing in told.get_json()["nothing"]["detail"]
    assert told.get_json()["nothing"]["detail"] in shown
    warned = [each["detail"] for each in told.get_json()["warnings"]]
    assert any(cross in each for each in warned)
    assert all(each in shown for each in warned)
    assert "Accept-Language" in told.headers["Vary"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("ASK { ?a <x:none> ?b }", True),
        ("CONSTRUCT { ?a ?p ?b } WHERE { ?a <x:none> ?b . ?a ?p ?b }", True),
        ("SELECT (COUNT(*) AS ?n) { ?a <x:none> ?b }", True),
        ("SELECT (COUNT(*) AS ?n) { ?a ?p ?b }", False),
        ("SELECT ?n { BIND(0 AS ?n) }", False),
        ("ASK { ?a ?p ?b }", False),
        ("SELECT * { ?a ?p ?b } LIMIT 1", False),
        ("CONSTRUCT { ?a ?p ?b } WHERE { ?a ?p ?b } LIMIT 1", False),
    ],
)
def test_only_an_answer_without_anything_is_explained(
    cities: FlaskClient, query: str, *, says: bool
) -> None:
    """No rows, no triples, the answer no, or nothing counted."""
    headers = {"Accept": "text/html"}
    page = cities.get("/sparql", query_string={"query": query}, headers=headers)

    assert ('id="empty-title"' in page.text) is says


def test_a_refused_query_stays_on_the_page_to_be_mended(cities: FlaskClient) -> None:
    """With its status, what is wrong, where, and the query in the field."""
    asked = {"query": "SELECT <b> ?s { ?s ?p }"}
    headers = {"Accept": "text/html", "Accept-Language": "de"}
    page = cities.get("/sparql", query_string=asked, headers=headers)
    asked["version"] = "77"
    lost = cities.get("/sparql", query_string=asked, headers=headers)

    assert page.status_code == 400
    assert page.headers["Cache-Control"] == "no-store"
    assert 'id="asking"' in page.text
    assert "SELECT &lt;b&gt; ?s { ?s ?p }</textarea>" in page.text
    assert 'role="alert"' in page.text
    assert lost.status_code == 404
