"""The database of a folder's past: commits, what they changed, who wrote which line.

It is a cache, `.kgserver/history.db` (SQLite), and can be deleted at any time. One
process at a time writes it; those that read see the state before or after.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from kgserver.load.history.entries import Commit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE = "history.db"
# Raised when what is kept changes its form, so that all is read anew.
_GENERATION = 1
_BUSY = 30  # seconds to wait for another process that writes
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE commits (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL, date TEXT NOT NULL, summary TEXT NOT NULL
);
CREATE TABLE changes (
    entity TEXT NOT NULL, number INTEGER NOT NULL,
    added INTEGER NOT NULL, removed INTEGER NOT NULL, lines TEXT NOT NULL,
    PRIMARY KEY (entity, number)
) WITHOUT ROWID;
CREATE TABLE authors (
    id TEXT PRIMARY KEY, author TEXT NOT NULL, date TEXT NOT NULL, summary TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE blames (
    path TEXT PRIMARY KEY, at TEXT NOT NULL, ids TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE stamps (
    path TEXT NOT NULL, digest TEXT NOT NULL, ids TEXT NOT NULL,
    PRIMARY KEY (path, digest)
) WITHOUT ROWID;
"""


@contextlib.contextmanager
def writing(state: Path) -> Iterator[sqlite3.Connection]:
    """The database, to be written whole or not at all."""
    state.mkdir(parents=True, exist_ok=True)
    path = state / FILE
    try:
        connection = _opened(path)
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)
        connection = _opened(path)
    with contextlib.closing(connection):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if not _has_tables(connection):
                _lay_out(connection)
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextlib.contextmanager
def reading(state: Path) -> Iterator[sqlite3.Connection | None]:
    """The database as it is, or None where there is none that can be read."""
    connection = _readable(state / FILE)
    try:
        yield connection
    finally:
        if connection:
            connection.close()


def _readable(path: Path) -> sqlite3.Connection | None:
    """The database, if it is one, and one of this generation."""
    if not path.is_file():
        return None
    where = f"{path.absolute().as_uri()}?mode=ro"
    connection = None
    try:
        connection = sqlite3.connect(where, uri=True, timeout=_BUSY)
        usable = _has_tables(connection)
    except sqlite3.DatabaseError:
        usable = False
    if connection and not usable:
        connection.close()
    return connection if usable else None


def standing(state: Path) -> int:
    """When the database was written last, in nanoseconds; 0 where there is none."""
    try:
        return (state / FILE).stat().st_mtime_ns
    except OSError:
        return 0


def emptied(connection: sqlite3.Connection) -> None:
    """Take everything away."""
    for table in ("meta", "commits", "changes", "authors", "blames", "stamps"):
        connection.execute(f"DELETE FROM {table}")  # names of ours, nobody's input


def noted(connection: sqlite3.Connection, key: str) -> str:
    """What is noted under a key, or nothing."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""


def note(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Keep a text under a key."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def know(connection: sqlite3.Connection, commits: Iterable[Commit]) -> None:
    """Keep who made the commits, whatever they changed."""
    rows = ((c.id, c.author, c.date, c.summary) for c in commits)
    connection.executemany("INSERT OR REPLACE INTO authors VALUES (?, ?, ?, ?)", rows)


def known(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Commit]:
    """The commits of these ids."""
    found = {}
    for each in ids:
        query = "SELECT * FROM authors WHERE id = ?"
        row = connection.execute(query, (each,)).fetchone()
        if row:
            found[each] = Commit(*row)
    return found


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
    connection.execute("PRAGMA user_version").fetchone()
    return connection


def _has_tables(connection: sqlite3.Connection) -> bool:
    row = connection.execute("PRAGMA user_version").fetchone()
    return bool(row == (_GENERATION,))


def _lay_out(connection: sqlite3.Connection) -> None:
    """Begin with empty tables; those of another generation are dropped."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    for (name,) in found.fetchall():
        connection.execute(f'DROP TABLE "{name}"')
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_GENERATION}")
