"""The page of problems keeps up with what is saved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kgserver.load import snapshot
from kgserver.model import rule
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings


def test_an_event_tells_of_a_build_and_only_once(
    make_folder: Callable[..., Settings],
) -> None:
    """Its id is that of the page; who has it gets no data, and is told when to ask."""
    settings = make_folder({"graph/a.ttl": "<http://e/a> <http://e/p> 1 .\n"})
    assert snapshot.build(settings).served
    client = create_app(settings).test_client()

    def event(last: str = "") -> dict[str, str]:
        headers = {"Last-Event-ID": last} if last else {}
        text = client.get("/problems/events", headers=headers).text
        lines = (line.partition(": ") for line in text.splitlines() if line)
        return {key: value for key, _, value in lines}

    first = event()
    assert json.loads(first["data"]) == {"served": True, "problems": []}
    assert f'data-standing="{first["id"]}"' in client.get("/problems").text
    assert event(first["id"]) == {"retry": "1000"}

    (settings.folder / "graph/a.ttl").write_text("ex:a ex:p 1 .\n")
    assert not snapshot.build(settings).served
    second = event(first["id"])
    told = json.loads(second["data"])
    assert not told["served"]
    assert (told["problems"][0]["file"], told["problems"][0]["line"]) == (
        "graph/a.ttl",
        1,
    )
    assert second["id"] != first["id"]


def test_a_broken_save_is_told_on_every_page(
    make_folder: Callable[..., Settings],
) -> None:
    """Each page of the version in service is there, and says where to look."""
    settings = make_folder({"graph/a.ttl": "<http://e/a> <http://e/p> 1 .\n"})
    assert snapshot.build(settings).served
    (settings.folder / "graph/a.ttl").write_text("ex:a ex:p 1 .\n")
    assert not snapshot.build(settings).served
    app = create_app(settings)
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if not rule.arguments and rule.methods and "GET" in rule.methods
    ]
    client = app.test_client()
    answers = {
        path: client.get(path, headers={"Accept": "text/html"}) for path in paths
    }
    pages = {p: a for p, a in answers.items() if a.mimetype == "text/html"}

    assert {p: a.status_code for p, a in answers.items() if a.status_code >= 500} == {}
    assert len(pages) > 10
    assert [p for p, a in pages.items() if 'href="/problems"' not in a.text] == []


def test_a_warning_is_served_and_shown_with_its_rule_and_reason(
    make_folder: Callable[..., Settings],
) -> None:
    """What cannot be seen in the line is made visible; nothing in it becomes markup."""
    odd = '<http://e/a> <http://e/p> "<b>Ham\u202eburg" .\n'
    settings = make_folder({"graph/a.ttl": odd})
    assert snapshot.build(settings).served
    page = create_app(settings).test_client().get("/problems").text

    assert "<code>graph/a.ttl:1:27</code> <code>control-character</code>" in page
    assert "&lt;b&gt;Ham\ufffdburg" in page
    assert rule.table()["control-character"].why in page


def test_what_is_switched_off_is_built_anew(
    make_folder: Callable[..., Settings],
) -> None:
    """The version says what its settings leave to be said."""
    settings = make_folder({"graph/a.ttl": '<http://e/a> <http://e/p> "x " .\n'})
    first = snapshot.build(settings)
    settings = make_folder({"kgserver.toml": 'ignore = ["spaces-around"]\n'})
    second = snapshot.build(settings)

    assert [each.code for each in first.problems] == ["spaces-around"]
    assert second.fresh
    assert second.problems == ()
