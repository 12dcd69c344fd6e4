"""Literals whose text does not fit their datatype, which the parser lets through.

Checked on the parser's stream, because the store rewrites literals on insert. Lexical
forms are those of W3C XML Schema Definition Language 1.1 Part 2, §3.3 and §3.4.
"""

from __future__ import annotations

import calendar
import functools
import re
from typing import TYPE_CHECKING

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OFFSET = r"(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)"
_ZONE = f"{_OFFSET}?"
_YEAR = r"-?(?:[1-9]\d{3,}|0\d{3})"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_CLOCK = r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_DAYS = rf"(?:\d+D)?{_CLOCK}"
_YEARS = r"(?:\d+Y)?(?:\d+M)?"
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"

# datatype, what its text must match, an example of one that does
_FORMS = (
    ("boolean", r"true|false|0|1", "true"),
    ("decimal", r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", "58.0"),
    ("double", _FLOAT, "5.8E1"),
    ("float", _FLOAT, "5.8E1"),
    ("date", rf"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}", "2019-10-31"),
    ("dateTime", rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}", "2019-10-31T12:00:00Z"),
    (
        "dateTimeStamp",
        rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_OFFSET}",
        "2019-10-31T12:00:00Z",
    ),
    ("time", rf"{_TIME}{_ZONE}", "12:00:00"),
    ("gYear", rf"{_YEAR}{_ZONE}", "2006"),
    ("gYearMonth", rf"{_YEAR}-{_MONTH}{_ZONE}", "2013-11"),
    ("gMonth", rf"--{_MONTH}{_ZONE}", "--11"),
    ("gDay", rf"---{_DAY}{_ZONE}", "---31"),
    ("gMonthDay", rf"--{_MONTH}-{_DAY}{_ZONE}", "--10-31"),
    ("duration", rf"-?P(?=.){_YEARS}{_DAYS}", "P3D"),
    ("dayTimeDuration", rf"-?P(?=.){_DAYS}", "P3D"),
    ("yearMonthDuration", rf"-?P(?=.){_YEARS}", "P1Y"),
    ("hexBinary", r"(?:[0-9a-fA-F]{2})*", "0FB7"),
    ("base64Binary", r"(?:[A-Za-z0-9+/]\s?)*(?:=\s?){0,2}", "aGk="),
    ("language", r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*", "zh-Hans"),
    ("anyURI", r"[^\s<>\"{}|\\^`]*", "https://example.org/"),
)
# datatype, its least and greatest value; None has no bound
_RANGES = (
    ("integer", None, None),
    ("nonNegativeInteger", 0, None),
    ("positiveInteger", 1, None),
    ("nonPositiveInteger", None, 0),
    ("negativeInteger", None, -1),
    ("long", -(2**63), 2**63 - 1),
    ("int", -(2**31), 2**31 - 1),
    ("short", -(2**15), 2**15 - 1),
    ("byte", -128, 127),
    ("unsignedLong", 0, 2**64 - 1),
    ("unsignedInt", 0, 2**32 - 1),
    ("unsignedShort", 0, 2**16 - 1),
    ("unsignedByte", 0, 255),
)
_DATED = {"date", "dateTime", "dateTimeStamp", "gMonthDay"}


def _matching(name: str, pattern: str, example: str) -> Callable[[str], str | None]:
    form = re.compile(pattern)

    def check(text: str) -> str | None:
        fits = form.fullmatch(text) and not (name in _DATED and _no_such_day(text))
        return None if fits else f"is written like {example}"

    return check


def _within(least: int | None, most: int | None) -> Callable[[str], str | None]:
    bounds = f"between {least} and {most}"
    if least is None or most is None:
        bounds = f"from {least} up" if least is not None else f"up to {most}"

    def check(text: str) -> str | None:
        if not re.fullmatch(r"[+-]?\d+", text):
            return "is a whole number, e.g. 7"
        value = int(text)
        fits = (least is None or value >= least) and (most is None or value <= most)
        return None if fits else f"is a whole number {bounds}"

    return check


def _no_such_day(text: str) -> bool:
    """Whether a date names a day that its month does not have; --02-29 is one."""
    found = re.match(r"(?P<year>-?\d{4,}|-)-(?P<month>\d\d)-(?P<day>\d\d)", text)
    if not found:
        return False
    year = 2000 if found["year"] == "-" else int(found["year"])
    month, day = int(found["month"]), int(found["day"])
    return not 1 <= day <= calendar.monthrange(year, month)[1]


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    **{names.XSD + name: _matching(name, form, like) for name, form, like in _FORMS},
    **{names.XSD + name: _within(least, most) for name, least, most in _RANGES},
}
CHECKED = frozenset(_CHECKS)


@functools.lru_cache(maxsize=65_536)
def fault(text: str, datatype: str) -> str | None:
    """What a well-formed literal of the datatype looks like, or None if this is one.

    White space around the text is passed over, as the datatypes collapse it (§4.3.6).
    """
    check = _CHECKS.get(datatype)
    return check(text.strip(" \t\r\n")) if check else None
