"""What a closure holds that is worth storing, chosen by whole relations.

Looked at one by one, a million facts take seconds. Whether a fact is published hangs on
its property or class and on the few terms that have a part in the language itself; so
the facts that only ordinary terms are in are judged by the first of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kgserver.load.reason import names
from kgserver.load.reason.rows.relation import LOW, SHIFT, Mask, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.load.reason.names import Fact, Term
    from kgserver.load.reason.rows.closure import Closure
    from kgserver.load.reason.rows.encoding import Key
    from kgserver.load.reason.rules.ontology import Ontology


class Published(Collection[Triple]):
    """The triples that follow, are not asserted, and tell something."""

    def __init__(self, closed: Closure, known: Ontology) -> None:
        self._encoding = closed.encoding
        self._implied = [fact for fact in known.derived() if not closed.holds(fact)]
        judge = _Judge(closed, known)
        self._rows = {key: judge.published(key) for key in closed.rows}

    def __len__(self) -> int:
        return len(self._implied) + sum(map(len, self._rows.values()))

    def __iter__(self) -> Iterator[Triple]:
        return map(names.triple, self.facts())

    def __contains__(self, triple: object) -> bool:
        return isinstance(triple, Triple) and names.fact(triple) in set(self.facts())

    def facts(self) -> Iterator[Fact]:
        """The triples as facts."""
        facts = self._encoding.facts
        found = (facts(key, rows) for key, rows in self._rows.items())
        return chain(self._implied, chain.from_iterable(found))

    def written(self) -> tuple[bytes, list[Triple]]:
        """The triples as N-Triples; and those with blank nodes, as triples.

        Loading a text gives each blank node another label.
        """
        text = [_text(term) for term in self._encoding.terms]
        kept = [fact for fact in self._implied if not all(map(_text, fact))]
        lines = [
            f"{s} {p} {o} .\n"
            for s, p, o in (map(_text, fact) for fact in self._implied)
            if s and o
        ]
        nameless = np.array([not each for each in text], bool)
        for key, rows in self._rows.items():
            apart = nameless[rows if key[0] == "class" else rows >> SHIFT]
            if key[0] == "property":
                apart = apart | nameless[rows & LOW]
            elif not _text(key[1]):
                apart = np.ones(len(rows), bool)
            kept += self._encoding.facts(key, rows[apart])
            lines += _lines(key, rows[~apart], text)
        return "".join(lines).encode(), list(map(names.triple, kept))


def _text(term: Term) -> str:
    """A term as N-Triples has it, empty where another label would be given to it."""
    return str(term) if isinstance(term, NamedNode | Literal) else ""


def _lines(key: Key, rows: Rows, text: list[str]) -> list[str]:
    name = str(key[1])
    if key[0] == "class":
        end = f" {names.TYPE} {name} .\n"
        return [text[row] + end for row in rows.tolist()]
    pairs = zip((rows >> SHIFT).tolist(), (rows & LOW).tolist(), strict=True)
    return [f"{text[s]} {name} {text[o]} .\n" for s, o in pairs]


class _Judge:
    """Which rows of a closure are published."""

    def __init__(self, closed: Closure, known: Ontology) -> None:
        self._closed, self._known = closed, known
        self._special = self._which(_special)
        self._literal = self._which(lambda term: isinstance(term, Literal))

    def _which(self, test: Callable[[Term], bool]) -> Mask:
        terms = self._closed.encoding.terms
        return np.fromiter(map(test, terms), bool, len(terms))

    def published(self, key: Key) -> Rows:
        """The derived rows of a relation that are to be stored."""
        rows = self._closed.derived(key)
        subjects = rows if key[0] == "class" else rows >> SHIFT
        odd = self._special[subjects] | self._literal[subjects]
        if key[0] == "property":
            odd |= self._special[rows & LOW] | (subjects == rows & LOW)
        alike = rows[~odd]
        kept = alike if self._each(key, alike[:1]).any() else alike[:0]
        apart = rows[odd]
        return np.concatenate([kept, apart[self._each(key, apart)]])

    def _each(self, key: Key, rows: Rows) -> Mask:
        facts = self._closed.encoding.facts(key, rows)
        return np.fromiter(map(self._known.publishes, facts), bool, len(rows))


def _special(term: Term) -> bool:
    """Whether the term may decide that a fact is not published."""
    return isinstance(term, BlankNode) or names.builtin(term)
