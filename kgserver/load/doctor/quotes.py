"""Quotes and their places: selectors of the Web Annotation Data Model, §4.2.4 and 5.

A quote of some characters stands from `oa:start` to `oa:end`, counted from 0 in Unicode
code points; so the end lies as many behind the start as it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor.charge import Charge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgserver.load.doctor.survey import Placed, Survey
    from kgserver.load.terms.statements import Term

    # The value of each thing, and its line.
    Values = Mapping[Term, tuple[Term, int]]

_OA = "http://www.w3.org/ns/oa#"


def check(survey: Survey) -> Iterator[Placed]:
    """Quotes that are not as long as their offsets make them."""
    exact, start, end = (_values(survey, each) for each in ("exact", "start", "end"))
    if not exact or not end:
        return
    beside: dict[Term, list[Term]] = {}
    for target, selector, _ in survey.statements(_OA + "hasSelector"):
        beside.setdefault(target, []).append(selector)
    for selectors in beside.values() or [[each] for each in exact]:
        quote = next((exact[each] for each in selectors if each in exact), None)
        place = next(
            (each for each in selectors if each in start and each in end), None
        )
        if quote and place:
            yield from _compared(quote[0], start[place][0], end[place])


def _values(survey: Survey, name: str) -> Values:
    return {s: (value, line) for s, value, line in survey.statements(_OA + name)}


def _compared(quote: Term, start: Term, end: tuple[Term, int]) -> Iterator[Placed]:
    texts = [each.value for each in (start, end[0]) if isinstance(each, ox.Literal)]
    if not isinstance(quote, ox.Literal) or not all(t.isdecimal() for t in texts):
        return
    first, last = map(int, texts)
    if last - first != len(quote.value):
        what = Charge(
            "quote-offsets",
            f"the quote has {len(quote.value)} characters, its offsets make "
            f"{last - first}",
            "Copy the quote from its source once more, and count its characters.",
        )
        yield end[1], texts[1], what
