"""`/sparql?explain=1`: why a query has no answer, as JSON."""

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
from kgserver.serve import site
from kgserver.serve.sparql import asking

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.query import Question


def explained(dataset: Dataset, question: Question) -> flask.Response:
    """Whether the patterns match, what leaves nothing, and warnings.

    All of it together may take as long as one query.
    """
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

    asking.answer(dataset, question, query.READ)
    told = explain.explain(dataset, question, holds)
    response: flask.Response = flask.jsonify(told.as_json(question.query.text))
    response.headers["Cache-Control"] = "no-store"
    return response
