"""Literals in rules: the tests that look at their value."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from kgserver.load.terms import datatypes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kgserver.load.reason.names import Term


def ill_typed(term: Term) -> bool:
    """Whether the term is a literal whose form its datatype does not allow."""
    if not isinstance(term, Literal) or term.datatype in datatypes.TEXT:
        return False
    return datatypes.value(term) is None


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
