"""The bulk closure: all rules over all encoded triples until nothing new follows.

Semi-naive evaluation (Abiteboul, Hull, Vianu: Foundations of Databases, §13.1): in each
round a rule is joined only from what the last round brought.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from kgserver.load.reason import literals
from kgserver.load.reason.names import SAME
from kgserver.load.reason.rows import join, plans
from kgserver.load.reason.rows.join import Plan, Step, Table
from kgserver.load.reason.rows.merging import Clusters
from kgserver.load.reason.rows.relation import EMPTY, LOW, SHIFT, Relation, Rows, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.load.reason.rows.encoding import Encoding, Key
    from kgserver.load.reason.rules.rule import Rule, Test

_SLICE = 200_000
"""Rows of a delta joined at once."""


class Fixpoint:
    """Relations that grow under rules. `run` once, then read what it holds."""

    def __init__(self, encoding: Encoding, rules: Iterable[Rule]) -> None:
        self.plans = plans.plan(rules, encoding)
        self.encoding = encoding
        self.relations: defaultdict[Key, Relation] = defaultdict(Relation)
        for key, rows in encoding.rows.items():
            self.relations[key] = Relation(rows)
        for plan in self.plans:
            for step in (plan.head, *plan.body):
                if step and step.key[0] == "edge" and step.key not in self.relations:
                    pairs = self.relations["property", step.key[1]].rows
                    self.relations[step.key] = Relation(pairs)
        self.clusters = Clusters(len(encoding.terms))
        self.rounds = 0
        self._mute = encoding.mute()
        self._same: list[Rows] = []

    def run(self) -> None:
        """Derive everything."""
        self._uses = self._index()
        self._same.append(self.relations["property", SAME].rows)
        for plan in self.plans:
            if plan.head and not plan.body:
                self._offer(plan.head, Table(1, {}))
        self._fire()
        while self._advance():
            self._fire()

    def _index(self) -> dict[Key, list[tuple[Plan, int]]]:
        uses: dict[Key, list[tuple[Plan, int]]] = defaultdict(list)
        for plan in self.plans:
            for place, step in enumerate(plan.body):
                if plan.head and not (place == 1 and _mirrored(plan)):
                    uses[step.key].append((plan, place))
        return uses

    def _fire(self) -> None:
        self.rounds += 1
        for key, uses in self._uses.items():
            delta = self.relations[key].delta
            for plan, place in uses if len(delta) else ():
                assert plan.head is not None
                for table in self.bindings(plan, place, delta):
                    self._offer(plan.head, table)

    def bindings(self, plan: Plan, place: int, rows: Rows) -> Iterator[Table]:
        """What fulfils the body when the atom at `place` is one of the rows."""
        rest = (*plan.body[:place], *plan.body[place + 1 :])
        for begin in range(0, len(rows), _SLICE):
            table = join.start(
                self._standing(plan.body[place]), rows[begin : begin + _SLICE]
            )
            for found in self._complete(table, rest):
                tested = self._test(found, plan.tests)
                if tested.size:
                    yield tested

    def _complete(self, table: Table, rest: tuple[Step, ...]) -> Iterator[Table]:
        if not table.size:
            return
        if not rest:
            yield table
            return
        step = min(
            rest, key=lambda step: join.cost(step, table, self.relations[step.key])
        )
        left = tuple(other for other in rest if other is not step)
        standing = self._standing(step)
        for wider in join.extend(table, standing, self.relations[step.key]):
            yield from self._complete(wider, left)

    def _standing(self, step: Step) -> Step:
        """The step with its constants replaced by the numbers that stand for them."""
        if all(isinstance(slot, str) for slot in step.slots):
            return step
        slots = (
            slot if isinstance(slot, str) else int(self.clusters.standing[slot])
            for slot in step.slots
        )
        return Step(step.key, tuple(slots))

    def _test(self, table: Table, tests: Iterable[Test]) -> Table:
        for test in tests:
            left = table.columns[test.left]
            if test.kind == "unequal":
                table = table.take(left != table.columns[str(test.right)])
            else:
                table = table.take(self._judge(table, test))
        return table

    def _judge(self, table: Table, test: Test) -> np.ndarray:
        """Tests of literals, each distinct pair of terms judged once."""
        terms, decide = self.encoding.terms, literals.TESTS[test.kind]
        left = table.columns[test.left]
        if not isinstance(test.right, str):
            distinct, place = np.unique(left, return_inverse=True)
            verdicts = [decide(terms[n], test.right) for n in distinct.tolist()]
            return np.array(verdicts, bool)[place]
        packed = left << SHIFT | table.columns[test.right]
        distinct, place = np.unique(packed, return_inverse=True)
        verdicts = [
            decide(terms[n >> 32], terms[n & 0xFFFFFFFF]) for n in distinct.tolist()
        ]
        return np.array(verdicts, bool)[place]

    def _offer(self, head: Step, table: Table) -> None:
        rows = table.rows(self._standing(head))
        subjects = rows if len(head.slots) == 1 else rows >> SHIFT
        rows = rows[~self._mute[subjects]]
        if head.key == ("property", SAME):
            rows = rows[~self._mute[rows & LOW]]
            self._same.append(rows)
        else:
            self.relations[head.key].offer(unique(rows))

    def _advance(self) -> bool:
        """Merge what is the same, then let every relation take in what was offered."""
        same = np.concatenate(self._same) if self._same else EMPTY
        self._same = []
        renaming = self.clusters.unite(same) if len(same) else None
        if renaming is not None:
            self._rename(renaming)
        advanced = [relation.advance() for relation in self.relations.values()]
        return any(advanced)

    def _rename(self, renaming: Rows) -> None:
        for key, relation in self.relations.items():
            if key[0] == "class":
                relation.rename(lambda rows: renaming[rows])
            elif key[1] != SAME:
                relation.rename(lambda rows: Clusters.renamed(rows, renaming))
        self._revisit(renaming)

    def _revisit(self, renaming: Rows) -> None:
        """Rows old in themselves are new to a rule whose constant took their name."""
        moved = np.flatnonzero(renaming != np.arange(len(renaming)))
        names = set(renaming[moved].tolist())
        for plan in self.plans:
            for step in plan.body:
                for slot in step.slots:
                    if not isinstance(slot, str):
                        standing = int(self.clusters.standing[slot])
                        if standing != slot and standing in names:
                            self.relations[step.key].revisit(standing)


def _mirrored(plan: Plan) -> bool:
    """Whether the second atom is the first with other names, as in prp-fp.

    The join from the first atom then finds every pair from both sides.
    """
    if len(plan.body) != 2 or not plan.tests:
        return False
    one, other = plan.body
    return one.key == other.key and len(set(one.slots) & set(other.slots)) == 1
