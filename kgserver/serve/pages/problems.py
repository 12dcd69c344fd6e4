"""What is wrong with the files, on a page that keeps up with what is saved."""

from __future__ import annotations

import json

import flask

from kgserver.model import problem, rule
from kgserver.serve import rendering
from kgserver.serve.frame import messages, site

problems_page = flask.Blueprint("problems_page", __name__)
# Milliseconds between two looks of a page that is open.
_AGAIN = 1000


@problems_page.route("/problems")
def problems() -> flask.Response:
    """What the last build found in the files, or the version in service carries."""
    served, found = site.live().last_attempt()
    return site.page(
        "problems.html",
        served=served,
        problems=[(each, rule.of(each.code)) for each in found],
        attempt=_standing(),
        known=_known,
        visible=problem.visible,
        clipped=problem.clipped,
    )


@problems_page.route("/problems/events")
def events() -> flask.Response:
    """One server-sent event: whether a build has ended, and what it found.

    The stream ends at once and the browser asks again a second later (`retry`), so that
    an open page holds no thread of the server. The event's id is what it tells of; who
    has that one already gets none (HTML Standard, §9.2).
    """
    standing = _standing()
    body = f"retry: {_AGAIN}\n\n"
    if flask.request.headers.get("Last-Event-ID") != standing:
        served, found = site.live().last_attempt()
        listed = [each.as_json() for each in found]
        told = json.dumps({"served": served, "problems": listed}, ensure_ascii=False)
        body = f"retry: {_AGAIN}\nid: {standing}\ndata: {told}\n\n"
    response = flask.Response(body, content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _known(text: str) -> bool:
    """Whether a text can be told in the reader's language; if not, its rule's can."""
    language = site.language()
    return messages.said(text, language)[1] == language


def _standing() -> str:
    """What tells whether another build has ended."""
    return rendering.entity_tag(*map(str, site.live().standing()))
