"""The class diagram: a tree from left to right, each class on a row of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.serve.drawing import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.classes import Class

_ROW, _STEP, _LETTERS, _MOST = 20, 170, 24, 300


@dataclass(frozen=True, slots=True)
class Box:
    """A class: its name in a box, and how many things are in it."""

    node: ox.NamedNode
    name: str
    language: str
    text: str
    count: int
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Tree:
    """A drawing of boxes and of lines from each class to those below it."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


def draw(roots: Sequence[Class]) -> Tree:
    """The tree of some classes; a class with children stands beside their middle."""
    boxes: list[Box] = []
    lines: list[str] = []
    row = 0.0

    def place(each: Class, depth: int) -> Box:
        nonlocal row
        below = [place(child, depth + 1) for child in each.below if len(boxes) < _MOST]
        if below:
            y = (below[0].y + below[-1].y) / 2
        else:
            y, row = row * _ROW + 4, row + 1
        text = words.short(each.label.text, _LETTERS)
        box = Box(
            each.node, each.label.text, each.label.language, text, each.count,
            depth * _STEP, y, round(words.width(text) + 12, 1),
        )  # fmt: skip
        lines.extend(_line(box, child) for child in below)
        boxes.append(box)
        return box

    for root in roots:
        place(root, 0)
    width = max((box.x + box.width for box in boxes), default=0) + 30
    return Tree(round(width), round(row * _ROW + 8), tuple(boxes), tuple(lines))


def _line(parent: Box, child: Box) -> str:
    begin, end = parent.x + parent.width, child.x
    half = (begin + end) / 2
    high, low = parent.y + 8, child.y + 8
    return f"M{begin:g} {high:g}C{half:g} {high:g} {half:g} {low:g} {end:g} {low:g}"
