"""Trouble with data is a value: a Problem says what, where, why and what to do."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

# How many letters of a line are shown at most.
_LONG = 300

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding in the data.

    `line` and `column` count from 1; 0 means that the finding concerns the whole file.
    `excerpt` is the source line itself, without its line end. `code` names the rule;
    `instead` is what surely belongs in place of the token there, "" where it should go,
    None where that is not sure.
    """

    file: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    hint: str
    excerpt: str = ""
    instead: str | None = field(default=None, compare=False)

    @property
    def fatal(self) -> bool:
        """Whether a version with this problem must not go into service."""
        return self.severity == "error"

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals make it a link."""
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)

    def as_json(self) -> dict[str, str | int | None]:
        """The finding as a flat object of strings and numbers."""
        return asdict(self)

    def as_text(self) -> str:
        """The finding for a terminal: place, message, line with a caret, remedy."""
        lines = [f"{self.place}: {self.severity}: {self.message} [{self.code}]"]
        if self.excerpt:
            text, column = clipped(self.excerpt, self.column)
            lines += [f"    {text}", f"    {caret(text, column)}"]
        if self.hint:
            lines.append(f"    help: {self.hint}")
        return "\n".join(map(visible, lines))


def visible(line: str) -> str:
    """A line in which nothing is unseen, moves a cursor or turns the text."""
    return "".join(c if _is_seen(c) else "\ufffd" for c in line)


def _is_seen(character: str) -> bool:
    space = character == "\t" or unicodedata.category(character) == "Zs"
    return character.isprintable() or space


def without(
    problems: Iterable[Problem], others: Iterable[Problem]
) -> tuple[Problem, ...]:
    """The problems that the others do not have, on whatever line they stand."""
    known = {_key(each) for each in others}
    return tuple(each for each in problems if _key(each) not in known)


def _key(problem: Problem) -> tuple[str, ...]:
    excerpt = problem.excerpt.strip()
    return problem.file, problem.severity, problem.code, problem.message, excerpt


def counted(number: int, thing: str) -> str:
    """A number with its noun, in the plural where there is not one of it."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def clipped(line: str, column: int) -> tuple[str, int]:
    """A line as it is shown, and the column in it: of a long one what is around it."""
    if len(line) <= _LONG:
        return line, column
    begin = max(column - 1 - _LONG // 2, 0)
    part = line[begin : begin + _LONG]
    head, tail = "…" * (begin > 0), "…" * (begin + _LONG < len(line))
    return f"{head}{part}{tail}", max(column - begin, 0) + len(head)


def caret(line: str, column: int) -> str:
    """A caret under the column of the line, with spaces as wide as its letters."""
    return "".join(map(_space, line[: max(column - 1, 0)])) + "^"


def _space(character: str) -> str:
    if unicodedata.east_asian_width(character) in "WF":
        return "\u3000"
    return "\t" if character == "\t" else " "
