"""A query is looked at, becomes a task for the engine, and gets its answer.

`ask/engine/` runs tasks, in processes that can be killed; `answer` runs one here.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kgserver.ask.engine import evaluation
from kgserver.ask.engine.task import Task
from kgserver.ask.sparql import diagnosis, guard, mends
from kgserver.model import media
from kgserver.model.refusal import NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyoxigraph as ox

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.protocol import Query
    from kgserver.ask.sparql.tokens import Token
    from kgserver.model.limits import Limits
    from kgserver.model.media import Media
    from kgserver.model.refusal import Refusal

_OFFERS: Mapping[str, Sequence[Media]] = {
    "SELECT": media.ROWS,
    "ASK": media.TRUTHS,
    "CONSTRUCT": media.GRAPHS,
    "DESCRIBE": media.GRAPHS,
}
# Functions whose value differs from call to call, so that an answer is not to be kept.
_FICKLE = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


@dataclass(frozen=True, slots=True)
class Question:
    """A query that the guard let through: its form, tokens and offers."""

    query: Query
    form: str
    tokens: Sequence[Token]

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


def consider(query: Query) -> Question:
    """Look at a query before it meets the engine; raises a Refusal where it may not."""
    found = guard.read(query.text)
    guard.check(query.text, found)
    mends.check(query.text, found)
    words = (token.text.upper() for token in found if token.kind == "word")
    form = next((word for word in words if word in _OFFERS), "")
    mended = replace(query, text=mends.mend(query.text, found))
    return Question(mended, form, found)


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
    plain = Task(asked.text, asked.default_graphs, asked.named_graphs, form.type)
    if limits is None:
        return plain
    most = limits.query_seconds
    lowered = min(asked.seconds or most, most) if most else asked.seconds
    return replace(
        plain,
        seconds=lowered,
        processor=limits.query_cpu_seconds,
        rows=limits.result_rows,
        size=limits.result_megabytes * 1024 * 1024,
    )


def answer(dataset: Dataset, question: Question, form: Media) -> Answer:
    """Evaluate the query in this process and write its answer.

    Raises BadQuery with the place and the cause where the engine cannot read it, and
    EvaluationFailed where it cannot finish it.
    """
    output = _Buffer()
    try:
        evaluation.write(dataset, task(question, form), output)
    except (SyntaxError, OSError, RuntimeError, ValueError) as fault:
        raise explained(dataset, question, fault) from fault
    return Answer(form, output.getvalue())


def explained(dataset: Dataset, question: Question, fault: Exception) -> Refusal:
    """What the engine's own exception means for who asked."""
    text = question.query.text
    if isinstance(fault, SyntaxError):
        return diagnosis.explain(text, question.tokens, fault, dataset.prefixes)
    return diagnosis.failure(text, question.tokens, fault)


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
