"""The ground that maps are drawn on: all land as one SVG file, loaded once.

A map shows the part of it that it needs with `use`, and says in which colours. The file
counts in hundredths of a degree, east and south, from one point to the next.
"""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import TYPE_CHECKING

from kgserver.serve.drawing import borders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgserver.serve.drawing.borders import Outline, Ring

DEGREE = 100  # units of the file
_FILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-18000 -9000 36000 18000">'
    '<g id="land"><path stroke="none" d="{land}"/>'
    '<path vector-effect="non-scaling-stroke" d="{parts}"/></g></svg>\n'
)


@functools.cache
def svg() -> str:
    """The file: land without lines, and on it the parts of countries with theirs."""
    provinces = list(borders.outlines(borders.PROVINCES))
    wholes = [each for each in provinces if each.whole]
    parts = [each for each in provinces if not each.whole]
    land = [*borders.outlines(borders.LAND), *wholes]
    return _FILE.format(land=_path(land), parts=_path(parts))


def _path(outlines: Iterable[Outline]) -> str:
    return "".join(_closed(ring) for outline in outlines for ring in outline.rings)


def _closed(ring: Ring) -> str:
    """One ring; what is rounded does not add up, since it is rounded before."""
    points = [(round(east * DEGREE), round(-north * DEGREE)) for east, north in ring]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    numbers = "".join(_number(part) for step in steps if any(step) for part in step)
    return f"M{points[0][0]} {points[0][1]}l{numbers.lstrip()}z" if numbers else ""


def _number(value: int) -> str:
    """A number; the sign of one below zero parts it from the one before."""
    return str(value) if value < 0 else f" {value}"
