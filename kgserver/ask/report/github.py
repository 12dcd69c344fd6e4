"""Findings as workflow commands of GitHub Actions, which shows them at their lines.

One line each, `::error file=…,line=…::…`, with what would end a value escaped:
https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.model.problem import Problem

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_VALUE = {**_DATA, ":": "%3A", ",": "%2C"}


def write(problem: Problem, prefix: str = "") -> str:
    """One finding; `prefix` is the path of the folder in the checkout."""
    values = {"file": prefix + problem.file, "title": problem.code}
    if problem.line:
        values["line"] = str(problem.line)
    if problem.column:
        values["col"] = str(problem.column)
    told = ",".join(f"{name}={_escaped(v, _VALUE)}" for name, v in values.items())
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    return f"::{_LEVELS[problem.severity]} {told}::{_escaped(text, _DATA)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(each, each) for each in text)
