"""`/sparql`: the protocol for programs, a form and a table for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import flask

from kgserver.ask.catalog import description
from kgserver.ask.sparql import protocol, query
from kgserver.model import media
from kgserver.model.refusal import NotAcceptable
from kgserver.serve import noted, rendering, site
from kgserver.serve.sparql import asking
from kgserver.serve.sparql import form as page
from kgserver.serve.sparql.explanation import explained

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.query import Question

endpoint = flask.Blueprint("endpoint", __name__)


@endpoint.route("/sparql", methods=["GET", "POST", "QUERY"])
def sparql() -> flask.Response:
    """Answer a query; without one, say what can be asked here."""
    accept = flask.request.headers.get("Accept", "")
    asked = protocol.read(_message())
    if asked is None:
        return _describe(accept)
    accept = media.shortcut(asked.format) or accept
    dataset = site.dataset()
    noted.query(asked.text)
    endpoints = site.settings().service_endpoints
    question = query.consider(page.narrowed(dataset, asked), endpoints)
    noted.query(asked.text, question.form)
    if asked.explain:
        return explained(dataset, question)
    if media.choose(accept, (*question.offers, media.HTML)) is media.HTML:
        return _page(dataset, question)
    form = query.choose(question, accept)
    return rendering.send(
        _tag(dataset, question, form.type),
        form,
        lambda: asking.answer(dataset, question, form),
    )


def _message() -> protocol.Message:
    request = flask.request
    return protocol.Message(
        request.method,
        request.headers.get("Content-Type", ""),
        request.query_string.decode("ascii", "replace"),
        request.get_data(),
    )


def _describe(accept: str) -> flask.Response:
    """The form for people, the service description for programs (SD §3)."""
    offers = (*media.GRAPHS, media.HTML)
    form = media.choose(accept, offers)
    if form is None:
        raise NotAcceptable(accept, [offer.type for offer in offers])
    if form is media.HTML:
        return page.blank()
    dataset = site.dataset()
    triples = description.describe(dataset, flask.request.base_url)
    return rendering.send(
        rendering.entity_tag(dataset.snapshot.digest, form.type, "description"),
        form,
        lambda: query.write_graph(triples, form, description.PREFIXES),
    )


def _page(dataset: Dataset, question: Question) -> flask.Response:
    """The form with the query and its answer below; it needs no script."""
    graph = question.form in {"CONSTRUCT", "DESCRIBE"}
    form = media.TURTLE if graph else media.JSON
    body = asking.answer(dataset, question, form).decode("utf-8")
    answer = {"turtle": body} if graph else json.loads(body)
    return page.answered(_tag(dataset, question, media.HTML.type), question, answer)


def _tag(dataset: Dataset, question: Question, form: str) -> str:
    """The validator of an answer; none for a POST, or for what differs each time."""
    if flask.request.method == "POST" or not question.steady:
        return ""
    asked = question.query
    graphs = [*asked.default_graphs, "", *asked.named_graphs]
    return rendering.entity_tag(dataset.snapshot.digest, form, asked.text, *graphs)
