"""The page on which a query is asked; scripts make it an editor, nothing needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from kgserver.serve import refusals, travel
from kgserver.serve.frame import messages, site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from http import HTTPStatus

    from kgserver.ask.sparql.query import Question
    from kgserver.model.media import Media
    from kgserver.model.refusal import Refusal

# How many rows, or letters of Turtle, stand in the page; the formats hold all of them.
MOST, _LONGEST = 100, 20_000
_FIRST = """\
SELECT ?class (COUNT(?thing) AS ?count)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?count)
"""


def blank() -> flask.Response:
    """The page with a first query in it."""
    return _page("form", _FIRST, None)


def answered(
    tag: str, question: Question, answer: Mapping[str, object]
) -> flask.Response:
    """The page with a query and its answer below, as far as a page can hold it."""
    return _page(tag, question.query.text, answer, formats=question.offers)


def refused(text: str, fault: Refusal, _: HTTPStatus) -> str:
    """The page with a query, and why it is refused below."""
    problem = refusals.members_of(fault, site.language())
    return _page("", text, None, problem=problem).get_data(as_text=True)


def _page(
    tag: str,
    text: str,
    answer: Mapping[str, object] | None,
    *,
    formats: Sequence[Media] = (),
    problem: Mapping[str, object] | None = None,
) -> flask.Response:
    data = {
        "problem": problem,
        "base": site.dataset().snapshot.base_iri,
        "answered": answer is not None,
        "why": (answer or {}).get("why"),
        "endpoint": "/sparql",
        "version": travel.version(),
        "schema": site.to("/sparql/schema.json"),
        "check": site.to("/sparql/check"),
        "labels": site.to("/sparql/labels"),
        "entities": site.to("/search"),
        "words": messages.room("editor", site.language()),
    }
    return site.page(
        "sparql.html",
        tag=tag,
        text=text,
        answer=answer,
        problem=problem,
        most=MOST,
        longest=_LONGEST,
        asserted=flask.request.values.get("asserted") == "1",
        page_data=data,
        formats=formats,
    )
