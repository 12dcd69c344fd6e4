"""A broken Turtle file as its diagnosis sees it: blocks, prefixes, lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kgserver.load.layout import blocks, tokens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from kgserver.load.layout.blocks import Block
    from kgserver.load.layout.tokens import Token

# @prefix, a prefix, its namespace
_DIRECTIVE = 3


@dataclass(frozen=True, slots=True)
class Declaration:
    """`ex: <…>`, with or without the @prefix that belongs before it."""

    name: Token
    iri: str
    whole: bool

    @property
    def prefix(self) -> str:
        """The prefix without its colon."""
        return self.name.text[:-1]


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """The text of a file, its lines, tokens and blocks.

    `declared` are the declarations by the number of their block; `used` counts what
    names something by a prefix.
    """

    path: str
    text: str
    lines: Sequence[bytes]
    tokens: Sequence[Token]
    blocks: Sequence[Block]
    declared: Mapping[int, Sequence[Declaration]]
    used: Mapping[str, int]

    def between(self, first: int, last: int) -> str:
        """The text of some blocks, up to where the next one begins."""
        ends = self.blocks[last].start if last < len(self.blocks) else len(self.text)
        return self.text[self.blocks[first].start : ends]

    @property
    def prefixes(self) -> Set[str]:
        """Every prefix that is used or declared."""
        declared = {d.prefix for each in self.declared.values() for d in each}
        return declared | self.used.keys()


def opened(path: str, data: bytes) -> BrokenFile:
    """A file from its bytes."""
    text = tokens.decode(data)
    written = tokens.tokenise(text)
    found = blocks.split(written)
    lines = data.splitlines(keepends=True)
    declared = {at: _declared(block) for at, block in enumerate(found)}
    declared = {at: each for at, each in declared.items() if each}
    return BrokenFile(path, text, lines, written, found, declared, _used(found))


def _declared(block: Block) -> Sequence[Declaration]:
    if not block.declares:
        return ()
    before = [block.tokens[0], *block.tokens]
    return [
        Declaration(name, value.text[1:-1], blocks.is_directive(each))
        for each, (name, value) in zip(before, pairwise(block.tokens), strict=False)
        if blocks.is_declared(name, value)
    ]


def _used(found: Sequence[Block]) -> Mapping[str, int]:
    used: dict[str, int] = {}
    for block in found:
        for at, token in enumerate(block.tokens):
            declared = block.declares and (token.text[-1] == ":" or at < _DIRECTIVE)
            if token.kind == "name" and not declared:
                prefix = token.text.partition(":")[0]
                used[prefix] = used.get(prefix, 0) + 1
    return used
