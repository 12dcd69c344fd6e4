"""Why a query has no answer: as JSON by `/sparql?explain=1`, and for its page."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import flask

from kgserver.ask.pool import causes
from kgserver.ask.sparql import explain, query
from kgserver.model import media
from kgserver.model.refusal import TooSlow
from kgserver.serve.frame import messages, site
from kgserver.serve.sparql import asking

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.query import Question
    from kgserver.ask.sparql.vocabulary import Warned


def explained(dataset: Dataset, question: Question) -> flask.Response:
    """The explanation of a query that can be read, as JSON."""
    asking.answer(dataset, question, query.READ)
    response: flask.Response = flask.jsonify(tell(dataset, question))
    response.headers["Cache-Control"] = "no-store"
    return response


def tell(dataset: Dataset, question: Question) -> dict[str, object]:
    """Whether the patterns match, what leaves nothing, and warnings.

    It is told in the reader's language. All of it together may take as long as one
    query; raises a Refusal where that is not enough.
    """
    found = explain.explain(dataset, question, _asking(dataset, question))
    return replace(
        found,
        nothing=_said(found.nothing) if found.nothing else None,
        warnings=tuple(map(_said, found.warnings)),
    ).as_json(question.query.text)


def _said(warned: Warned) -> Warned:
    detail, hint = (
        messages.said(text, site.language())[0] for text in (warned.detail, warned.hint)
    )
    return replace(warned, detail=detail, hint=hint)


def _asking(dataset: Dataset, question: Question) -> Callable[[str], bool]:
    """What puts an ASK, until the time of one query has been used up."""
    given = question.query.seconds
    name = "timeout" if given else "query_seconds"
    limit = given or site.settings().query_seconds
    end = time.monotonic() + limit if limit else math.inf

    def holds(text: str) -> bool:
        left = end - time.monotonic()
        if left <= 0:
            raise causes.over(name, limit)
        seconds = left if limit else 0.0
        asked = replace(question.query, text=text, seconds=seconds)
        looked_at = query.consider(asked, question.endpoints)
        try:
            return b"true" in asking.answer(dataset, looked_at, media.JSON)
        except TooSlow as slow:
            if slow.limit != "timeout":
                raise
            raise causes.over(name, limit) from slow

    return holds
