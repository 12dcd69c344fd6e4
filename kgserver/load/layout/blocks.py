"""A file in blocks: the runs of lines that its writer meant as one statement each.

The grammar ends a statement at its dot. Where the dot is what is missing, the layout
still tells: a line at the margin behind a dot, a blank line or a directive begins
something new. So one fault spoils one block, and not what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kgserver.load.layout import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.load.layout.tokens import Token

# What goes on with a statement, wherever it stands.
_GOING_ON = frozenset((".", ";", ",", "]", ")", "^^"))
_DIRECTIVES = frozenset(("prefix", "base"))


@dataclass(frozen=True, slots=True)
class Block:
    """The tokens of one block, spaces and comments left out; never none."""

    tokens: Sequence[Token]

    @property
    def start(self) -> int:
        """Where it begins in the text."""
        return self.tokens[0].start

    @property
    def declares(self) -> bool:
        """Whether it is a directive, or was meant as one: @prfix ex: <…> ."""
        first = self.tokens[0]
        if first.kind in ("directive", "language") or is_directive(first):
            return True
        return any(is_declared(*pair) for pair in pairwise(self.tokens[:4]))


def is_directive(token: Token) -> bool:
    """Whether a token begins a directive."""
    word = token.kind == "word" and token.text.lower() in _DIRECTIVES
    return word or token.kind == "directive"


def is_declared(name: Token, value: Token) -> bool:
    """Whether two tokens are those of a prefix declaration: `ex: <…>`."""
    return (
        name.kind == "name"
        and name.text.find(":") == len(name.text) - 1
        and (value.kind == "iri")
    )


def split(written: Sequence[Token]) -> list[Block]:
    """The blocks of a file, in order."""
    blocks: list[list[Token]] = []
    said = [token for token in written if token.kind not in tokens.SILENT]
    silent_lines = _blank_lines(written)
    margin = said[0].column if said else 1
    before: Token | None = None
    for token in said:
        if before is None or (
            token.column <= margin
            and token.line > before.last_line
            and token.text not in _GOING_ON
            and (
                before.text == "."
                or is_directive(token)
                or token.line - 1 in silent_lines
            )
        ):
            blocks.append([])
        blocks[-1].append(token)
        before = token
    return [Block(block) for block in blocks]


def _blank_lines(written: Sequence[Token]) -> set[int]:
    """The lines with nothing but space or a comment, and so what stands above a block.

    A comment counts where it begins its line.
    """
    lines: set[int] = set()
    for token in written:
        if token.kind == "space":
            lines.update(range(token.line + 1, token.last_line))
        elif token.kind == "comment" and token.column == 1:
            lines.add(token.line)
    return lines
