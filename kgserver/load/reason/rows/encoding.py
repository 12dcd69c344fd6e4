"""Integer-encoded triples: a dictionary of terms, and sorted rows for each relation.

A relation is what one rule atom speaks of: the members of a class (`x a City`) or the
pairs of a property (`x locatedIn y`). Terms are numbered as they come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as Choice

import numpy as np
from pyoxigraph import Literal

from kgserver.load.reason import literals, names
from kgserver.load.reason.names import TYPE, Fact, Statement, Term
from kgserver.load.reason.rows.relation import EMPTY, LOW, SHIFT, Mask, Rows, unique
from kgserver.load.terms import datatypes
from kgserver.load.terms.canon import Canon
from kgserver.load.terms.statements import Batches, Statements

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
        self._canon = Canon()

    def code(self, term: Term) -> int:
        """The number of the term, a new one for a new term."""
        number = self.ids.get(term)
        if number is None:
            number = self._enter(term)
        return number

    def _enter(self, term: Term) -> int:
        """Literals that the store would write alike share a number."""
        if not isinstance(term, Literal) or term.datatype in datatypes.TEXT:
            number = self.ids[term] = len(self.terms)
            self.terms.append(term)
            return number
        canonical = self._canon.term(term)
        number = self.ids.setdefault(canonical, len(self.terms))
        if number == len(self.terms):
            self.terms.append(canonical)
        self.ids[term] = number
        if literals.ill_typed(term):
            self.ill_typed[number] = term
        return number

    def feed(self, statements: Iterable[Statement]) -> None:
        """Encode statements, from a parser or from anywhere."""
        if isinstance(statements, Batches):
            for part in statements.parts:
                self._take(part)
            return
        code = self.code
        coded = [code(term) for each in statements for term in names.fact(each)]
        columns = np.array(coded, np.int64).reshape(-1, 3).T
        self._group(columns[0], columns[1], columns[2])

    def _take(self, said: Statements) -> None:
        """Encode the statements of a file, each term of it once."""
        numbers = np.fromiter(map(self.code, said.terms), np.int64, len(said.terms))
        columns = (said.subjects, said.predicates, said.objects)
        self._group(*(numbers[np.frombuffer(each, np.uint32)] for each in columns))

    def _group(self, subjects: Rows, predicates: Rows, objects: Rows) -> None:
        """Put rows to the relations that they belong to."""
        for predicate, at in _apart(predicates):
            name = self.terms[predicate]
            if name == TYPE:
                members = subjects[at]
                for kind, where in _apart(objects[at]):
                    self._join(("class", self.terms[kind]), members[where])
            else:
                self._join(("property", name), subjects[at] << SHIFT | objects[at])

    def _join(self, key: Key, rows: Rows) -> None:
        old = self.rows.get(key, EMPTY)
        self.rows[key] = unique(np.concatenate([old, rows]))

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


def _apart(numbers: Rows) -> Iterator[tuple[int, Rows]]:
    """Each number that occurs, and at which places."""
    order = np.argsort(numbers, kind="stable")
    found, begin = np.unique(numbers[order], return_index=True)
    ends = [*begin[1:].tolist(), len(order)]
    for number, start, end in zip(found.tolist(), begin.tolist(), ends, strict=False):
        yield number, order[start:end]
