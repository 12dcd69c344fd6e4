"""What is laid out: tokens without their spaces, knowing the breaks they had."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kgserver.load.layout.tokens import Token

ENDS = frozenset((";", ",", "."))
OPENING = frozenset(("[", "("))
CLOSING = frozenset(("]", ")"))
# what is written right behind the text that it belongs to
GLUED = frozenset(("language", "datatype"))


@dataclass(slots=True)
class Item:
    """A token to be laid out; `breaks` are the line breaks before it in the source.

    `wide` tells of a bracket or list that goes over several lines, `empty` of one that
    holds nothing.
    """

    text: str
    kind: str
    breaks: int
    wide: bool = False
    empty: bool = False


def items(written: Iterable[Token]) -> Sequence[Item]:
    """What to lay out, in the order of the page."""
    return _measured(_settled(_items(written)))


def _items(written: Iterable[Token]) -> Iterator[Item]:
    """The tokens without their spaces, a datatype being one with its `^^`."""
    breaks, caret = 0, ""
    for token in written:
        if token.kind == "space":
            breaks += token.last_line - token.line
        elif token.text == "^^":
            caret = "^^"
        elif token.kind == "comment":
            yield Item(token.text.rstrip(), "comment", breaks)
            breaks = 0
        else:
            kind = "datatype" if caret else token.kind
            yield Item(caret + token.text, kind, breaks)
            breaks, caret = 0, ""


def _settled(items: Iterable[Item]) -> list[Item]:
    """The items in the order of the page: marks and datatypes before comments."""
    settled: list[Item] = []
    waiting: list[Item] = []
    for item in items:
        if item.kind == "comment":
            waiting.append(item)
            continue
        if item.text not in ENDS and item.kind not in GLUED:
            settled += waiting
            waiting = []
        settled.append(item)
    return settled + waiting


def _measured(items: Sequence[Item]) -> Sequence[Item]:
    """The items, with what is known of each bracket and list."""
    breaks = list(itertools.accumulate(item.breaks for item in items))
    open_at: list[int] = []
    for at, item in enumerate(items):
        if item.kind == "mark" and item.text in OPENING:
            open_at.append(at)
        elif item.kind == "mark" and item.text in CLOSING and open_at:
            begin = open_at.pop()
            empty = at == begin + 1
            wide = not empty and breaks[at] > breaks[begin]
            for end in (items[begin], item):
                end.empty, end.wide = empty, wide
    return items
