"""Words in a drawing: how wide they are, and where they stand in nobody's way."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

_NARROW, _WIDE, _HIGH = 6.1, 11.2, 13.0  # pixels, of a text of 11 pixels
# where a word may stand next to its spot: which end of it, and how far off
_ASIDE = (
    ("start", 7, 4), ("end", -7, 4), ("middle", 0, -8), ("middle", 0, 16),
    ("start", 6, -6), ("start", 6, 14), ("end", -6, -6), ("end", -6, 14),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A text and where it stands; `anchor` is SVG's `text-anchor`."""

    text: str
    x: float
    y: float
    anchor: str


def width(text: str) -> float:
    """About how wide a text is: letters of East Asian scripts are twice as wide."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return wide * _WIDE + (len(text) - wide) * _NARROW


def short(text: str, most: int) -> str:
    """A text cut to a number of letters, the wide ones counting twice."""
    return fitted(text, most * _NARROW)


def fitted(text: str, room: float) -> str:
    """A text cut to a number of pixels."""
    kept, used = "", 0.0
    for letter in text:
        used += width(letter)
        if used > room:
            return kept.rstrip() + "…"
        kept += letter
    return text


@dataclass(slots=True)
class Board:
    """A drawing's surface, on which words find a place where none stands yet."""

    right: float
    bottom: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def block(self, x: float, y: float, radius: float) -> None:
        """Keep a spot free of words."""
        self.taken.append((x - radius, y - radius, x + radius, y + radius))

    def write(self, text: str, x: float, y: float) -> Word | None:
        """The word next to a spot, or None where every place is taken."""
        size = width(text)
        for anchor, aside, down in _ASIDE:
            begin = x + aside - {"start": 0, "middle": size / 2, "end": size}[anchor]
            box = (begin, y + down - _HIGH + 3, begin + size, y + down + 3)
            within = box[0] >= 0 and box[2] <= self.right
            within = within and box[1] >= 0 and box[3] <= self.bottom
            if within and not any(_meet(box, other) for other in self.taken):
                self.taken.append(box)
                return Word(text, round(x + aside, 1), round(y + down, 1), anchor)
        return None


def _meet(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return (
        one[0] < other[2] and other[0] < one[2]
        and one[1] < other[3] and other[1] < one[3]
    )  # fmt: skip
