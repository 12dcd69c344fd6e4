"""A thing and its neighbours: what it leads to on the right, what leads to it left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from kgserver.serve.drawing import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.thing.neighbours import Neighbour

_ROW, _HEAD, _GAP = 19, 17, 8
_EDGE = 16.0
_NEAR, _FAR = 0.12, 0.25  # of the width: from the thing to names, two sides or one


@dataclass(frozen=True, slots=True)
class Leaf:
    """A neighbour: its name at `x`, `y`, and the line from the thing to it."""

    node: ox.NamedNode
    name: str
    language: str
    text: str
    x: float
    y: float
    anchor: str
    line: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The name of a property over the neighbours that it leads to."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Star:
    """A drawing with the thing in its middle."""

    width: int
    height: int
    x: float
    y: float
    leaves: tuple[Leaf, ...]
    heads: tuple[Head, ...]


def draw(
    around: Sequence[Neighbour],
    *,
    width: int = 1100,
    letters: int = 52,
    row: float = _ROW,
) -> Star:
    """The drawing of a thing's neighbours, `letters` of each name, each in its row."""
    sides = {
        True: [each for each in around if each.outward],
        False: [each for each in around if not each.outward],
    }
    heights = {outward: _height(side, row) for outward, side in sides.items()}
    height = max(60, *heights.values())
    x = _middle(width, sides)
    reach = width * (_NEAR if all(sides.values()) else _FAR)
    leaves: list[Leaf] = []
    heads: list[Head] = []
    for outward, side in sides.items():
        column = x + (reach if outward else -reach)
        y = (height - heights[outward]) / 2
        for _, group in groupby(side, key=_group):
            members = list(group)
            anchor = "start" if outward else "end"
            y += _HEAD
            name = words.short(members[0].property_label.text, letters)
            heads.append(Head(name, column, round(y, 1), anchor))
            for each in members:
                y += row
                leaves.append(_leaf(each, (x, height / 2), (column, y), letters))
            y += _GAP
    return Star(
        width, round(height), x, round(height / 2, 1), tuple(leaves), tuple(heads)
    )


def _middle(width: int, sides: Mapping[bool, Sequence[Neighbour]]) -> float:
    """Where the thing stands: at the edge where one side of it is empty."""
    if all(sides.values()):
        return width / 2
    return _EDGE if sides[True] else width - _EDGE


def on_one_side(around: Sequence[Neighbour]) -> list[Neighbour]:
    """The same for a narrow drawing: what leads to the thing is marked by an arrow."""
    return [each if each.outward else _turned(each) for each in around]


def _turned(each: Neighbour) -> Neighbour:
    name = replace(each.property_label, text=f"← {each.property_label.text}")
    return replace(each, outward=True, property_label=name)


def _height(side: Sequence[Neighbour], row: float) -> float:
    groups = sum(1 for _ in groupby(side, key=_group))
    return len(side) * row + groups * (_HEAD + _GAP) + 4


def _group(each: Neighbour) -> tuple[ox.NamedNode, str]:
    return each.property, each.property_label.text


def _leaf(
    each: Neighbour, middle: tuple[float, float], at: tuple[float, float], letters: int
) -> Leaf:
    (x, y), (column, row) = middle, at
    towards = -8 if each.outward else 8
    end, half = column + towards, (x + column + towards) / 2
    line = (
        f"M{x:.1f} {y:.1f}C{half:.1f} {y:.1f} {half:.1f} {row - 4:.1f} "
        f"{end:.1f} {row - 4:.1f}"
    )
    text = words.short(each.label.text, letters)
    anchor = "start" if each.outward else "end"
    return Leaf(
        each.node, each.label.text, each.label.language, text, column,
        round(row, 1), anchor, line, each.inferred,
    )  # fmt: skip
