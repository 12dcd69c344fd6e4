"""The commits that touch a folder's RDF files, as git's log tells them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kgserver.load import sources
from kgserver.load.history import entries
from kgserver.load.history.entries import Commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.load.history.git import Repository

# The commits that are looked at, at most: the newest.
MOST = 10_000
_FORMAT = "--format=%x01%H%x00%aN%x00%ad%x00%s"
_NONE = re.compile(r"0+")


@dataclass(frozen=True, slots=True)
class Edit:
    """A file in a commit: its path in the folder, its blob before and after."""

    path: str
    before: str
    after: str


def matters(path: str) -> bool:
    """Whether a path of the folder names a file whose statements are read."""
    parts = PurePosixPath(path).parts
    return (
        PurePosixPath(path).suffix in sources.FORMATS
        and parts[0] != "queries"
        and not any(part.startswith(".") for part in parts)
        and path.isprintable()
    )


def walk(repository: Repository, since: str) -> Iterator[tuple[Commit, Sequence[Edit]]]:
    """The commits since one, the oldest first, each with the files it touches."""
    span = f"{since}..{repository.head}" if since else repository.head
    where = [repository.prefix] if repository.prefix else []
    log = repository.run(
        "log", "--no-merges", "--topo-order", "--reverse", "--root", "--raw", "-z",
        "--date=iso-strict-local", "--no-abbrev", "--no-renames", "--no-ext-diff",
        "--no-textconv", "--no-notes",
        f"--max-count={MOST}", _FORMAT, span, "--", *where,
    )  # fmt: skip
    yield from _parsed(os.fsdecode(log), repository.prefix)


def _parsed(log: str, prefix: str) -> Iterator[tuple[Commit, Sequence[Edit]]]:
    """The log by its fields, which end in NUL, so that no name or message misleads.

    A commit is its id behind an \\x01, its author, date and message; a file is git's
    raw format (`:100644 100644 A B M`) and its path.
    """
    fields = iter(log.split("\0"))
    commit, edits = None, list[Edit]()
    for field in fields:
        about = field.lstrip("\n")
        if about.startswith("\x01"):
            if commit:
                yield commit, edits
            rest = (entries.plain(next(fields)) for _ in range(3))
            commit, edits = Commit(about[1:], *rest), []
        elif about.startswith(":"):
            edits += _edit(about, next(fields), prefix)
    if commit:
        yield commit, edits


def _edit(about: str, path: str, prefix: str) -> list[Edit]:
    """The file that a line of git's raw format is about, if its statements are read."""
    _, _, before, after, _ = about.split(" ")
    below = path.removeprefix(prefix)
    if not path.startswith(prefix) or not matters(below):
        return []
    blobs = ("" if _NONE.fullmatch(blob) else blob for blob in (before, after))
    return [Edit(below, *blobs)]
