"""Quotes and their places: selectors of the Web Annotation Data Model, §4.2.4 and 5.

A quote of some characters stands from `oa:start` to `oa:end`, counted from 0 in Unicode
code points; so the end lies as many behind the start as it has. It is what the text of
its source has there, where that is in the file, and agrees with quotes that overlap it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kgserver.load.doctor.charge import Charge
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kgserver.load.doctor.survey import Placed, Survey
    from kgserver.load.terms.statements import Term

    # The value of each thing, and its line.
    Values = Mapping[Term, tuple[Term, int]]

_OA, _SCHEMA = "http://www.w3.org/ns/oa#", names.WELL_KNOWN["schema"]
# Properties whose value is the text of a source.
_TEXTS = (
    names.RDF + "value",
    _SCHEMA + "text",
    _SCHEMA + "articleBody",
    "http://www.w3.org/2011/content#chars",
)
_COPY = "Copy the quote from its source once more, and count its characters."
# Characters of a text that are shown.
_SHOWN = 60


class Quote(NamedTuple):
    """A quote, where it stands in its source, and the lines that say so in the file."""

    start: int
    end: int
    text: str
    source: Term | None
    line: int
    end_line: int

    @property
    def fits(self) -> bool:
        """Whether it is as long as its offsets make it."""
        return self.end - self.start == len(self.text)


def check(survey: Survey) -> Iterator[Placed]:
    """Quotes whose text and place do not fit each other, their source or another."""
    found = list(_quotes(survey))
    yield from (_length(each) for each in found if not each.fits)
    texts = _texts(survey, {each.source for each in found})
    by_source: dict[Term, list[Quote]] = {}
    for quote in found:
        if quote.fits and quote.source is not None:
            by_source.setdefault(quote.source, []).append(quote)
    for source, quotes in by_source.items():
        if source in texts:
            yield from _compared(quotes, texts[source])
        else:
            quotes.sort(key=lambda quote: (quote.start, -quote.end))
            yield from _overlapping(quotes)


def _quotes(survey: Survey) -> Iterator[Quote]:
    exact, start, end = (_values(survey, each) for each in ("exact", "start", "end"))
    if not exact or not end:
        return
    sources = _values(survey, "hasSource")
    beside: dict[Term, list[Term]] = {}
    for target, selector, _ in survey.statements(_OA + "hasSelector"):
        beside.setdefault(target, []).append(selector)
    for target, selectors in (beside or {each: [each] for each in exact}).items():
        quote = next((exact[each] for each in selectors if each in exact), None)
        place = next(
            (each for each in selectors if each in start and each in end), None
        )
        if quote and place:
            offsets = _number(start[place][0]), _number(end[place][0])
            source, _ = sources.get(target, (None, 0))
            if isinstance(quote[0], ox.Literal) and min(offsets) >= 0:
                yield Quote(
                    *offsets, quote[0].value, source, quote[1], end[place][1]
                )  # fmt: skip


def _values(survey: Survey, name: str) -> Values:
    return {s: (value, line) for s, value, line in survey.statements(_OA + name)}


def _number(term: Term) -> int:
    """An offset; -1 where it is none."""
    text = term.value if isinstance(term, ox.Literal) else ""
    return int(text) if text.isdecimal() else -1


def _texts(survey: Survey, wanted: Iterable[Term | None]) -> Mapping[Term, str]:
    """The texts of sources, as far as the file has them."""
    sources = set(wanted)
    return {
        thing: text.value
        for prop in _TEXTS
        for thing, text, _ in survey.statements(prop)
        if thing in sources and isinstance(text, ox.Literal)
    }


def _length(quote: Quote) -> Placed:
    what = Charge(
        "quote-offsets",
        f"the quote has {len(quote.text)} characters, its offsets make "
        f"{quote.end - quote.start}",
        _COPY,
    )
    return quote.end_line, str(quote.end), what


def _compared(quotes: Sequence[Quote], text: str) -> Iterator[Placed]:
    """Quotes that the text of their source does not have at their place."""
    for quote in quotes:
        there = text[quote.start : quote.end]
        if there != quote.text:
            yield _differs(
                quote, f"its source has {_shown(there)}", _found(quote, text)
            )


def _found(quote: Quote, text: str) -> str:
    """What to do where a quote is elsewhere in its source, or nowhere."""
    at = text.find(quote.text)
    return f"It stands from {at} to {at + len(quote.text)}." if at >= 0 else _COPY


def _overlapping(quotes: Sequence[Quote]) -> Iterator[Placed]:
    """Quotes of one source, by their start, that differ where they overlap."""
    before: Quote | None = None
    for quote in quotes:
        if before and quote.start < before.end:
            begin, end = quote.start, min(quote.end, before.end)
            here, there = _part(quote, begin, end), _part(before, begin, end)
            if here != there:
                said = f"the quote on line {before.line} has {_shown(there)}"
                yield _differs(quote, said, _COPY)
        if before is None or quote.end > before.end:
            before = quote


def _part(quote: Quote, begin: int, end: int) -> str:
    return quote.text[begin - quote.start : end - quote.start]


def _differs(quote: Quote, said: str, hint: str) -> Placed:
    what = Charge("quote-text", f"{said} at the place of this quote", hint)
    return quote.line, quote.text, what


def _shown(text: str) -> str:
    return f"“{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}”"
