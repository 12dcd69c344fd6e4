"""The outlines that come with the package: TopoJSON, decoded.

Where they are from stands in `kgserver/static/README.md`. The format:
https://github.com/topojson/topojson-specification
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STATIC = Path(__file__).parents[2] / "static"
LAND = _STATIC / "land.topo.json"
PROVINCES = _STATIC / "provinces.topo.json"
# Where the file has districts, and one outline is drawn of them all.
_WHOLE = ("HKG", "MAC", "TWN")

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Outline:
    """One piece of land: its rings in degrees, east and north.

    `whole` marks a district whose own border is not drawn.
    """

    rings: tuple[Ring, ...]
    whole: bool


def outlines(file: Path) -> Iterator[Outline]:
    """Every outline of a file."""
    topology = json.loads(file.read_text("utf-8"))
    arcs = [_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    for shape in next(iter(topology["objects"].values()))["geometries"]:
        rings = tuple(_ring(indices, arcs) for indices in _rings(shape))
        yield Outline(rings, shape.get("properties", {}).get("c") in _WHOLE)


def _arc(arc: Sequence[Sequence[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc's points: the file has differences between whole numbers."""
    (across, up), (east, north) = transform["scale"], transform["translate"]
    xs = accumulate(step[0] for step in arc)
    ys = accumulate(step[1] for step in arc)
    return [(x * across + east, y * up + north) for x, y in zip(xs, ys, strict=True)]


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
