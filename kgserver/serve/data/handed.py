"""An answer whose head a view makes, and whose body a process of the engine.

A view that answers with all of a graph, or out of a version of before, decides
everything but the body. That comes as it is made, in constant memory and under the
limits of a query, from a process that can be ended; see `serve/sparql/handing.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import flask

from kgserver.ask.sparql import query
from kgserver.serve import rendering, travel
from kgserver.serve.frame import site
from kgserver.serve.front.threads import EXCHANGE, HANDED

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.engine.task import Task
    from kgserver.ask.sparql.query import Question
    from kgserver.model.media import Media


@dataclass(frozen=True, slots=True)
class Handed:
    """What brings a body: a task, over a dataset, and the question that it comes from.

    `past` is whether another version than the one in service is meant, `exact` whether
    a later one will not do.
    """

    task: Task
    dataset: Dataset
    question: Question | None
    past: bool
    exact: bool


def graph(iri: str, form: Media, tag: str) -> flask.Response:
    """All triples of a graph in a format; an empty IRI is the default graph."""
    return _response(tag, form, query.whole(iri, form, site.settings()), None)


def answer(question: Question, form: Media, tag: str) -> flask.Response:
    """The answer to a question in a format."""
    task = query.task(question, form, site.settings())
    return _response(tag, form, task, question)


def _response(
    tag: str, form: Media, task: Task, question: Question | None
) -> flask.Response:
    dataset = site.dataset()
    environ = flask.request.environ
    if EXCHANGE not in environ:  # nobody there to hand it to
        if question:
            body = query.answer(dataset, question, form).body
        else:
            body = query.evaluated(dataset, task)
        return rendering.send(tag, form, lambda: body)
    made = rendering.send(tag, form, lambda: b"")
    if made.status_code == 200:
        past = site.live().dataset() is not dataset
        exact = bool(travel.version())
        environ[HANDED] = Handed(task, dataset, question, past and exact, exact)
    return made
