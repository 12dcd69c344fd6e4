"""The effects of a change for a terminal: lines of text, each with what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask import suite
from kgserver.ask.comparison import outline
from kgserver.ask.sparql import table
from kgserver.model.problem import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.comparison.effects import Answered, Effects
    from kgserver.ask.dataset import Dataset
    from kgserver.load.difference import Difference
    from kgserver.model.problem import Problem

    # A line, and what it is: "head", "+", "-", "note" or nothing of these.
    Said = tuple[str, str]

_WIDEST = 160
_FILES = 10


def draw(effects: Effects, most: int) -> Iterator[Said]:
    """All effects; of statements, those of at most so many entities."""
    before, after = effects.before.dataset, effects.after.dataset
    yield f"{effects.before.name} → {effects.after.name}", "head"
    if not effects.whole:
        yield PARTLY, "note"
    yield summary(effects.statements), ""
    if effects.files:
        yield f"files: {files(effects)}", ""
    if effects.renames:
        yield f"{RENAMED}: {len(effects.renames):,}", "head"
        for line in outline.renamed(effects):
            yield f"  ~ {line}", ""
    yield from statements(effects.besides, after, before, most)
    yield from _problems("New problems", effects.new)
    yield from _problems("Mended problems", effects.mended)
    if effects.answers:
        yield f"Questions with another answer: {len(effects.answers):,}", "head"
        for answered in effects.answers:
            yield from answer(answered, after)
    if effects.vanished:
        yield f"IRIs that vanish: {len(effects.vanished):,}", "head"
        for iri in effects.vanished:
            yield f"  - <{iri}>", outline.REMOVED


def _problems(title: str, problems: Sequence[Problem]) -> Iterator[Said]:
    if problems:
        yield f"{title}: {len(problems):,}", "head"
    for problem in problems:
        for line in problem.as_text().splitlines():
            yield f"  {line}", ""


PARTLY = (
    "A fault kept one side from being reasoned over: only what files say is compared, "
    "as far as they can be read."
)
RENAMED = "Likely renamed, with the same statements otherwise"


def statements(
    difference: Difference, after: Dataset, before: Dataset | None, most: int
) -> Iterator[Said]:
    """Statements that came and went, by entity."""
    things = outline.things(difference, after, before)
    for thing in things[:most]:
        yield f"{thing.name}{f'  {thing.label}' if thing.label else ''}", "head"
        for line in thing.lines:
            follows = "  (follows)" if line.follows else ""
            text = outline.shortened(line.text, _WIDEST)
            yield f"  {line.mark} {text}{follows}", line.mark
    if len(things) > most:
        left = counted(len(things) - most, "entity").replace("entitys", "entities")
        yield f"and {left} more; --limit shows more of them", "note"


def files(effects: Effects) -> str:
    """The files that differ, in one line."""
    named = [f"{mark} {path}" for mark, path in effects.files]
    more = len(named) - _FILES
    rest = [f"and {more:,} more"] if more > 0 else []
    return ", ".join([*named[:_FILES], *rest])


def summary(difference: Difference) -> str:
    """How many statements there are of each kind, in one line."""
    told = [f"{n:,} {what}" for what, n in outline.counts(difference) if n]
    return f"statements: {', '.join(told)}" if told else "no statement differs"


def answer(answered: Answered, dataset: Dataset) -> Iterator[Said]:
    """A question, and the rows by which its answer differs."""
    case = answered.case
    yield f"  {case.name}  {case.title}", "head"
    if answered.fault:
        yield f"    {answered.fault}", ""
    rows = [row for row in answered.rows if row[0] != suite.SAME]
    head = [(suite.SAME, answered.head)] if answered.head else []
    cells = [suite.cells(row, dataset.prefixes) for _, row in (*head, *rows)]
    for (mark, _), text in zip((*head, *rows), table.aligned(cells), strict=True):
        yield f"    {mark} {text}", mark
