"""A timeline: an axis of years, and each thing on the lane where its name has room."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.serve.drawing import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.timeline import Dated

_TOP, _LANE, _LANES = 22, 19, 40
_EDGE = 12  # pixels left and right


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
    anchor: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawing; `ticks` are the places of years on the axis."""

    width: int
    height: int
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    left_out: int


def draw(dated: Sequence[Dated], *, width: int = 1100, letters: int = 44) -> Timeline:
    """The timeline of what has a date, of as much as there are lanes for."""
    first = math.floor(min(each.first for each in dated))
    last = math.ceil(max(each.last for each in dated))
    scale = (width - 2 * _EDGE) / max(1, last - first)
    free: list[float] = []
    marks, left_out = [], 0
    for each in dated:
        x = _EDGE + (each.first - first) * scale
        end = max(_EDGE + (each.last - first) * scale, x + 1)
        text = words.short(each.label.text, letters)
        turned = end + 8 + words.width(text) > width and x > width - end
        text = words.fitted(text, (x if turned else width - end) - 10)
        size = words.width(text)
        begin = x - 8 - size if turned else x
        until = end if turned else end + 8 + size
        lane = next((n for n, right in enumerate(free) if right < begin), len(free))
        if lane >= _LANES:
            left_out += 1
            continue
        free[lane : lane + 1] = [until + 6]
        marks.append(
            Mark(
                each.node, round(x, 1), round(end, 1), _TOP + 10 + lane * _LANE,
                each.label.text, each.label.language, each.written, text,
                round(x - 6 if turned else end + 6, 1), "end" if turned else "start",
            )
        )  # fmt: skip
    height = _TOP + 8 + len(free) * _LANE
    return Timeline(width, height, _ticks(first, last, scale), tuple(marks), left_out)


def _ticks(first: int, last: int, scale: float) -> tuple[tuple[float, str], ...]:
    """Years, so far apart that their numbers do not touch."""
    steps = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
    step = next((each for each in steps if each * scale > 48), 5000)
    years = range(math.ceil(first / step) * step, last + 1, step)
    return tuple(
        (round(_EDGE + (year - first) * scale, 1), str(year)) for year in years
    )
