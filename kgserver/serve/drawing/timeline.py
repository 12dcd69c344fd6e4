"""A timeline: an axis of years, and each thing on the lane where its name has room."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.serve.drawing import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.listing.timeline import Dated

_TOP, _LANE, _LANES = 22, 19, 40
_EDGE = 12  # pixels left and right
# Up to this width there is no room beside a bar, and the name stands above it.
_NARROW, _ABOVE = 600, 28


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing on its lane: from `x` to `end`, with its name and its date."""

    node: ox.NamedNode
    x: float
    end: float
    y: float
    name: str
    language: str
    title: str
    text: str
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawing; `ticks` are the places of years on the axis."""

    width: int
    height: int
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Bar:
    """What a mark is made of before it has a lane: its thing, its ends, its name."""

    dated: Dated
    x: float
    end: float
    text: str


def draw(dated: Sequence[Dated], *, width: int = 1100, letters: int = 44) -> Timeline:
    """The timeline of what has a date, of as much as there are lanes for."""
    first = math.floor(min(each.first for each in dated))
    last = math.ceil(max(each.last for each in dated))
    scale = (width - 2 * _EDGE) / max(1, last - first)
    bars = []
    for each in dated:
        x = _EDGE + (each.first - first) * scale
        end = max(_EDGE + (each.last - first) * scale, x + 1)
        bars.append(_Bar(each, x, end, words.short(each.label.text, letters)))
    marks = _above(bars, width) if width < _NARROW else _beside(bars, width)
    height = max(mark.y for mark in marks) + 17
    ticks = _ticks(first, last, scale)
    return Timeline(width, round(height), ticks, marks, len(dated) - len(marks))


def _above(bars: Sequence[_Bar], width: int) -> tuple[Mark, ...]:
    """Each on a lane of its own, with its name above it."""
    marks = []
    for lane, bar in enumerate(bars[:_LANES]):
        text = words.fitted(bar.text, width - 2 * _EDGE)
        y = _TOP + 20 + lane * _ABOVE
        fits = bar.x + words.width(text) < width - _EDGE
        place = (bar.x, y - 8, "start") if fits else (bar.end, y - 8, "end")
        if not fits and bar.end - words.width(text) < 0:
            place = (width - _EDGE, y - 8, "end")
        marks.append(_mark(bar, y, text, place))
    return tuple(marks)


def _beside(bars: Sequence[_Bar], width: int) -> tuple[Mark, ...]:
    """Each on the first lane where it has room, with its name on the side that has."""
    free: list[float] = []
    marks = []
    for bar in bars:
        x, end = bar.x, bar.end
        turned = end + 8 + words.width(bar.text) > width and x > width - end
        text = words.fitted(bar.text, (x if turned else width - end) - 10)
        size = words.width(text)
        begin = x - 8 - size if turned else x
        until = end if turned else end + 8 + size
        lane = next((n for n, right in enumerate(free) if right < begin), len(free))
        if lane >= _LANES:
            continue
        free[lane : lane + 1] = [until + 6]
        y = _TOP + 10 + lane * _LANE
        place = (x - 6, y + 4, "end") if turned else (end + 6, y + 4, "start")
        marks.append(_mark(bar, y, text, place))
    return tuple(marks)


def _mark(bar: _Bar, y: float, text: str, place: tuple[float, float, str]) -> Mark:
    dated, (text_x, text_y, anchor) = bar.dated, place
    return Mark(
        dated.node, round(bar.x, 1), round(bar.end, 1), y, dated.label.text,
        dated.label.language, dated.written, text, round(text_x, 1), text_y, anchor,
    )  # fmt: skip


def _ticks(first: int, last: int, scale: float) -> tuple[tuple[float, str], ...]:
    """Years, so far apart that their numbers do not touch."""
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next((each for each in steps if each * scale > 48), 5000)
    years = range(math.ceil(first / step) * step, last + 1, step)
    return tuple(
        (round(_EDGE + (year - first) * scale, 1), str(year)) for year in years
    )
