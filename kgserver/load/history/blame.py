"""Who wrote each line of a file: git's blame of what is committed, kept in the ledger.

Blame is asked of the committed file only, and the lines as they are saved are matched
to it here, so that git neither reads the working tree nor runs its filters. A line that
is saved and not committed has no commit.
"""

from __future__ import annotations

import difflib
import json
import os
from typing import TYPE_CHECKING

from kgserver.load import sources
from kgserver.load.history import chronicle, entries, ledger
from kgserver.load.history.entries import Commit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.history.git import Repository
    from kgserver.model.manifest import Source
    from kgserver.model.settings import Settings

# Lines between two equal ends of a file that are still matched one by one.
_MOST = 4000


def bring(
    settings: Settings, repository: Repository, paths: Iterable[str] | None = None
) -> None:
    """Bring the ledger up to who wrote each line of these files, or of all.

    A file is blamed anew where a commit has touched it since.
    """
    held = chronicle.tree(repository, repository.head)
    wanted = set(held if paths is None else paths)
    latest = _latest(repository, wanted & held.keys())
    with ledger.writing(settings.state) as connection:
        for source in sources.find(settings):
            if source.path in wanted:
                data = (settings.folder / source.path).read_bytes()
                at = latest.get(source.path, "")
                ids = _committed(connection, repository, source.path, at)
                blob = next(repository.blobs([held[source.path]])) if at else b""
                matched = _matched(_lines(blob), _lines(data), ids)
                values = (source.path, source.digest, json.dumps(matched))
                connection.execute(
                    "INSERT OR REPLACE INTO stamps VALUES (?, ?, ?)", values
                )


def stamps(state: Path, source: Source) -> Sequence[Commit | None]:
    """The commit that wrote each line of a file, from the ledger alone.

    Empty where it is not known of the file as it was in that version.
    """
    query = "SELECT ids FROM stamps WHERE path = ? AND digest = ?"
    with ledger.reading(state) as connection:
        if connection is None:
            return ()
        row = connection.execute(query, (source.path, source.digest)).fetchone()
        ids: list[str] = json.loads(row[0]) if row else []
        commits = ledger.known(connection, set(ids) - {""})
    return tuple(commits.get(each) for each in ids)


def _latest(repository: Repository, paths: Iterable[str]) -> Mapping[str, str]:
    """The last commit that touched each file."""
    found = {}
    missing = set(paths)
    where = [repository.prefix] if repository.prefix else []
    log = repository.run(
        "log", "--format=%x01%H", "--name-only", "-z", "--no-renames", "-m",
        "--first-parent", "--no-ext-diff", "--no-textconv", "HEAD", "--", *where,
    )  # fmt: skip
    commit = ""
    for field in os.fsdecode(log).split("\0"):
        about = field.lstrip("\n")
        if about.startswith("\x01"):
            commit = about[1:]
            continue
        below = about.removeprefix(repository.prefix)
        if below in missing:
            missing.discard(below)
            found[below] = commit
    return found


def _committed(
    connection: sqlite3.Connection, repository: Repository, path: str, at: str
) -> Sequence[str]:
    """The commit of each line of the committed file, by the ledger or by git."""
    if not at:
        return ()
    query = "SELECT ids FROM blames WHERE path = ? AND at = ?"
    row = connection.execute(query, (path, at)).fetchone()
    if row:
        kept: list[str] = json.loads(row[0])
        return kept
    ids, commits = _parsed(
        repository.run(
            "blame", "--porcelain", "--no-textconv", "--root", repository.head,
            "--", f"{repository.prefix}{path}",
        )
    )  # fmt: skip
    ledger.know(connection, commits)
    values = (path, at, json.dumps(ids))
    connection.execute("INSERT OR REPLACE INTO blames VALUES (?, ?, ?)", values)
    return ids


def _parsed(porcelain: bytes) -> tuple[list[str], list[Commit]]:
    """The commit of each line, and the commits, from `git blame --porcelain`.

    A line's text stands behind a tab; before it, a commit that comes for the first time
    is described.
    """
    ids: list[str] = []
    said: dict[str, dict[str, str]] = {}
    current = ""
    for line in porcelain.split(b"\n"):
        if line.startswith(b"\t"):
            ids.append(current)
            current = ""
        elif not current:
            current = line.partition(b" ")[0].decode("ascii", "replace")
            said.setdefault(current, {})
        else:
            key, _, value = os.fsdecode(line).partition(" ")
            said[current][key] = value
    commits = [_commit(each, about) for each, about in said.items() if each]
    return ids, commits


def _commit(name: str, about: Mapping[str, str]) -> Commit:
    seconds = int(about.get("author-time", "0"))
    return Commit(
        name,
        entries.plain(about.get("author", "")),
        entries.moment(seconds),
        entries.plain(about.get("summary", "")),
    )


def _lines(data: bytes) -> list[bytes]:
    """The lines of a file, however its lines end."""
    return [line.rstrip(b"\r\n") for line in data.splitlines(keepends=True)]


def _matched(
    before: Sequence[bytes], after: Sequence[bytes], ids: Sequence[str]
) -> list[str]:
    """The commit of each line as it is saved; nothing where it is not committed."""
    if len(ids) != len(before):
        return [""] * len(after)
    first = _common(before, after)
    last = _common(before[first:][::-1], after[first:][::-1])
    middle = [""] * (len(after) - first - last)
    old = before[first : len(before) - last]
    new = after[first : len(after) - last]
    if len(old) + len(new) <= _MOST:
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for block in matcher.get_matching_blocks():
            for n in range(block.size):
                middle[block.b + n] = ids[first + block.a + n]
    return [*ids[:first], *middle, *ids[len(ids) - last : len(ids)]]


def _common(left: Sequence[bytes], right: Sequence[bytes]) -> int:
    """How many of the first lines are the same."""
    pairs = zip(left, right, strict=False)
    return next(
        (n for n, (one, other) in enumerate(pairs) if one != other),
        min(len(left), len(right)),
    )
