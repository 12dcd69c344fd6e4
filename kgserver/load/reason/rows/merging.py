"""Individuals that are the same: one number stands for all, and at the end for each.

Rules eq-sym, eq-trans and eq-rep-* of OWL 2 RL Table 4. Copying every fact to every
alias inside the fixpoint multiplies the joins; so the rows are renamed to the smallest
number of their cluster, and copied once when all is derived.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from kgserver.load.reason.rows.relation import EMPTY, LOW, SHIFT, Rows, unique


class Clusters:
    """A union-find over numbers. `standing[n]` is the number that stands for n."""

    def __init__(self, size: int) -> None:
        self.standing: Rows = np.arange(size, dtype=np.int64)

    def unite(self, pairs: Rows) -> Rows | None:
        """Make the two of each pair one; the renaming it takes, or None for none."""
        parent: dict[int, int] = {}

        def root(number: int) -> int:
            while (above := parent.get(number, number)) != number:
                parent[number] = parent.get(above, above)
                number = above
            return number

        pairs = self.renamed(pairs, self.standing)
        for pair in unique(pairs[(pairs >> SHIFT) != (pairs & LOW)]).tolist():
            low, high = sorted((root(pair >> 32), root(pair & 0xFFFFFFFF)))
            if low != high:
                parent[high] = low
        if not parent:
            return None
        renaming = np.arange(len(self.standing), dtype=np.int64)
        for number in parent:
            renaming[number] = root(number)
        self.standing = renaming[self.standing]
        return renaming

    @staticmethod
    def renamed(pairs: Rows, renaming: Rows) -> Rows:
        """Pairs with both ends renamed."""
        named: Rows = renaming[pairs >> SHIFT] << SHIFT | renaming[pairs & LOW]
        return named

    def members(self) -> dict[int, list[int]]:
        """Each cluster of two or more, by the number that stands for it."""
        moved = np.flatnonzero(self.standing != np.arange(len(self.standing)))
        clusters: defaultdict[int, list[int]] = defaultdict(list)
        for number in moved.tolist():
            clusters[int(self.standing[number])].append(number)
        return {standing: [standing, *rest] for standing, rest in clusters.items()}


class Copies:
    """Which numbers each standing number is written out as: itself, all, or one."""

    def __init__(self, size: int, written: dict[int, list[int]]) -> None:
        self._count = np.ones(size, np.int64)
        for standing, members in written.items():
            self._count[standing] = len(members)
        self._start = np.cumsum(self._count) - self._count
        self._all = np.repeat(np.arange(size, dtype=np.int64), self._count)
        for standing, members in written.items():
            start = int(self._start[standing])
            self._all[start : start + len(members)] = members

    def numbers(self, rows: Rows) -> Rows:
        """Members of a class, written out."""
        return unique(self._spread(rows)[1]) if len(rows) else EMPTY

    def pairs(self, rows: Rows) -> Rows:
        """Pairs, each end written out."""
        chosen, subjects = self._spread(rows >> SHIFT)
        again, objects = self._spread((rows & LOW)[chosen])
        return unique(subjects[again] << SHIFT | objects)

    def _spread(self, numbers: Rows) -> tuple[Rows, Rows]:
        count = self._count[numbers]
        chosen = np.repeat(np.arange(len(numbers)), count)
        within = np.arange(len(chosen)) - np.repeat(np.cumsum(count) - count, count)
        return chosen, self._all[self._start[numbers][chosen] + within]
