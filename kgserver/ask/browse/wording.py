"""Numbers and dates as people write them, in each language of the interface."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyoxigraph as ox

# what groups thousands, and what stands before decimals
_MARKS: Mapping[str, tuple[str, str]] = {
    "en": (",", "."),
    "de": (".", ","),
    "zh-Hans": (",", "."),
}
_MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August",
        "September", "October", "November", "December",
    ),
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August",
        "September", "Oktober", "November", "Dezember",
    ),
}  # fmt: skip
_DAY: Mapping[str, str] = {
    "en": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "zh-Hans": "{year}年{month}月{day}日",
}
_MONTH: Mapping[str, str] = {
    "en": "{month} {year}",
    "de": "{month} {year}",
    "zh-Hans": "{year}年{month}月",
}
_YEAR: Mapping[str, str] = {"en": "{year}", "de": "{year}", "zh-Hans": "{year}年"}
_TRUTH: Mapping[str, tuple[str, str]] = {
    "en": ("no", "yes"),
    "de": ("nein", "ja"),
    "zh-Hans": ("否", "是"),
}
# one and many of each part of a duration
_LENGTHS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("year", "years"), ("month", "months"), ("day", "days"),
        ("hour", "hours"), ("minute", "minutes"), ("second", "seconds"),
    ),
    "de": (
        ("Jahr", "Jahre"), ("Monat", "Monate"), ("Tag", "Tage"),
        ("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden"),
    ),
    "zh-Hans": (
        ("年", "年"), ("个月", "个月"), ("天", "天"),
        ("小时", "小时"), ("分钟", "分钟"), ("秒", "秒"),
    ),
}  # fmt: skip
_DATE = re.compile(
    r"(?P<year>-?\d{4,})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?)?"
    r"(?:T(?P<time>\d\d:\d\d)[\d:.]*)?(?P<zone>Z|[+-]\d\d:\d\d)?"
)
_LETTERS = 10**19  # sorts letters behind every number
_DIGITS = re.compile(r"(\d{1,18})")
_DURATION = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)


def literal(value: ox.Literal, language: str = "en") -> str:
    """A literal as a person writes it; one of a datatype not known here as it is."""
    write = _WRITERS.get(value.datatype.value)
    return write(value.value, language) if write else value.value


def integer(value: int, language: str = "en") -> str:
    """A whole number with its thousands grouped; years and numbers below 10,000 too."""
    return f"{value:,}".replace(",", _MARKS[language][0])


def number(text: str, language: str = "en") -> str:
    """A number in plain digits, grouped from five digits on; else the text itself.

    Four digits stay together, since most such numbers count years or are names.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value.adjusted()) > 20:
        return text
    group, point = _MARKS[language]
    plain = f"{value:,f}" if abs(value) >= 10_000 else f"{value:f}"
    whole, _, decimals = plain.partition(".")
    decimals = decimals.rstrip("0")
    grouped = whole.replace(",", group)
    return f"{grouped}{point}{decimals}" if decimals else grouped


def date(text: str, language: str = "en") -> str:
    """A date as precise as it is: a day, a month or a year; a time keeps its zone."""
    found = _DATE.fullmatch(text)
    if not found:
        return text
    year, month, day, time, zone = found.groups()
    pattern = _DAY if day else _MONTH if month else _YEAR
    named = _MONTHS.get(language)
    parts = {
        "year": year.lstrip("0") if not year.startswith("-") else year,
        "month": (named[int(month) - 1] if named else int(month)) if month else "",
        "day": int(day) if day else "",
    }
    written = pattern[language].format(**parts)
    if not time:
        return written
    zone = "UTC" if zone in ("Z", "+00:00") else zone
    return f"{written}, {time} {zone}" if zone else f"{written}, {time}"


def truth(text: str, language: str = "en") -> str:
    """Yes or no."""
    return _TRUTH[language][text in ("true", "1")]


def duration(text: str, language: str = "en") -> str:
    """A length of time in words: three days, two years and six months."""
    found = _DURATION.fullmatch(text)
    parts = [
        (int(count), *_LENGTHS[language][index])
        for index, count in enumerate(found.groups() if found else ())
        if count
    ]
    if not parts:
        return text
    space = "" if language == "zh-Hans" else " "
    return " ".join(f"{n}{space}{one if n == 1 else many}" for n, one, many in parts)


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts as people do: without case, and 2nd before 10th."""
    return tuple(
        (int(part), "") if part.isdecimal() else (_LETTERS, part)
        for part in _DIGITS.split(text.casefold())
        if part
    )


_NUMBERS = (
    "integer", "decimal", "double", "float", "long", "int", "short", "byte",
    "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger",
    "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
)  # fmt: skip
_WRITERS: Mapping[str, Callable[[str, str], str]] = {
    **{names.XSD + kind: number for kind in _NUMBERS},
    **{
        names.XSD + kind: date
        for kind in ("date", "dateTime", "dateTimeStamp", "gYearMonth", "gYear")
    },
    **{
        names.XSD + kind: duration
        for kind in ("duration", "dayTimeDuration", "yearMonthDuration")
    },
    names.XSD + "boolean": truth,
}
