"""A text that a person types, as the literal that a field wants, or what is unfit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.terms import literals
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kgserver.ask.drafting.forms import Field
    from kgserver.load.terms.spelling import Term

_TAGGED = re.compile(r"(.*)@([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)", re.DOTALL)
# Turtle writes decimals with a point (Turtle, §2.5.2).
_WHOLE, _DECIMAL = re.compile(r"[+-]?\d+"), names.XSD + "decimal"
_NUMBERS = (
    (_WHOLE, names.XSD + "integer"),
    (re.compile(r"[+-]?\d*\.\d+"), _DECIMAL),
    (re.compile(r"true|false"), names.XSD + "boolean"),
)

_WITHIN: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "minInclusive": ("from {} up", lambda value, bound: value >= bound),
    "maxInclusive": ("up to {}", lambda value, bound: value <= bound),
    "minExclusive": ("over {}", lambda value, bound: value > bound),
    "maxExclusive": ("under {}", lambda value, bound: value < bound),
}


class Unfit(Exception):
    """An answer that does not fit: why, and the things that may be meant."""

    def __init__(self, why: str, offers: Sequence[Term] = ()) -> None:
        super().__init__(why)
        self.offers = offers


def literal(field: Field | None, text: str, language: str = "") -> ox.Literal:
    """The literal that is meant, as the datatypes of a field allow it if they do."""
    tagged = _TAGGED.fullmatch(text)
    for datatype in field.datatypes if field else ():
        if literals.fault(text, datatype) is None:
            point = ".0" if datatype == _DECIMAL and _WHOLE.fullmatch(text) else ""
            return ox.Literal(f"{text}{point}", datatype=ox.NamedNode(datatype))
    if field and field.datatypes:
        return ox.Literal(text, datatype=ox.NamedNode(field.datatypes[0]))
    if tagged:
        return ox.Literal(tagged[1], language=tagged[2])
    if language:
        return ox.Literal(text, language=language)
    for pattern, datatype in () if field and field.languages else _NUMBERS:
        if pattern.fullmatch(text):
            return ox.Literal(text, datatype=ox.NamedNode(datatype))
    return ox.Literal(text)


def fit(field: Field, value: ox.Literal) -> None:
    """Raise Unfit where datatype, pattern, language or bounds are not kept."""
    text, datatype = value.value, value.datatype.value
    form = literals.fault(text, datatype)
    if form:
        name = names.shorten(datatype, names.WELL_KNOWN)
        raise Unfit(field.complaint or f"{name} {form}")
    if not all(_matches(pattern, text) for pattern in field.patterns):
        raise Unfit(field.complaint or f"it must match {field.patterns[0]}")
    tongues = [each.lower() for each in field.languages]
    if value.language and len(tongues) > 1 and value.language.lower() not in tongues:
        raise Unfit(f"the languages in use are {', '.join(field.languages)}")
    for name, bound in field.bounds.items():
        said, holds = _WITHIN[name]
        if not holds(float(text), bound):
            raise Unfit(field.complaint or f"it must be {said.format(f'{bound:g}')}")


def _matches(pattern: str, text: str) -> bool:
    """Whether a text matches; what Python cannot read is left to the check."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True
