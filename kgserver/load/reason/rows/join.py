"""Joins rule bodies over relations: a table of bindings grows by one atom at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgserver.load.reason.names import TYPE
from kgserver.load.reason.rows.relation import LOW, SHIFT, Mask, Relation, Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgserver.load.reason.rows.encoding import Key
    from kgserver.load.reason.rules.rule import Rule, Slot, Test

_CHUNK = 1_000_000
"""Most rows in one table of bindings: 8 MB a column."""

Code = int | str
"""The number of a constant, or the name of a variable."""


@dataclass(frozen=True, slots=True)
class Step:
    """An atom over numbers: a relation, and its one or two slots."""

    key: Key
    slots: tuple[Code, ...]

    @property
    def names(self) -> list[str]:
        """The variables."""
        return [slot for slot in self.slots if isinstance(slot, str)]


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule over numbers. `body` is empty where the head is simply so."""

    rule: Rule
    head: Step | None
    body: tuple[Step, ...]

    @property
    def tests(self) -> tuple[Test, ...]:
        """The tests of the rule."""
        return self.rule.tests


@dataclass(frozen=True, slots=True)
class Table:
    """Bindings: a column of numbers for each variable."""

    size: int
    columns: Mapping[str, Rows]

    def take(self, which: Mask | Rows) -> Table:
        """The rows chosen by a mask or by their places."""
        columns = {name: column[which] for name, column in self.columns.items()}
        size = int(which.sum()) if which.dtype == bool else len(which)
        return Table(size, columns)

    def column(self, slot: Code) -> Rows | None:
        """The values of a slot, None for a variable not bound yet."""
        if isinstance(slot, str):
            return self.columns.get(slot)
        return np.full(self.size, slot, np.int64)

    def rows(self, step: Step) -> Rows:
        """The step's rows under these bindings, all of them bound."""
        first, *second = (self.column(slot) for slot in step.slots)
        assert first is not None
        if not second:
            return first
        assert second[0] is not None
        return first << SHIFT | second[0]

    def bind(self, name: str, column: Rows) -> Table:
        """The table with one more variable."""
        return Table(self.size, {**self.columns, name: column})


def key_of(predicate: Slot, obj: Slot) -> Key:
    """The relation that an atom with this predicate and object speaks of."""
    assert not isinstance(predicate, str), "compiled rules have constant predicates"
    if predicate == TYPE and not isinstance(obj, str):
        return "class", obj
    return "property", predicate


def start(step: Step, rows: Rows) -> Table:
    """The bindings that rows of the step's own relation give."""
    parts = (rows,) if len(step.slots) == 1 else (rows >> SHIFT, rows & LOW)
    keep = np.ones(len(rows), bool)
    columns: dict[str, Rows] = {}
    for slot, part in zip(step.slots, parts, strict=True):
        if not isinstance(slot, str):
            keep &= part == slot
        elif slot in columns:
            keep &= part == columns[slot]
        else:
            columns[slot] = part
    return Table(len(rows), columns).take(keep)


def extend(table: Table, step: Step, relation: Relation) -> Iterator[Table]:
    """The table joined with one more atom, in chunks.

    The atom shares a variable with the table or has none: the bodies of OWL's rules are
    connected, and `cost` puts an unconnected atom last.
    """
    if not table.size or not len(relation):
        return
    columns = [table.column(slot) for slot in step.slots]
    if all(column is not None for column in columns):
        yield table.take(relation.holds(table.rows(step)))
        return
    subject, obj = columns
    if subject is not None:
        yield from _matches(table, subject, relation.rows, str(step.slots[1]))
    elif obj is not None:
        yield from _matches(table, obj, relation.inverse(), str(step.slots[0]))


def _matches(table: Table, bound: Rows, index: Rows, name: str) -> Iterator[Table]:
    low = np.searchsorted(index, bound << SHIFT)
    count = np.searchsorted(index, (bound + 1) << SHIFT) - low
    for begin, end in _chunks(count):
        chosen = np.repeat(np.arange(begin, end), count[begin:end])
        ends = np.cumsum(count[begin:end])
        within = np.arange(len(chosen)) - np.repeat(
            ends - count[begin:end], count[begin:end]
        )
        found = index[low[chosen] + within] & LOW
        yield table.take(chosen).bind(name, found)


def _chunks(count: Rows) -> Iterator[tuple[int, int]]:
    """Spans of the table whose joined rows come to about a chunk."""
    total = np.cumsum(count)
    begin = 0
    while begin < len(count) and total[-1] > (done := total[begin - 1] if begin else 0):
        end = max(begin + 1, int(np.searchsorted(total, done + _CHUNK, "right")))
        yield begin, end
        begin = end


def cost(step: Step, table: Table, relation: Relation) -> tuple[bool, int, int]:
    """How dear the atom is next: unconnected, unbound slots, the relation's size."""
    unbound = sum(name not in table.columns for name in step.names)
    return unbound == len(step.slots), unbound, len(relation)
