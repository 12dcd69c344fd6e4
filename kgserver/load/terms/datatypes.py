"""XSD datatypes: which written forms they allow, and which value a form stands for.

Forms and bounds: https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes.
"""

from __future__ import annotations

import datetime
import math
import re
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = tuple[str, object]
"""Value space and value: two literals mean the same when these are equal."""


def _rdf(name: str) -> ox.NamedNode:
    return ox.NamedNode(names.RDF + name)


def _xsd(name: str) -> ox.NamedNode:
    return ox.NamedNode(names.XSD + name)


TEXT = frozenset((_xsd("string"), _rdf("langString")))
"""Datatypes that allow any text."""

_INFINITIES = {"INF": "inf", "+INF": "inf", "-INF": "-inf"}


def _number(text: str) -> Value:
    return "decimal", Decimal(text)


def _float(text: str) -> Value:
    value = float(_INFINITIES.get(text, text))
    return "float", "NaN" if math.isnan(value) else value


def _boolean(text: str) -> Value:
    return "boolean", text in ("true", "1")


def _date(text: str) -> Value:
    """Calendar dates only; the calendar repeats every 400 years."""
    year, month, day = text[text.startswith("-") :].split("T")[0].split("-")[:3]
    datetime.date(int(year) % 400 + 400, int(month), int(day[:2]))
    return "time", text


def _month_day(text: str) -> Value:
    """A day that its month has in some year; --02-29 is one."""
    month, day = text[2:7].split("-")
    datetime.date(2000, int(month), int(day))
    return "gMonthDay", text


def _as(space: str) -> Callable[[str], Value]:
    return lambda text: (space, text)


def _bounded(low: float, high: float) -> Callable[[str], Value]:
    def read(text: str) -> Value:
        number = int(text)
        if not low <= number <= high:
            raise ValueError(text)
        return "decimal", Decimal(number)

    return read


_text = _as("string")
_span = _as("duration")
_ZONE = r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
_CLOCK = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_TIME_PART = r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"
_SEXTET = r"[A-Za-z0-9+/] ?"

_FORMS: tuple[tuple[str, str, Callable[[str], Value]], ...] = (
    ("decimal", r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", _number),
    ("integer", r"[+-]?\d+", _number),
    ("double", _FLOAT, _float),
    ("float", _FLOAT, _float),
    ("boolean", r"true|false|0|1", _boolean),
    ("dateTime", rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}?", _date),
    ("dateTimeStamp", rf"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}", _date),
    ("date", rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?", _date),
    ("time", rf"{_CLOCK}{_ZONE}?", _as("clock")),
    ("gYear", rf"{_YEAR}{_ZONE}?", _as("gYear")),
    ("gYearMonth", rf"{_YEAR}-{_MONTH}{_ZONE}?", _as("gYearMonth")),
    ("gMonth", rf"--{_MONTH}{_ZONE}?", _as("gMonth")),
    ("gDay", rf"---{_DAY}{_ZONE}?", _as("gDay")),
    ("gMonthDay", rf"--{_MONTH}-{_DAY}{_ZONE}?", _month_day),
    ("duration", rf"-?P(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+D)?{_TIME_PART}", _span),
    ("dayTimeDuration", rf"-?P(?=[\dT])(?:\d+D)?{_TIME_PART}", _span),
    ("yearMonthDuration", r"-?P(?=\d)(?:\d+Y)?(?:\d+M)?", _span),
    ("hexBinary", r"(?:[0-9a-fA-F]{2})*", lambda text: ("hex", text.lower())),
    (
        "base64Binary",
        rf"(?:(?:{_SEXTET}){{4}})*"
        rf"(?:(?:{_SEXTET}){{2}}[AEIMQUYcgkosw048] ?=|{_SEXTET}[AQgw] ?= ?=)?",
        lambda text: ("base64", text.replace(" ", "")),
    ),
    ("anyURI", r"[^\s<>\"{}|\\^`]*", _as("anyURI")),
    ("string", r".*", _text),
    ("normalizedString", r"[^\r\n\t]*", _text),
    ("token", r"(?:[^\s]+(?: [^\s]+)*)?", _text),
    ("language", r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*", _text),
    ("NMTOKEN", r"[\w.:-]+", _text),
    ("Name", r"[^\W\d][\w.:-]*|:[\w.:-]*", _text),
    ("NCName", r"[^\W\d][\w.-]*", _text),
)
BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "long": (-(2**63), 2**63 - 1),
        "int": (-(2**31), 2**31 - 1),
        "short": (-(2**15), 2**15 - 1),
        "byte": (-128, 127),
        "nonNegativeInteger": (0, math.inf),
        "positiveInteger": (1, math.inf),
        "nonPositiveInteger": (-math.inf, 0),
        "negativeInteger": (-math.inf, -1),
        "unsignedLong": (0, 2**64 - 1),
        "unsignedInt": (0, 2**32 - 1),
        "unsignedShort": (0, 2**16 - 1),
        "unsignedByte": (0, 255),
    }
)
"""Least and greatest value of the integers that have any."""
_KEEPS_SPACE = TEXT | {_xsd("normalizedString")}
_READERS: Mapping[ox.NamedNode, tuple[re.Pattern[str], Callable[[str], Value]]] = (
    MappingProxyType(
        {_xsd(n): (re.compile(form, re.DOTALL), read) for n, form, read in _FORMS}
        | {
            _xsd(n): (re.compile(r"[+-]?\d+"), _bounded(*bounds))
            for n, bounds in BOUNDS.items()
        }
    )
)


KNOWN = frozenset(datatype.value for datatype in _READERS)
"""IRIs of the datatypes whose forms are known here."""


def known(datatype: ox.NamedNode) -> bool:
    """Whether the forms of the datatype are known here."""
    return datatype in _READERS


def allows(text: str, datatype: str) -> bool:
    """Whether the datatype with this IRI, which is known here, allows the text."""
    return value(ox.Literal(text, datatype=ox.NamedNode(datatype))) is not None


def value(literal: ox.Literal, datatype: ox.NamedNode | None = None) -> Value | None:
    """What the literal stands for, or None where its form is not allowed.

    With `datatype`, the form is read as one of that datatype. A literal of an unknown
    datatype stands for itself.
    """
    kind = datatype or literal.datatype
    if literal.language:
        return "text", (literal.value, literal.language.lower())
    if kind not in _READERS:
        return kind.value, literal.value
    form, read = _READERS[kind]
    text = literal.value if kind in _KEEPS_SPACE else " ".join(literal.value.split())
    if not form.fullmatch(text):
        return None
    try:
        return read(text)
    except (ValueError, ArithmeticError):
        return None


def holds(datatype: ox.NamedNode, literal: ox.Literal) -> bool:
    """Whether the literal's value lies in the datatype.

    An unknown datatype holds the literals that claim it, and no judgement is made of
    others: they count as held.
    """
    own = value(literal)
    if own is None:
        return False
    if datatype in _EVERYTHING:
        return datatype != _rdf("langString") or literal.language is not None
    if not known(datatype) or not (literal.language or known(literal.datatype)):
        return True
    if literal.language:
        return datatype == _rdf("PlainLiteral")
    return value(literal, datatype) == own


_EVERYTHING = frozenset(
    (
        ox.NamedNode(names.RDFS + "Literal"),
        _rdf("PlainLiteral"),
        _rdf("langString"),
        _rdf("XMLLiteral"),
    )
)
