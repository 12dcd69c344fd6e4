"""The parser's complaint about a place of a file as a finding, with the line itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.load.syntax import complaints
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence


# What a complaint about JSON-LD names, which comes without a place.
_NAMED = re.compile(r"'([^']+)'|(@\w+)")
_CONTEXT = "@context"


def explain(fault: SyntaxError, file: str, lines: Sequence[bytes]) -> Problem:
    """The parser's complaint about one place of a file as a finding."""
    line, column = fault.lineno or 0, fault.offset or 0
    if not line:
        line, column = _sought(str(fault.msg), lines)
    code, message, hint = complaints.words(str(fault.msg))
    return Problem(
        file, line, column, "error", code, message, hint, excerpt(lines, line)
    )


def _sought(complaint: str, lines: Sequence[bytes]) -> tuple[int, int]:
    """Where the text in quotes first stands that a complaint names; else (0, 0)."""
    found = _NAMED.search(complaint)
    named = next(filter(None, found.groups()), "") if found else _CONTEXT
    for number, line in enumerate(lines, 1):
        before, quoted, _ = line.decode("utf-8", "replace").partition(f'"{named}"')
        if quoted:
            return number, len(before) + 1
    return 0, 0


def excerpt(lines: Sequence[bytes], line: int) -> str:
    """The text of a line, counted from 1, without its line end; empty where none is."""
    if not 0 < line <= len(lines):
        return ""
    return lines[line - 1].decode("utf-8", "replace").rstrip("\r\n")
