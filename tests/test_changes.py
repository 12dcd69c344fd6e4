"""What changed between versions is told, and old versions can still be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgserver.load import snapshot
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

FILE = "graph/a.ttl"
TEXT = """
@prefix : <http://127.0.0.1:8000/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:a rdfs:label "Name" ; :p :{} .
"""


@pytest.fixture
def edited(make_folder: Callable[[dict[str, str]], Settings]) -> FlaskClient:
    """A folder whose file said `:old` in version 1 and says `:new` in version 2."""
    settings = make_folder({FILE: TEXT.format("old")})
    assert snapshot.build(settings).served
    (settings.folder / FILE).write_text(TEXT.format("new"), "utf-8")
    assert snapshot.build(settings).served
    return create_app(settings).test_client()


def test_a_changed_statement_came_and_went(edited: FlaskClient) -> None:
    """One statement each way, with the file that it is in."""
    (change,) = edited.get("/changes?format=json").get_json(force=True)

    assert change["version"] == 2
    assert change["files"] == [FILE]
    assert [text.endswith("/id/new>") for text in change["added"]] == [True]
    assert [text.endswith("/id/old>") for text in change["removed"]] == [True]


def test_the_feed_has_an_entry_for_each_change(edited: FlaskClient) -> None:
    """Valid XML with a stable id, and a link to the page's section."""
    text = edited.get("/changes.atom").text

    assert text.count("<entry>") == 1
    assert 'href="http://localhost/changes#v2"' in text
    assert "one statement came, one statement went" in text


def test_an_old_version_is_read_as_it_was(edited: FlaskClient) -> None:
    """It says which one it is, leads to itself only, and is not for search engines."""
    now, then = edited.get("/page/a").text, edited.get("/page/a?version=1").text

    assert "id/new" in now
    assert "id/old" not in now
    assert "id/old" in then
    assert "This is version 1" in then
    assert 'content="noindex"' in then
    assert "This is version" not in now
    assert 'href="/class/?version=1"' in then


def test_what_is_called_alike_is_suggested(client: FlaskClient) -> None:
    """A page that is not there leads to what may have been meant, in any language."""
    page = client.get("/page/wolfsbrug?lang=de", headers={"Accept": "text/html"})

    assert page.status_code == 404
    assert "Nicht gefunden" in page.text
    assert 'href="/page/wolfsburg?lang=de"' in page.text
