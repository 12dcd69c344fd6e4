"""Literals whose text does not fit their datatype, which the parser lets through.

Checked on the parser's stream, because the store rewrites literals on insert.
"""

from __future__ import annotations

import functools
import math
from types import MappingProxyType
from typing import TYPE_CHECKING

from kgserver.load.terms import datatypes
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Mapping

# datatype, what is written so
_LIKE: Mapping[str, str] = MappingProxyType(
    {
        "boolean": "true",
        "decimal": "58.0",
        "double": "5.8E1",
        "float": "5.8E1",
        "date": "2019-10-31",
        "dateTime": "2019-10-31T12:00:00Z",
        "dateTimeStamp": "2019-10-31T12:00:00Z",
        "time": "12:00:00",
        "gYear": "2006",
        "gYearMonth": "2013-11",
        "gMonth": "--11",
        "gDay": "---31",
        "gMonthDay": "--10-31",
        "duration": "P3D",
        "dayTimeDuration": "P3D",
        "yearMonthDuration": "P1Y",
        "hexBinary": "0FB7",
        "base64Binary": "aGk=",
        "language": "zh-Hans",
        "anyURI": "https://example.org/",
        "normalizedString": "a text on one line",
        "token": "words with single spaces",
        "NMTOKEN": "a-word",
        "Name": "a-word",
        "NCName": "a-word",
    }
)


@functools.lru_cache(maxsize=65_536)
def fault(text: str, datatype: str) -> str | None:
    """What a well-formed literal of the datatype looks like, or None if this is one.

    White space around the text is passed over, as the datatypes collapse it (XML Schema
    1.1 Part 2, §4.3.6).
    """
    if datatype not in datatypes.KNOWN or datatypes.allows(text, datatype):
        return None
    name = datatype.removeprefix(names.XSD)
    if name in _LIKE:
        return f"is written like {_LIKE[name]}"
    whole = datatypes.allows(text, names.XSD + "integer")
    return f"is a whole number{_bounds(name)}" if whole else "is a whole number, e.g. 7"


def _bounds(name: str) -> str:
    least, most = datatypes.BOUNDS[name]
    if math.isinf(least):
        return f" up to {most}"
    return f" from {least} up" if math.isinf(most) else f" between {least} and {most}"
