"""A closure in memory as a graph of point lookups: proofs without a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgserver.load.reason.names import TYPE, Fact, Term
from kgserver.load.reason.rows.relation import EMPTY, LOW, SHIFT, Rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kgserver.load.reason.rows.closure import Closure
    from kgserver.load.reason.rows.encoding import Key

_NOWHERE = -1
"""Stands for a term that no triple speaks of."""


class RowGraph:
    """The rows of a closure, found by binary search."""

    def __init__(self, closure: Closure) -> None:
        self._rows = closure.rows
        self._encoding = closure.encoding
        self._inverse: dict[Key, Rows] = {}

    def match(
        self, subject: Term | None, predicate: Term | None, obj: Term | None
    ) -> Iterator[Fact]:
        """The facts of this shape, each once."""
        for key in self._keys(self._rows, predicate, obj):
            if key[0] == "class":
                rows = self._members(self._rows[key], subject)
            else:
                rows = self._pairs(key, subject, obj)
            yield from self._encoding.facts(key, rows)

    def asserted(self, fact: Fact) -> bool:
        """Whether the fact was among the triples that went in."""
        subject, predicate, obj = fact
        asserted = self._encoding.rows
        for key in self._keys(asserted, predicate, obj):
            row = self._number(subject)
            if key[0] == "property":
                row = row << 32 | self._number(obj)
            if len(_span(asserted[key], row, row + 1)):
                return True
        return False

    def _number(self, term: Term) -> int:
        return self._encoding.ids.get(term, _NOWHERE)

    def _keys(
        self, rows: Mapping[Key, Rows], predicate: Term | None, obj: Term | None
    ) -> Iterable[Key]:
        """The relations that facts with this predicate and object are in."""
        if predicate is None:
            kinds = [k for k in rows if k[0] == "property"]
            return [*kinds, *self._keys(rows, TYPE, obj)]
        if predicate != TYPE:
            key: Key = ("property", predicate)
            return (key,) if key in rows else ()
        if obj is None:
            return [key for key in rows if key[0] == "class"]
        return (("class", obj),) if ("class", obj) in rows else ()

    def _members(self, rows: Rows, subject: Term | None) -> Rows:
        if subject is None:
            return rows
        number = self._number(subject)
        return _span(rows, number, number + 1)

    def _pairs(self, key: Key, subject: Term | None, obj: Term | None) -> Rows:
        rows = self._rows[key]
        if subject is None and obj is None:
            return rows
        if obj is None:
            assert subject is not None
            number = self._number(subject)
            return _span(rows, number << 32, (number + 1) << 32)
        other = self._number(obj)
        if subject is not None:
            row = self._number(subject) << 32 | other
            return _span(rows, row, row + 1)
        found = _span(self._turned(key), other << 32, (other + 1) << 32)
        return (found & LOW) << SHIFT | (found >> SHIFT)

    def _turned(self, key: Key) -> Rows:
        if key not in self._inverse:
            rows = self._rows[key]
            self._inverse[key] = np.sort((rows & LOW) << SHIFT | (rows >> SHIFT))
        return self._inverse[key]


def _span(rows: Rows, low: int, high: int) -> Rows:
    """The rows from low up to, not including, high."""
    if low < 0:
        return EMPTY
    begin, end = np.searchsorted(rows, (low, high))
    return rows[begin:end]
