"""A query is looked at, becomes a task for the engine, and gets its answer.

`ask/engine/` runs tasks, in processes that can be killed; `answer` runs one here.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kgserver.ask.engine import evaluation
from kgserver.ask.engine.task import Task
from kgserver.ask.pool import causes
from kgserver.ask.sparql import merge
from kgserver.ask.sparql.gate import federation, guard, mends, templates
from kgserver.ask.sparql.mistakes import diagnosis
from kgserver.model import media
from kgserver.model.media import Media
from kgserver.model.refusal import NotAcceptable, ServiceDenied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyoxigraph as ox

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.engine.relay import Relay
    from kgserver.ask.sparql.gate.tokens import Token
    from kgserver.ask.sparql.protocol import Query
    from kgserver.ask.sparql.scan import Scan
    from kgserver.model.limits import Limits
    from kgserver.model.refusal import Refusal

_OFFERS: Mapping[str, Sequence[Media]] = {
    "SELECT": media.ROWS,
    "ASK": media.TRUTHS,
    "CONSTRUCT": media.GRAPHS,
    "DESCRIBE": media.GRAPHS,
}
# The format of no answer: the query is read by the engine, and the data is not asked.
READ = Media("", "", "", "rows")
_READING = 2  # seconds that it may take to read a query
# What differs from call to call, so that an answer is not to be kept.
_FICKLE = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"})


@dataclass(frozen=True, slots=True)
class Question:
    """A query that the guard let through: its form, tokens and offers.

    `endpoints` are those that SERVICE may ask. Without tokens it is one of which
    nothing is changed for the engine, or these have been let go. `scan` is what it asks
    of the index, where it asks no more.
    """

    query: Query
    form: str
    tokens: Sequence[Token]
    endpoints: tuple[str, ...] = ()
    scan: Scan | None = None

    def read(self) -> Sequence[Token]:
        """Its tokens, read again where they are not at hand."""
        return self.tokens or guard.read(self.query.text)

    @property
    def offers(self) -> Sequence[Media]:
        """The formats in which the answer can be given."""
        return _OFFERS.get(self.form, media.ROWS)

    @property
    def steady(self) -> bool:
        """Whether the same snapshot gives the same answer each time."""
        words = {token.text.upper() for token in self.tokens if token.kind == "word"}
        return not words & _FICKLE


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a format and the bytes."""

    media: Media
    body: bytes


def consider(query: Query, endpoints: tuple[str, ...] = ()) -> Question:
    """Look at a query before it meets the engine; raises a Refusal where it may not.

    `endpoints` are the IRIs of those that SERVICE may ask.
    """
    template = templates.of(query.text)
    known = templates.recall(template)
    if known is not None:
        return Question(query, known, (), endpoints)
    found = guard.read(query.text)
    guard.check(query.text, found, endpoints)
    mends.check(query.text, found)
    words = (token.text.upper() for token in found if token.kind == "word")
    form = sys.intern(next((word for word in words if word in _OFFERS), ""))
    text = mends.mend(query.text, found, endpoints)
    mended = query if text == query.text else replace(query, text=text)
    question = Question(mended, form, found, endpoints)
    if question.steady and federation.written(text, found, endpoints)[0] == query.text:
        templates.learn(template, form)
    return question


def choose(question: Question, accept: str) -> Media:
    """The format that the client likes best; raises NotAcceptable without one."""
    best = media.choose(accept, question.offers)
    if best is None:
        raise NotAcceptable(accept, [offer.type for offer in question.offers])
    return best


def task(question: Question, form: Media, limits: Limits | None = None) -> Task:
    """The question as the engine is given it; without limits it may take all it likes.

    The time, processor time, rows and bytes are those of the limits; its client may
    have asked for less time.
    """
    asked = question.query
    text, services = federation.written(asked.text, question.tokens, question.endpoints)
    graphs = asked.default_graphs, asked.named_graphs
    if not any(graphs) and merge.several(asked.text):
        graphs = merge.graphs(question.read())
    where = (text, *graphs, form.type)
    if limits is None:
        return Task(*where, services=services)
    times = (limits.query_seconds, asked.seconds, _READING if form is READ else 0)
    return Task(
        *where,
        seconds=min((each for each in times if each), default=0),
        processor=limits.query_cpu_seconds,
        rows=limits.result_rows,
        size=limits.result_megabytes * 1024 * 1024,
        services=services,
    )


def whole(graph: str, form: Media, limits: Limits) -> Task:
    """The task that has a whole graph for its answer; an empty IRI is the default."""
    return Task(
        "",
        form=form.type,
        seconds=limits.query_seconds,
        processor=limits.query_cpu_seconds,
        rows=limits.result_rows,
        size=limits.result_megabytes * 1024 * 1024,
        graph=graph,
    )


def answer(
    dataset: Dataset, question: Question, form: Media, way: Relay | None = None
) -> Answer:
    """Evaluate the query in this process and write its answer.

    `way` is the relay through which SERVICE asks. Raises BadQuery with the place and
    the cause where the engine cannot read it, and EvaluationFailed where it cannot
    finish it.
    """
    output, asked = _Buffer(), task(question, form)
    if asked.services and way is None:
        raise ServiceDenied("SERVICE asks nobody from here.", "Ask the server.")
    text = way.readdress(asked.text, asked.services) if way else asked.text
    try:
        evaluation.write(dataset, replace(asked, text=text), output)
    except (SyntaxError, OSError, RuntimeError, ValueError) as fault:
        told = way.told(str(fault)) if way else None
        if told:
            raise causes.unanswered(told) from fault
        raise explained(dataset, question, fault) from fault
    return Answer(form, output.getvalue())


def evaluated(dataset: Dataset, asked: Task) -> bytes:
    """The whole answer to a task, evaluated in this process."""
    output = _Buffer()
    evaluation.write(dataset, asked, output)
    return output.getvalue()


def explained(dataset: Dataset, question: Question, fault: Exception) -> Refusal:
    """What the engine's own exception means for who asked."""
    if isinstance(fault, SyntaxError):
        text, found = question.query.text, question.read()
        return diagnosis.explain(text, found, fault, dataset.prefixes)
    return diagnosis.failure(fault)


def write_graph(
    triples: Iterable[ox.Triple], form: Media, prefixes: Mapping[str, str]
) -> bytes:
    """Triples in a graph format, with those prefixes declared that they use."""
    output = _Buffer()
    evaluation.write_graph(triples, form.type, prefixes, output)
    return output.getvalue()


class _Buffer(io.BytesIO):
    """An answer that is kept in memory."""

    def count(self, number: int) -> None:
        """Rows are not limited here."""
