"""What a change does: statements, conclusions, problems, answers, IRIs that go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask import suite
from kgserver.ask.comparison import renames
from kgserver.load import difference
from kgserver.model import problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from kgserver.ask.comparison.renames import Renames
    from kgserver.ask.comparison.sides import Side
    from kgserver.ask.suite import Case, Marked
    from kgserver.load.difference import Difference, State
    from kgserver.model.problem import Problem

_NOTHING: frozenset[ox.Triple] = frozenset()
_CAME, _WENT, _CHANGED = "+", "-", "~"


@dataclass(frozen=True, slots=True)
class Answered:
    """A question whose answer is another one: the names of its columns, its rows.

    `fault` says why there is no answer any more.
    """

    case: Case
    head: str
    rows: Marked
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """All that is different between two sides.

    `files` are the paths that differ, each behind a +, - or ~ for one that is there on
    both sides. `vanished` are IRIs that stand nowhere now, `renames` those of them that
    likely have another name; `besides` is what differs apart from their names.
    """

    before: Side
    after: Side
    statements: Difference
    new: tuple[Problem, ...]
    mended: tuple[Problem, ...]
    answers: tuple[Answered, ...]
    vanished: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    renames: Renames
    besides: Difference

    def __bool__(self) -> bool:
        return bool(
            self.statements or self.new or self.mended or self.answers or self.vanished
        )

    @property
    def whole(self) -> bool:
        """Whether no fault kept a side from being reasoned over."""
        return self.before.whole and self.after.whole

    @property
    def breaks(self) -> bool:
        """Whether the later side must not go into service, for a reason that is new."""
        return any(each.fatal for each in self.new)


def between(before: Side, after: Side) -> Effects:
    """What it does to come from one side to the other.

    Where a fault kept one from being reasoned over, what files say is compared alone.
    """
    whole = before.whole and after.whole
    earlier, later = before.state(), after.state()
    if not whole:
        earlier, later = (earlier[0], _NOTHING), (later[0], _NOTHING)
    base = before.dataset.snapshot.base_iri
    renamed = renames.find(earlier, later, base) if whole else {}
    besides = renames.applied(earlier, renamed) if renamed else earlier
    return Effects(
        before,
        after,
        difference.between(earlier, later),
        problem.without(after.problems, before.problems),
        problem.without(before.problems, after.problems),
        _answers(before, after) if whole else (),
        _vanished(earlier, later, base) if whole else (),
        _files(before, after),
        renamed,
        difference.between(besides, later),
    )


def _files(before: Side, after: Side) -> tuple[tuple[str, str], ...]:
    """The files that came (+), went (-) or are others now (~), by path."""
    was, now = (
        {source.path: source.digest for source in side.dataset.snapshot.sources}
        for side in (before, after)
    )
    return tuple(
        (_CAME if path not in was else _WENT if path not in now else _CHANGED, path)
        for path in sorted({**was, **now})
        if was.get(path) != now.get(path)
    )


def _answers(before: Side, after: Side) -> tuple[Answered, ...]:
    """The questions of the later side that the two answer otherwise."""
    found = (
        _answered(case, before.dataset.store, after.dataset.store)
        for case in after.cases
        if case.kind == "question"
    )
    return tuple(each for each in found if each)


def _answered(case: Case, before: ox.Store, after: ox.Store) -> Answered | None:
    try:
        earlier = suite.answer(before, case.text)
        later = suite.answer(after, case.text)
    except (*suite.FAULTS, TypeError) as fault:
        return Answered(case, "", (), f"it cannot be asked: {fault}")
    head, rows = suite.parted(later)
    _, former = suite.parted(earlier)
    marked = suite.compared(former, rows, ordered=case.ordered)
    if all(mark == suite.SAME for mark, _ in marked):
        return None
    return Answered(case, head, marked)


def _vanished(before: State, after: State, base: str) -> tuple[str, ...]:
    """The IRIs of ours that something was said of, and that stand nowhere now."""
    gone = {iri for iri in _subjects(before[0]) if iri.startswith(base)}
    if gone:
        gone -= _subjects(after[0])
    if gone:
        gone -= _objects(after[0])
    return tuple(sorted(gone))


def _subjects(triples: Collection[ox.Triple]) -> set[str]:
    nodes = (triple.subject for triple in triples)
    return {node.value for node in nodes if isinstance(node, ox.NamedNode)}


def _objects(triples: Collection[ox.Triple]) -> set[str]:
    nodes = (triple.object for triple in triples)
    return {node.value for node in nodes if isinstance(node, ox.NamedNode)}
