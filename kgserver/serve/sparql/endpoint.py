"""`/sparql`: the protocol for programs, a form and a table for people."""

from __future__ import annotations

import contextlib
import functools
import json
import re
from typing import TYPE_CHECKING, Any

import flask

from kgserver.ask.catalog import description
from kgserver.ask.documents import writing
from kgserver.ask.sparql import protocol
from kgserver.model import media, refusal
from kgserver.model.refusal import EvaluationFailed, NotAcceptable, Refusal
from kgserver.serve import refusals, rendering, requested, travel
from kgserver.serve.data import handed
from kgserver.serve.frame import site
from kgserver.serve.sparql import asked, asking, explanation
from kgserver.serve.sparql import form as page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.query import Question
    from kgserver.serve.sparql.asked import Asked

_ROWS, _BETWEEN = b'"results":{"bindings":[', b'},{"'
# Bytes of an answer that a page looks at: for counting rows, for letters of Turtle.
_COUNTED, _SHOWN = 2 * 1024 * 1024, 64 * 1024
_COUNTING = re.compile(r"\bCOUNT\s*\(", re.IGNORECASE)
# Trouble that lies in what is asked, not in how or when.
_OF_A_QUERY = (
    refusal.BadQuery, refusal.ServiceDenied, refusal.ServiceFailed,
    refusal.EvaluationFailed, refusal.OverLimit, refusal.Cancelled,
)  # fmt: skip
# Under this name the server leaves a refusal that is to be shown as a page.
REFUSAL = "kgserver.refusal"
endpoint = flask.Blueprint("endpoint", __name__)


@endpoint.before_app_request
def refuse() -> None:
    """Show a refusal that was made before the application was asked."""
    fault = flask.request.environ.get(REFUSAL)
    if isinstance(fault, Refusal):
        raise fault


@endpoint.errorhandler(Refusal)
def refused(fault: Refusal) -> flask.Response:
    """What is wrong with a query is shown on the page where it can be mended."""
    text = isinstance(fault, _OF_A_QUERY) and flask.request.values.get("query")
    if text:
        # where there is no such version there is no page about it either
        with contextlib.suppress(Refusal):
            site.dataset()
            return refusals.send(fault, functools.partial(page.refused, text))
    return refusals.send(fault)


@endpoint.route("/sparql", methods=["GET", "POST", "QUERY"])
def sparql() -> flask.Response:
    """Answer a query; without one, say what can be asked here."""
    accept = flask.request.headers.get("Accept", "")
    message = _message()
    dataset = site.dataset()
    found = asked.consider(message, accept, dataset, site.settings().service_endpoints)
    if found is None:
        return _describe(accept)
    if found.question.query.explain:
        return explanation.explained(dataset, found.question)
    if found.form is media.HTML:
        return _page(dataset, found)
    return handed.answer(found.question, found.form, found.tag)


def _message() -> protocol.Message:
    request = flask.request
    return protocol.Message(
        request.method,
        request.headers.get("Content-Type", ""),
        request.query_string.decode("ascii", "replace"),
        request.get_data(),
        request.headers.get("Query-Id", ""),
    )


def _describe(accept: str) -> flask.Response:
    """The form for people, the service description for programs (SD §3)."""
    offers = (*media.GRAPHS, media.HTML)
    form = media.choose(accept, offers)
    if form is None:
        raise NotAcceptable(accept, [offer.type for offer in offers])
    if form is media.HTML:
        return page.blank()
    dataset, settings = site.dataset(), site.settings()
    address = requested.root() + "sparql"
    tag = rendering.entity_tag(dataset.snapshot.digest, form.type, repr(settings))

    def described() -> bytes:
        triples = description.describe(dataset, address, settings)
        prefixes, first = description.PREFIXES, description.SERVICE
        return writing.write(triples, form, prefixes, first)

    return rendering.send(tag, form, described)


def _page(dataset: Dataset, found: Asked) -> flask.Response:
    """The form with the query and its answer below; it needs no script."""
    question = found.question
    graph = question.form in {"CONSTRUCT", "DESCRIBE"}
    form = media.TURTLE if graph else media.JSON
    most = _SHOWN if graph else _COUNTED
    body = asking.beginning(dataset, question, form, most)
    # where a later version has come meanwhile, the answer may be of that one
    tag = found.tag if travel.version() or asking.in_service(dataset) else ""
    if graph:
        answer: dict[str, Any] = {"turtle": body.decode("utf-8", "ignore")}
    else:
        answer = _rows(body)
    if not _is_empty(answer, question):
        return page.answered(tag, question, answer)
    try:
        why = explanation.tell(dataset, question)
    except Refusal as fault:
        return page.answered("", question, {**answer, "unexplained": fault})
    return page.answered(tag, question, {**answer, "why": why})


def _is_empty(answer: Mapping[str, Any], question: Question) -> bool:
    """Whether there are no rows, no triples, a no, or nothing is counted."""
    if "results" in answer:
        rows = answer["results"]["bindings"]
        counted = [each["value"] for row in rows[:2] for each in row.values()]
        counts = len(rows) == 1 and _COUNTING.search(question.query.text)
        return not rows or bool(counts and set(counted) == {"0"})
    return not answer.get("boolean", answer.get("turtle", "").strip())


def _rows(body: bytes) -> dict[str, Any]:
    """An answer as data: the rows that a page shows, and how many there are.

    Of an answer that is cut short these are rows that are whole. A quote in a JSON text
    is escaped, so that the marks between rows stand nowhere else.
    """
    marks, cut = body.count(_BETWEEN), len(body) >= _COUNTED
    if marks >= page.MOST:
        first = body.split(_BETWEEN, page.MOST)[: page.MOST]
        body = _BETWEEN.join(first) + b"}]}}"
    elif cut:
        begin = body.index(_ROWS) + len(_ROWS)
        last = body.rfind(_BETWEEN, begin)
        body = body[:begin] + b"]}}" if last < 0 else body[:last] + b"}]}}"
    try:
        return {**json.loads(body), "count": marks + 1, "cut": cut}
    except RecursionError as fault:
        raise EvaluationFailed(
            "The answer holds triple terms too deep in one another for a page.",
            "Ask for it as JSON, CSV or TSV.",
        ) from fault
