"""Findings for a terminal: each with its line and remedy, each rule's reason once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kgserver.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.model.problem import Problem


class Piece(NamedTuple):
    """A line, and what it is: a severity for a head, "caret", "why", "help" or ""."""

    text: str
    kind: str = ""


def pieces(problems: Iterable[Problem]) -> Iterator[Piece]:
    """The findings line by line, as `Problem.as_text` has them, with their reasons."""
    told: set[str] = set()
    for problem in problems:
        reason = rule.of(problem.code)
        head, *rest = problem.as_text().split("\n")
        yield Piece(head, problem.severity)
        for line in rest:
            remedy = line.startswith("    help: ")
            if remedy and reason.name not in told:
                told.add(reason.name)
                yield Piece(f"    why: {reason.why}", "why")
            bare = line.strip()
            yield Piece(line, "caret" if bare == "^" else "help" if remedy else "")


def summary(problems: Iterable[Problem]) -> str:
    """How many findings there are of each severity."""
    counted: dict[str, int] = {}
    for problem in problems:
        counted[problem.severity] = counted.get(problem.severity, 0) + 1
    parts = [
        f"{counted[each]:,} {each}{'' if counted[each] == 1 else 's'}"
        for each in ("error", "warning", "note")
        if each in counted
    ]
    return ", ".join(parts) or "nothing to mend"
