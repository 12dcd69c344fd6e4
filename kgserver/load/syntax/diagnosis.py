"""The faults of a Turtle file, told as its writer would see them.

A parser notices a missing dot where the next statement begins, and an open quote where
the file ends. So a file that it cannot read is read again in blocks, each on its own:
a fault then is in the block that holds it, drags no others behind it, and is told at
the token before the one that did not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.layout import tokens
from kgserver.load.syntax import blame, brokenfile, faults, undeclared
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.syntax.blame import Blame
    from kgserver.load.syntax.brokenfile import BrokenFile

MOST = 100
_BASE = "http://localhost/"


def diagnose(path: str, data: bytes) -> list[Problem]:
    """The syntax faults of a Turtle file, one a block at most, in order."""
    whole = brokenfile.opened(path, data)
    found = {at: _blamed(whole, at, fault) for at, fault in _faults(whole)}
    for lack in undeclared.find(whole, found.keys()):
        first = found.get(lack.at)
        if first is None or (lack.token.line, lack.token.column) < first[:2]:
            found[lack.at] = undeclared.blamed(whole, lack)
    return [_told(whole, found[at]) for at in sorted(found)][:MOST]


def _faults(whole: BrokenFile) -> Iterator[tuple[int, SyntaxError]]:
    """The first fault of each block, found by halves: good text costs little."""
    prelude = "".join(f"@prefix {each}: <urn:x> . " for each in sorted(whole.prefixes))
    waiting = [(0, len(whole.blocks))] if whole.blocks else []
    told = 0
    while waiting and told < MOST:
        first, last = waiting.pop()
        fault = _parsed(f"{prelude}\n{whole.between(first, last)}")
        if fault and last - first == 1:
            told += 1
            yield first, fault
        elif fault:
            middle = (first + last) // 2
            waiting += [(middle, last), (first, middle)]


def _parsed(text: str) -> SyntaxError | None:
    try:
        for _ in ox.parse(tokens.encode(text), ox.RdfFormat.TURTLE, base_iri=_BASE):
            pass
    except SyntaxError as fault:
        return fault
    except MemoryError:  # a term is larger than the parser's buffer: no slip of the pen
        pass
    return None


def _blamed(whole: BrokenFile, at: int, fault: SyntaxError) -> Blame:
    """A fault of a block at its place in the file."""
    block = whole.blocks[at]
    first = block.tokens[0]
    # the prelude is one line more, and the block's first line lacks what is before it
    line = (fault.lineno or 2) - 2 + first.line
    column = (fault.offset or 1) + (first.column - 1 if line == first.line else 0)
    return blame.blame(block, line, column, str(fault.msg))


def _told(whole: BrokenFile, found: Blame) -> Problem:
    code, message, hint = found.what
    excerpt = faults.excerpt(whole.lines, found.line)
    return Problem(
        whole.path, found.line, found.column, "error", code, message, hint, excerpt
    )
