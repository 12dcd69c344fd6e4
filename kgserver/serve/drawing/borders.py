"""The outlines of countries' parts that come with the package: TopoJSON, decoded.

Where they are from stands in `kgserver/static/README.md`.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILE = Path(__file__).parents[2] / "static" / "provinces.topo.json"
# Where the file has districts, and one outline is drawn of them all.
_WHOLE = ("HKG", "MAC", "TWN")

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Outline:
    """One part of a country: its rings in degrees, east and north.

    `whole` marks a district whose own border is not drawn; `box` is the least and
    greatest longitude and latitude.
    """

    rings: tuple[Ring, ...]
    whole: bool
    box: tuple[float, float, float, float]


@functools.cache
def outlines() -> tuple[Outline, ...]:
    """Every outline, read at the first call."""
    topology = json.loads(FILE.read_text("utf-8"))
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = next(iter(topology["objects"].values()))["geometries"]
    return tuple(_outline(shape, arcs) for shape in shapes)


def _arc(arc: Sequence[Sequence[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc's points: the file has differences between whole numbers."""
    (across, up), (east, north) = transform["scale"], transform["translate"]
    xs = accumulate(step[0] for step in arc)
    ys = accumulate(step[1] for step in arc)
    return [(x * across + east, y * up + north) for x, y in zip(xs, ys, strict=True)]


def _outline(shape: dict[str, Any], arcs: Sequence[Ring]) -> Outline:
    rings = tuple(_ring(indices, arcs) for indices in _rings(shape))
    easts = [east for ring in rings for east, _ in ring]
    norths = [north for ring in rings for _, north in ring]
    box = (min(easts), min(norths), max(easts), max(norths))
    return Outline(rings, shape["properties"].get("c") in _WHOLE, box)


def _rings(shape: dict[str, Any]) -> Iterator[Sequence[int]]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    for polygon in polygons:
        yield from polygon


def _ring(indices: Sequence[int], arcs: Sequence[Ring]) -> Ring:
    """A ring of arcs; an index below zero is the arc ~index the other way round."""
    points: Ring = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points
