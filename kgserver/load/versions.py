"""Versions on disk: immutable directories, and the link that says which is in service.

    .kgserver/
        lock             held by the one builder
        work/            the writable store, and what has been applied to it
        filling/         the next one, while everything is built anew
        snapshots/7/     manifest.json, ontology.nq, store/ and lines/;
                         never changed
        current          a link to the snapshot in service, swapped atomically
        attempt.json     how the last build ended
        digests.json     of large files, and the times of their last change

A directory gets its number only when it is complete, and `current` moves only after
that, so a reader sees a whole version or the one before it. What a crash leaves is
cleared away by the next builder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.model import manifest
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MANIFEST = "manifest.json"
STORE = "store"
ONTOLOGY = "ontology.nq"
_ATTEMPT = "attempt.json"
_PACKAGE = Path(__file__).parents[1]
# Seconds after which nobody is at work in a rehearsal any more.
_FORGOTTEN = 3600


class BusyError(Exception):
    """Another builder holds the lock of this folder."""


@contextlib.contextmanager
def locked(state: Path, *, wait: bool = True) -> Iterator[None]:
    """Be the one builder; without `wait`, raises BusyError where there is another.

    The lock is the kernel's, so a killed builder never leaves it behind.
    """
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as fault:
            msg = f"Another kgserver is building {state.parent}."
            raise BusyError(msg) from fault
        _repair(state)
        yield


def current(state: Path) -> Path | None:
    """The directory of the version in service, or None before the first build."""
    try:
        target = (state / "current").readlink()
    except OSError:
        return None
    directory = state / target
    return directory if (directory / MANIFEST).is_file() else None


def directory(state: Path, number: int) -> Path:
    """Where a version is, or would be."""
    return state / "snapshots" / str(number)


def standing(state: Path) -> tuple[str, int]:
    """Which version is in service, and when a build last ended, in nanoseconds."""
    try:
        link = (state / "current").readlink()
        return link.name, (state / _ATTEMPT).stat().st_mtime_ns
    except OSError:
        return "", 0


def read(directory: Path) -> manifest.Snapshot:
    """The snapshot that a version's directory holds; raises OSError or ValueError."""
    return manifest.load((directory / MANIFEST).read_text("utf-8"))


def next_number(state: Path) -> int:
    """The number of the version to come."""
    return max([_newest(state), *numbers(state)]) + 1


def publish(
    state: Path, snapshot: manifest.Snapshot, fill: Callable[[Path], None]
) -> Path:
    """Make a version whole and put it into service; `fill` writes what it holds."""
    snapshots = state / "snapshots"
    snapshots.mkdir(exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=snapshots))
    fill(building)
    _write(building / MANIFEST, manifest.dump(snapshot))
    building.chmod(0o755)
    directory = snapshots / str(snapshot.version)
    building.rename(directory)
    _sync(snapshots)
    link = state / ".current"
    link.unlink(missing_ok=True)
    link.symlink_to(directory.relative_to(state))
    link.rename(state / "current")
    _sync(state)
    return directory


def prune(state: Path, keep: int) -> None:
    """Take the oldest versions away until `keep` are left; never the one in service."""
    serving = current(state)
    for number in sorted(numbers(state))[:-keep]:
        directory = state / "snapshots" / str(number)
        if directory != serving:
            shutil.rmtree(directory, ignore_errors=True)


def record(state: Path, problems: Sequence[Problem], *, served: bool) -> None:
    """Note how a build ended: what it found, and whether its version is in service."""
    report = {
        "served": served,
        "beside": _serving(state),
        "problems": [problem.as_json() for problem in problems],
    }
    _write(state / _ATTEMPT, json.dumps(report, ensure_ascii=False))


def last_attempt(state: Path) -> tuple[bool, tuple[Problem, ...]]:
    """Whether the last build went into service, and what it found.

    One that did not is forgotten as soon as a newer version is in service, also before
    that is noted.
    """
    try:
        report = json.loads((state / _ATTEMPT).read_text("utf-8"))
    except (OSError, ValueError):
        return True, ()
    if not report["served"] and report["beside"] != _serving(state):
        return True, ()
    return report["served"], tuple(Problem(**each) for each in report["problems"])


def _serving(state: Path) -> str:
    serving = current(state)
    return serving.name if serving else ""


def numbers(state: Path) -> list[int]:
    """The numbers of the versions that are on disk, in no order."""
    snapshots = state / "snapshots"
    found = snapshots.iterdir() if snapshots.is_dir() else ()
    return [int(path.name) for path in found if path.name.isdecimal()]


def _newest(state: Path) -> int:
    """The number of the version put into service last, whole or not."""
    try:
        return int((state / "current").readlink().name)
    except (OSError, ValueError):
        return 0


def _repair(state: Path) -> None:
    """Clear away what a builder or a rehearsal that was killed had not finished."""
    for path in state.glob(".rehearsal-*"):
        if time.time() - path.stat().st_mtime > _FORGOTTEN:
            shutil.rmtree(path, ignore_errors=True)
    newest = _newest(state)
    snapshots = state / "snapshots"
    for path in snapshots.iterdir() if snapshots.is_dir() else ():
        never_served = path.name.isdecimal() and int(path.name) > newest
        if path.name.startswith(".building-") or never_served:
            shutil.rmtree(path, ignore_errors=True)


def _write(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, even after a power cut."""
    part = path.with_name(f".{path.name}")
    with part.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    part.rename(path)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def checker() -> str:
    """The digest of the code that checks files: other code may find other problems."""
    held = hashlib.blake2b(digest_size=16)
    for room in ("load", "model"):
        for path in sorted((_PACKAGE / room).rglob("*.py")):
            held.update(path.read_bytes())
    return held.hexdigest()
