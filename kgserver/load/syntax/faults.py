"""The parser's complaint about a place of a file as a finding, with the line itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.syntax import complaints
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence


def explain(fault: SyntaxError, file: str, lines: Sequence[bytes]) -> Problem:
    """The parser's complaint about one place of a file as a finding."""
    line, column = fault.lineno or 0, fault.offset or 0
    code, message, hint = complaints.words(str(fault.msg))
    return Problem(
        file, line, column, "error", code, message, hint, excerpt(lines, line)
    )


def excerpt(lines: Sequence[bytes], line: int) -> str:
    """The text of a line, counted from 1, without its line end; empty where none is."""
    if not 0 < line <= len(lines):
        return ""
    return lines[line - 1].decode("utf-8", "replace").rstrip("\r\n")
