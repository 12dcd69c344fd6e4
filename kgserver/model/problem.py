"""Trouble with data is a value, a Problem; trouble with a request is a Refusal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in the data: where, what, and what to do about it.

    `line` and `column` count from 1; 0 means that the finding concerns the whole file.
    `excerpt` is the source line itself.
    """

    file: str
    line: int
    column: int
    severity: Severity
    code: str
    message: str
    hint: str
    excerpt: str = ""

    @property
    def fatal(self) -> bool:
        """Whether a version with this problem must not go into service."""
        return self.severity == "error"

    def as_json(self) -> dict[str, str | int]:
        """The finding as a flat object of strings and numbers."""
        return asdict(self)
