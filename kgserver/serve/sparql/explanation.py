"""`/sparql?explain=1`: why a query has no answer, as JSON."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import flask

from kgserver.ask.sparql import explain, query
from kgserver.model import media
from kgserver.serve.sparql import asking

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.query import Question


# A graph without triples: a query over it is read at once, and refused as it would be.
_NOWHERE = "urn:x-kgserver:nowhere"


def explained(dataset: Dataset, question: Question) -> flask.Response:
    """Whether the patterns match, what leaves nothing, and warnings."""

    def holds(text: str) -> bool:
        asked = query.consider(replace(question.query, text=text))
        return b"true" in asking.answer(dataset, asked, media.JSON)

    empty = replace(question.query, default_graphs=(_NOWHERE,))
    asking.answer(dataset, query.consider(empty), question.offers[0])
    told = explain.explain(dataset, question, holds)
    response: flask.Response = flask.jsonify(told.as_json(question.query.text))
    response.headers["Cache-Control"] = "no-store"
    return response
