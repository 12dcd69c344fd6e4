"""Literals in rules: their one written form, and the tests that look at their value."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store

from kgserver.load.reason import datatypes
from kgserver.load.reason.names import Fact, Term, rdf, xsd

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PLAIN_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_TEXT = frozenset((xsd("string"), rdf("langString")))
_INTEGER = xsd("integer")
_SPOT = NamedNode("urn:spot")


class Canon:
    """Gives each literal the written form that the store gives it.

    The store turns `"007"^^xsd:integer` into `7` and `"1"^^xsd:nonNegativeInteger`
    into `1`. Facts must have this form before they meet in a rule.
    """

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

    def fact(self, fact: Fact) -> Fact:
        """The fact with its object in canonical form."""
        return fact[0], fact[1], self.term(fact[2])


def _settled(literal: Literal) -> bool:
    kind = literal.datatype
    if kind in _TEXT:
        return True
    return kind == _INTEGER and bool(_PLAIN_INTEGER.fullmatch(literal.value))


def ill_typed(term: Term) -> bool:
    """Whether the term is a literal whose form its datatype does not allow."""
    return isinstance(term, Literal) and datatypes.value(term) is None


def _unlike(left: Term, right: Term) -> bool:
    """Two literals with different values (rule dt-diff); ill-typed ones never are."""
    if not (isinstance(left, Literal) and isinstance(right, Literal)):
        return False
    one, other = datatypes.value(left), datatypes.value(right)
    return one is not None and other is not None and one != other


def _inside(term: Term, datatype: Term) -> bool:
    if not (isinstance(term, Literal) and isinstance(datatype, NamedNode)):
        return False
    return datatypes.holds(datatype, term)


def _outside(term: Term, datatype: Term) -> bool:
    """A literal that can be no value of the datatype; an IRI may yet name one."""
    return isinstance(term, Literal) and not _inside(term, datatype)


TESTS: Mapping[str, Callable[[Term, Term], bool]] = MappingProxyType(
    {
        "unequal": lambda left, right: left != right,
        "unlike": _unlike,
        "inside": _inside,
        "outside": _outside,
    }
)
"""Kind of test to what decides it."""
