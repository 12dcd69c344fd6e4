"""Integer-encoded triples: a dictionary of terms, and sorted rows for each relation.

A relation is what one rule atom speaks of: the members of a class (`x a City`) or the
pairs of a property (`x locatedIn y`). Terms are numbered as they come off the stream.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as Choice

import numpy as np
from pyoxigraph import Literal

from kgserver.load.reason import literals, names
from kgserver.load.reason.names import TYPE, Fact, Statement, Term
from kgserver.load.reason.relation import LOW, SHIFT, Mask, Rows, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Key: TypeAlias = tuple[Choice["class", "property", "edge"], Term]
"""`edge` rows are the steps whose chains make up a transitive property."""


class Encoding:
    """Terms by number and numbers by term, and the asserted rows of each relation."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.ids: dict[Term, int] = {}
        self.ill_typed: dict[int, Term] = {}
        self.rows: dict[Key, Rows] = {}
        self._canon = literals.Canon()

    def code(self, term: Term) -> int:
        """The number of the term, a new one for a new term."""
        number = self.ids.get(term)
        if number is None:
            number = self._enter(term)
        return number

    def _enter(self, term: Term) -> int:
        """Literals that the store would write alike share a number."""
        canonical = self._canon.term(term)
        number = self.ids.get(canonical)
        if number is None:
            number = len(self.terms)
            self.terms.append(canonical)
            self.ids[canonical] = number
        if isinstance(term, Literal):
            self.ids[term] = number
            if literals.ill_typed(term):
                self.ill_typed[number] = term
        return number

    def feed(self, statements: Iterable[Statement]) -> None:
        """Encode statements, straight from a parser or from anywhere.

        The loop is the costliest of a bulk build, hence its plainness.
        """
        members: defaultdict[Term, list[int]] = defaultdict(list)
        pairs: defaultdict[Term, list[int]] = defaultdict(list)
        known, code = self.ids.get, self.code
        for statement in statements:
            s, p, o = statement.subject, statement.predicate, statement.object
            subject = known(s)
            if subject is None:
                subject = code(s)
            if p == TYPE:
                members[o].append(subject)
                continue
            number = known(o)
            if number is None:
                number = code(o)
            pairs[p].append(subject << 32 | number)
        for term, rows in members.items():
            self._join(("class", term), rows)
        for term, rows in pairs.items():
            self._join(("property", term), rows)

    def _join(self, key: Key, rows: list[int]) -> None:
        old = self.rows.get(key, np.empty(0, np.int64))
        self.rows[key] = unique(np.concatenate([old, np.array(rows, np.int64)]))

    def __len__(self) -> int:
        return sum(map(len, self.rows.values()))

    def mute(self) -> Mask:
        """Terms of which nothing is ever derived: literals and built-in names."""
        return np.fromiter(
            (isinstance(t, Literal) or names.builtin(t) for t in self.terms),
            bool,
            len(self.terms),
        )

    def facts(self, key: Key, rows: Rows) -> Iterator[Fact]:
        """The rows of a relation as facts."""
        terms, name = self.terms, key[1]
        if key[0] == "class":
            return ((terms[row], TYPE, name) for row in rows.tolist())
        subjects, objects = (rows >> SHIFT).tolist(), (rows & LOW).tolist()
        return (
            (terms[s], name, terms[o]) for s, o in zip(subjects, objects, strict=True)
        )
