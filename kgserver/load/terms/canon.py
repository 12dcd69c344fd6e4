"""The written form that the store gives to each literal.

It turns `"007"^^xsd:integer` into `7`, `"1"^^xsd:nonNegativeInteger` into `1`, and
language tags into lower case; what is compared with what it holds must be in this form.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kgserver.load.terms import datatypes
from kgserver.model import names

if TYPE_CHECKING:
    from kgserver.load.terms.statements import Term

_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_INTEGER = NamedNode(names.XSD + "integer")
_SPOT = NamedNode("urn:spot")


class Canon:
    """Gives each literal its form, by way of a small store."""

    def __init__(self) -> None:
        self._store = Store()

    def term(self, term: Term) -> Term:
        """The term itself, unless it is a literal that the store rewrites."""
        if not isinstance(term, Literal) or _settled(term):
            return term
        quad = Quad(_SPOT, _SPOT, term, DefaultGraph())
        self._store.add(quad)
        stored: Term = next(iter(self._store)).object
        self._store.remove(quad)
        return stored

    def fact(self, fact: tuple[Term, Term, Term]) -> tuple[Term, Term, Term]:
        """Subject, predicate and object, the latter in its form."""
        return fact[0], fact[1], self.term(fact[2])


def _settled(literal: Literal) -> bool:
    kind = literal.datatype
    if kind in datatypes.TEXT:
        return True
    return kind == _INTEGER and bool(_PLAIN_INTEGER.fullmatch(literal.value))
