"""What changed of each entity, commit by commit, kept in the ledger and read from it.

A commit's changes are those of all its files together, so that a statement which moved
to another file, or whose file was renamed, is no change. Merges are passed over, since
the commits that they bring in are told themselves. Only what is new since the last time
is read; where the past was rewritten, all is read anew.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kgserver.load import sources, turtle
from kgserver.load.history import entries, git, ledger, log
from kgserver.load.history.entries import Commit, Entry
from kgserver.model import names

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kgserver.load.history.git import Repository
    from kgserver.load.history.log import Edit
    from kgserver.model.settings import Settings

    Statements = Mapping[str, frozenset[str]]

# The statements kept of one commit: what it changes beyond that is counted, not listed.
_MOST_LINES = 200_000
# Entities of a namespace that are looked at for one that may be meant.
_MANY = 20_000
_MOST_BYTES = 64 * 1024 * 1024


def bring(settings: Settings) -> Repository:
    """Bring the ledger up to what is committed; raises NoHistory where nothing is."""
    repository = git.find(settings.folder)
    with ledger.writing(settings.state) as connection:
        origin = f"{settings.base_iri} {repository.top} {repository.prefix}"
        since = ledger.noted(connection, "head")
        if ledger.noted(connection, "origin") != origin or (
            since != repository.head and not _follows(repository, since)
        ):
            ledger.emptied(connection)
            ledger.note(connection, "origin", origin)
            since = ""
        if since != repository.head:
            _read_on(connection, repository, settings, since)
            ledger.note(connection, "head", repository.head)
            ledger.note(connection, "shallow", "yes" if repository.shallow else "")
    return repository


def of(
    state: Path, iri: str, *, limit: int = 50, before: int = 0, since: str = ""
) -> tuple[Entry, ...]:
    """What is known of an entity's changes, the newest first.

    `before` passes over as many of the newest; `since` is a date in ISO 8601.
    """
    query = """
        SELECT id, author, date, summary, added, removed, lines
        FROM changes JOIN commits USING (number)
        WHERE entity = ? AND date >= ? ORDER BY number DESC LIMIT ? OFFSET ?
    """
    with ledger.reading(state) as connection:
        if connection is None:
            return ()
        rows = connection.execute(query, (iri, since, limit, before)).fetchall()
    return tuple(_entry(row) for row in rows)


def count(state: Path, iri: str) -> int:
    """How many commits changed an entity."""
    query = "SELECT COUNT(*) FROM changes WHERE entity = ?"
    with ledger.reading(state) as connection:
        if connection is None:
            return 0
        found: int = connection.execute(query, (iri,)).fetchone()[0]
        return found


def nearest(state: Path, iri: str) -> str | None:
    """The entity of the same namespace whose name a misspelt one most likely means."""
    local = re.split("[#/]", iri)[-1]
    space = iri.removesuffix(local)
    query = """
        SELECT DISTINCT entity FROM changes
        WHERE entity >= ? AND entity < ? LIMIT ?
    """
    with ledger.reading(state) as connection:
        if connection is None:
            return None
        rows = connection.execute(query, (space, f"{space}\U0010ffff", _MANY))
        known = [row[0].removeprefix(space) for row in rows]
    near = names.nearest(local, known, 0.8)
    return f"{space}{near}" if near else None


def head(state: Path) -> str:
    """The commit up to which the past is known; empty where it is not."""
    with ledger.reading(state) as connection:
        return ledger.noted(connection, "head") if connection else ""


def is_shallow(state: Path) -> bool:
    """Whether the checkout lacks the older part of its past."""
    with ledger.reading(state) as connection:
        return bool(connection and ledger.noted(connection, "shallow"))


def pending(settings: Settings, repository: Repository, iri: str) -> Entry | None:
    """What was saved of an entity and is not committed, or None."""
    held = tree(repository, repository.head)
    saved = {source.path: source for source in sources.find(settings)}
    data = {path: (settings.folder / path).read_bytes() for path in saved}
    changed = [p for p in {*held, *saved} if held.get(p) != _blob_id(data.get(p))]
    blobs = repository.blobs(held[path] for path in changed if path in held)
    before = [
        _statements(settings, path, next(blobs)) for path in changed if path in held
    ]
    after = [_statements(settings, p, data[p]) for p in changed if p in data]
    found = entries.changes(entries.joined(before), entries.joined(after)).get(iri)
    if not found:
        return None
    added, removed = map(entries.triples, found)
    return Entry(None, added, removed, (len(added), len(removed)))


def tree(repository: Repository, commit: str) -> Mapping[str, str]:
    """The RDF files of the folder in a commit: the blob of each path."""
    return {p: blob for p, blob in repository.files(commit) if log.matters(p)}


def _blob_id(data: bytes | None) -> str | None:
    """The id that git gives a blob of these bytes, where it keeps SHA-1."""
    if data is None:
        return None
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def _follows(repository: Repository, since: str) -> bool:
    return bool(since) and repository.is_ancestor(since)


def _read_on(
    connection: sqlite3.Connection,
    repository: Repository,
    settings: Settings,
    since: str,
) -> None:
    row = connection.execute("SELECT MAX(number) FROM commits").fetchone()
    number = row[0] or 0
    held: dict[tuple[str, str], Statements] = {}
    for commit, edits in log.walk(repository, since):
        changed, held = _changes(repository, settings, edits, held)
        if not changed:
            continue
        number += 1
        values = (number, commit.id, commit.author, commit.date, commit.summary)
        connection.execute("INSERT INTO commits VALUES (?, ?, ?, ?, ?)", values)
        kept = sum(len(a) + len(r) for a, r in changed.values()) <= _MOST_LINES
        rows = (
            (iri, number, len(a), len(r), _written(a, r) if kept else "")
            for iri, (a, r) in changed.items()
        )
        connection.executemany("INSERT INTO changes VALUES (?, ?, ?, ?, ?)", rows)


def _changes(
    repository: Repository,
    settings: Settings,
    edits: Sequence[Edit],
    held: Mapping[tuple[str, str], Statements],
) -> tuple[
    Mapping[str, tuple[frozenset[str], frozenset[str]]],
    dict[tuple[str, str], Statements],
]:
    """What the edits of a commit change together, and what the files say behind it.

    What a commit leaves is often what the next begins with: `held` is that.
    """
    wanted = [(e.path, e.before) for e in edits if e.before]
    wanted += [(e.path, e.after) for e in edits if e.after]
    missing = [key for key in dict.fromkeys(wanted) if key not in held]
    said = dict(held)
    for key, data in zip(
        missing, repository.blobs(blob for _, blob in missing), strict=True
    ):
        said[key] = _statements(settings, key[0], data)
    before = entries.joined(said[e.path, e.before] for e in edits if e.before)
    after = entries.joined(said[e.path, e.after] for e in edits if e.after)
    kept = {(e.path, e.after): said[e.path, e.after] for e in edits if e.after}
    return entries.changes(before, after), kept


def _statements(settings: Settings, path: str, data: bytes) -> Statements:
    if len(data) > _MOST_BYTES:
        return {}
    source = sources.named(settings, PurePosixPath(path))
    reading = turtle.read_bytes(source, data)
    return entries.by_entity(quad.triple for quad in reading.quads)


def _written(added: frozenset[str], removed: frozenset[str]) -> str:
    lines = [*(f"+{line}" for line in added), *(f"-{line}" for line in removed)]
    return "\n".join(sorted(lines))


def _entry(row: tuple[str, str, str, str, int, int, str]) -> Entry:
    *commit, added, removed, lines = row
    marked = lines.split("\n") if lines else []
    return Entry(
        Commit(*commit),
        entries.triples(line[1:] for line in marked if line[0] == "+"),
        entries.triples(line[1:] for line in marked if line[0] == "-"),
        (added, removed),
    )
