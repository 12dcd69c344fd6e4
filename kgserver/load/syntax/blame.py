"""The place to blame for a fault of syntax: where its writer's hand slipped.

A parser names the first token that does not fit. What is wrong is often before it: the
mark at the end of the line above, or the bracket that the layout says was to close.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kgserver.load.layout import tokens
from kgserver.load.syntax import complaints, slips

if TYPE_CHECKING:
    from kgserver.load.layout.blocks import Block
    from kgserver.load.layout.tokens import Token

_OPENING = {"[": "]", "(": ")"}
# How far behind a dot its trouble shows: a property, a value and a mark.
_NEAR = 3


class Blame(NamedTuple):
    """Where something is wrong, and what."""

    line: int
    column: int
    what: tuple[str, str, str]


def blame(block: Block, line: int, column: int, words: str) -> Blame:
    """What the parser's words about a place of a block come down to."""
    what = complaints.words(words)
    torn = next((t for t in block.tokens if t.kind == "open"), None)
    if torn:
        return Blame(torn.line, torn.column, what)
    behind = _closing(block)
    if behind and _end(behind[1]) <= (line, column):
        opening, last = behind
        return Blame(*_end(last), slips.unclosed(opening.text, opening.line))
    ahead = next(
        (n for n, t in enumerate(block.tokens) if (t.line, t.column) >= (line, column)),
        len(block.tokens),
    )
    early = _early_dot(block, ahead)
    if early:
        return early
    if what[0] == "missing-dot":
        return _unended(block, ahead)
    if what[0] == "unfinished":
        return _unfinished(block, what)
    return Blame(line, column, what)


def _unended(block: Block, ahead: int) -> Blame:
    """The statement before a token that cannot go on with it."""
    token = block.tokens[ahead] if ahead < len(block.tokens) else block.tokens[-1]
    on_line = [t for t in block.tokens[:ahead] if t.last_line == token.line]
    above = ahead - len(on_line) - 1
    if above >= 0:
        before = block.tokens[above]
        if (before.text, len(on_line)) in ((",", 1), (";", 2)) or not on_line:
            return Blame(*_end(before), slips.unended(before.text))
    return Blame(token.line, token.column, slips.surplus(token.text))


def _unfinished(block: Block, what: tuple[str, str, str]) -> Blame:
    """What a block that ends too soon lacks: the end of a text, a bracket, or a dot."""
    opening = next((t for t in block.tokens if _is_torn(t)), None) or _unclosed(block)
    if opening:
        return Blame(opening.line, opening.column, what)
    last = block.tokens[-1]
    return Blame(*_end(last), slips.unended(last.text, last=True))


def _is_torn(token: Token) -> bool:
    return token.kind == "torn" or token.text == "<"


def _unclosed(block: Block) -> Token | None:
    """The innermost bracket or list that is open where the block ends."""
    depth: list[Token] = []
    for token in block.tokens:
        if token.kind == "mark" and token.text in _OPENING:
            depth.append(token)
        elif token.kind == "mark" and token.text in _OPENING.values() and depth:
            depth.pop()
    return depth[-1] if depth else None


def _closing(block: Block) -> tuple[Token, Token] | None:
    """A bracket that is open although a line stands no deeper, and what is last in it.

    A line that stands no deeper than the one with the bracket is outside of it, unless
    it begins with the closing mark.
    """
    depth: list[tuple[Token, int]] = []
    indent, before = 0, block.tokens[0]
    for token in block.tokens:
        if token.line > before.last_line or token is before:
            indent = token.column
            closes = token.text in _OPENING.values()
            if depth and indent <= depth[-1][1] and not closes:
                return depth[-1][0], before
        if token.kind == "mark" and token.text in _OPENING:
            depth.append((token, indent))
        elif token.kind == "mark" and token.text in _OPENING.values() and depth:
            depth.pop()
        before = token
    return None


def _early_dot(block: Block, ahead: int) -> Blame | None:
    """A dot just before a fault, behind which a line goes on that is no statement."""
    margin = block.tokens[0].column
    for at in range(max(ahead - _NEAR, 1), min(ahead + 1, len(block.tokens))):
        dot, after = block.tokens[at - 1], block.tokens[at]
        if dot.text == "." and after.line > dot.line and after.column > margin:
            if after.line == dot.line + 1:
                return Blame(dot.line, dot.column, slips.EARLY_DOT)
            return Blame(after.line, after.column, slips.NO_SUBJECT)
    return None


def _end(token: Token) -> tuple[int, int]:
    """The place behind a token; it may end on a later line than it begins."""
    last = re.split(tokens.BREAK, token.text)[-1]
    same = len(last) == len(token.text)
    return token.last_line, len(last) + (token.column if same else 1)
