"""Sorted sets of packed integers: what holds of one class or one property.

A member of a class is its id; a pair of a property is `subject << 32 | object`, so that
one sorted int64 array answers 'is it there' and 'which objects has this subject' by
binary search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

Rows: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

SHIFT = np.int64(32)
LOW = np.int64(0xFFFFFFFF)
EMPTY: Rows = np.empty(0, np.int64)
_PENDING_LIMIT = 4_000_000
"""Rows kept unsorted before they are boiled down: 32 MB."""


def unique(rows: Rows) -> Rows:
    """The rows, sorted, each once."""
    if len(rows) < 2:
        return rows
    rows = np.sort(rows)
    keep = np.empty(len(rows), bool)
    keep[0] = True
    np.not_equal(rows[1:], rows[:-1], out=keep[1:])
    return rows[keep]


def member(rows: Rows, of: Rows) -> Mask:
    """Which of the rows stand in the sorted array `of`."""
    if not len(of):
        return np.zeros(len(rows), bool)
    place = np.searchsorted(of, rows)
    place[place == len(of)] = 0
    return np.equal(of[place], rows)


def merge(one: Rows, other: Rows) -> Rows:
    """Two sorted arrays as one."""
    if not len(one):
        return other
    # The stable sort is a merge of runs, linear in their length.
    return np.sort(np.concatenate([one, other]), kind="stable")


class Relation:
    """A growing set of rows: all of them, those new in this round, those to come.

    The rows lie in a few sorted runs, each at least twice as long as the next, so that
    a thousand small rounds do not copy the whole a thousand times.
    """

    def __init__(self, rows: Rows = EMPTY) -> None:
        self._runs: list[Rows] = [rows]
        self._inverse: Rows | None = None
        self._pending: list[Rows] = []
        self._waiting = 0
        self._again = EMPTY
        self.delta = rows

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    @property
    def rows(self) -> Rows:
        """All rows, sorted."""
        while len(self._runs) > 1:
            self._runs[-2:] = [merge(*self._runs[-2:])]
        return self._runs[0]

    def inverse(self) -> Rows:
        """All pairs with object first, sorted."""
        if self._inverse is None:
            self._inverse = np.sort((self.rows & LOW) << SHIFT | (self.rows >> SHIFT))
        return self._inverse

    def holds(self, rows: Rows) -> Mask:
        """Which of the rows are in the relation."""
        found = member(rows, self._runs[0])
        for run in self._runs[1:]:
            found |= member(rows, run)
        return found

    def offer(self, rows: Rows) -> None:
        """Note rows for the next round; those known are dropped."""
        rows = rows[~self.holds(rows)]
        if len(rows):
            self._pending.append(rows)
            self._waiting += len(rows)
        if self._waiting > _PENDING_LIMIT:
            self._pending = [unique(np.concatenate(self._pending))]
            self._waiting = len(self._pending[0])

    def advance(self) -> bool:
        """Make what was offered the new delta; whether there is any."""
        fresh = unique(np.concatenate(self._pending)) if self._pending else EMPTY
        fresh = fresh[~self.holds(fresh)]
        self.delta = merge(self._again, fresh)
        self._pending, self._waiting, self._again = [], 0, EMPTY
        if len(fresh):
            self._inverse = None
            self._runs.append(fresh)
            while len(self._runs) > 1 and len(self._runs[-2]) < 2 * len(self._runs[-1]):
                self._runs[-2:] = [merge(*self._runs[-2:])]
        return bool(len(self.delta))

    def revisit(self, number: int) -> None:
        """Have the pairs with this number joined anew in the next round."""
        rows = self.rows
        touched = rows[(rows >> SHIFT == number) | (rows & LOW == number)]
        self._again = unique(np.concatenate([self._again, touched]))

    def rename(self, mapped: Callable[[Rows], Rows]) -> None:
        """Give each row its new name; those that become new rows are joined anew."""
        self._pending = [mapped(rows) for rows in self._pending]
        rows = self.rows
        named = mapped(rows)
        moved = named != rows
        if moved.any():
            kept, changed = rows[~moved], unique(named[moved])
            self._again = changed[~member(changed, kept)]
            self._runs, self._inverse = [merge(kept, self._again)], None
