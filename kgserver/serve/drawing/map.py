"""A map: places as spots, what holds between them as arcs, on the borders we have.

The projection is the equirectangular one, true to scale at the middle latitude (Snyder,
Map Projections, 1987, §12).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.serve.drawing import ground
from kgserver.serve.drawing.words import Board, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.listing.places import Bond, Place


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the drawing, and its name where there is room for it."""

    node: ox.NamedNode
    name: str
    language: str
    x: float
    y: float
    word: Word | None
    here: bool


@dataclass(frozen=True, slots=True)
class Arc:
    """What holds between two places: a path, and what it says."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing of `width` by `height`; `ground` puts the land where it belongs."""

    width: int
    height: int
    ground: str
    spots: tuple[Spot, ...]
    arcs: tuple[Arc, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the earth is shown: the west and north edge, and pixels a degree."""

    west: float
    north: float
    across: float
    down: float

    def place(self, east: float, north: float) -> tuple[float, float]:
        """Where a point of the earth is on the drawing."""
        x, y = (east - self.west) * self.across, (self.north - north) * self.down
        return round(x, 1), round(y, 1)

    @property
    def transform(self) -> str:
        """How the file of all land is moved and grows (SVG's `transform`)."""
        x, y = -self.west * self.across, self.north * self.down
        across, down = self.across / ground.DEGREE, self.down / ground.DEGREE
        return f"translate({x:.1f} {y:.1f}) scale({across:.5f} {down:.5f})"


def draw(
    places: Sequence[Place],
    bonds: Sequence[Bond] = (),
    *,
    width: int = 1100,
    room: float = 4,
    here: ox.NamedNode | None = None,
) -> Map:
    """The map of some places, with `room` degrees around them."""
    frame, height = _frame(places, width, room)
    board = Board(width, height)
    points = [frame.place(place.longitude, place.latitude) for place in places]
    for x, y in points:
        board.block(x, y, 4)
    order = sorted(range(len(places)), key=lambda n: places[n].node != here)
    words = {n: board.write(places[n].label.text, *points[n]) for n in order}
    spots = [
        Spot(
            place.node, place.label.text, place.label.language, *points[n], words[n],
            place.node == here,
        )
        for n, place in enumerate(places)
    ]  # fmt: skip
    arcs = tuple(_arc(frame, bond) for bond in bonds)
    return Map(width, height, frame.transform, tuple(spots), arcs)


def _frame(places: Sequence[Place], width: int, room: float) -> tuple[Frame, int]:
    easts = [place.longitude for place in places]
    norths = [place.latitude for place in places]
    west, east = max(-180, min(easts) - room), min(180, max(easts) + room)
    south, north = max(-85, min(norths) - room), min(85, max(norths) + room)
    across = width / (east - west)
    down = across / max(0.2, math.cos(math.radians((south + north) / 2)))
    height = (north - south) * down
    # no flatter than three to one, no higher than square
    wanted = min(max(height, width * 0.36), float(width))
    north += (wanted - height) / down / 2
    return Frame(west, north, across, down), round(wanted)


def _arc(frame: Frame, bond: Bond) -> Arc:
    """A curve that bends northward, the more the longer it is."""
    x1, y1 = frame.place(bond.one.longitude, bond.one.latitude)
    x2, y2 = frame.place(bond.other.longitude, bond.other.latitude)
    bend = math.dist((x1, y1), (x2, y2)) * 0.18
    path = (
        f"M{x1:g} {y1:g}Q{(x1 + x2) / 2:.1f} {(y1 + y2) / 2 - bend:.1f} {x2:g} {y2:g}"
    )
    names = (bond.one.label.text, bond.label.text, bond.other.label.text)
    return Arc(path, " — ".join(names))
