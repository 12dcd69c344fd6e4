"""A file as it is and as it would be in the style; written where that is asked for."""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.load import sources, turtle
from kgserver.load.layout import style, tokens
from kgserver.model import rule
from kgserver.model.manifest import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

SUFFIX = ".ttl"


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A file's text as it is and in the style; the same where problems forbid it."""

    path: Path
    before: str
    after: str
    problems: tuple[Problem, ...] = ()

    @property
    def changes(self) -> bool:
        """Whether the file is not in the style."""
        return self.before != self.after

    def diff(self) -> str:
        """What would change, as a unified diff."""
        return unified(str(self.path), self.before, self.after)

    def write(self) -> None:
        """Put the new text in the file's place, whole or not at all, its mode kept."""
        path = self.path.resolve()
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(tokens.encode(self.after))
            part.chmod(path.stat().st_mode & 0o7777)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def files(settings: Settings) -> list[Path]:
    """The Turtle files of a folder."""
    paths = (settings.folder / source.path for source in sources.find(settings))
    return [path for path in paths if path.suffix == SUFFIX]


def rewriting(path: Path) -> Rewriting:
    """A file and what it would be; one with a syntax fault stays as it is."""
    return of(path.read_bytes(), path)


def of(data: bytes, path: Path) -> Rewriting:
    """The same for bytes that are not in a file, or not yet."""
    text = tokens.decode(data)
    source = Source(f"in{SUFFIX}", "http://localhost/", "data", "")
    found = turtle.read_bytes(source, data).problems
    problems = tuple(
        replace(each, file=str(path)) for each in found if rule.of(each.code).fixed
    )
    after = text if problems else style.formatted(text)
    return Rewriting(path, text, after, problems)


def unified(name: str, before: str, after: str) -> str:
    """A unified diff of one file that `patch` and `git apply` take."""
    return "".join(_hunks(name, _lines(before), _lines(after)))


def _hunks(name: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
        ended = line.endswith("\n")
        yield line if ended else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """The lines of a text, each with its end, broken where git breaks them."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]
