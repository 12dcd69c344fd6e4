"""The digests of large files, remembered for as long as these are as they were.

A file is what it was while its size, its times of change, its inode and its device are,
as git has it (Documentation/technical/racy-git): one that was saved just before it was
read may be saved again within the same tick of the clock, so it is not remembered yet.
The time of the last change of the inode cannot be set, so that a tool which puts the
other one back hides nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from pathlib import Path

LARGE = 1 << 20
"""Bytes from which on a file is remembered; a smaller one is as quickly read."""
SETTLED = 3_000_000_000
"""Nanoseconds without a change after which a file is remembered."""
_FILE = "digests.json"

Stamp = list[int]


class Digests:
    """The digests of a folder's files; what is new of them is written by `keep`."""

    def __init__(self, state: Path) -> None:
        self._path = state / _FILE
        self._known = _read(self._path)
        self._used: dict[str, tuple[Stamp, str]] = {}

    def of(self, path: Path) -> str:
        """The digest of a file's bytes."""
        found = stamp(path)
        if found[0] < LARGE:
            return digest_of(path.read_bytes())
        known, digest = self._known.get(str(path), ([], ""))
        if known != found:
            settled = max(found[1:3]) + SETTLED < time.time_ns()
            digest = digest_of(path.read_bytes())
            if not settled or stamp(path) != found:
                return digest
        self._used[str(path)] = found, digest
        return digest

    def keep(self) -> None:
        """Write down what is new; where nothing may be written, nothing is lost."""
        if self._used == self._known or not self._path.parent.is_dir():
            return
        with contextlib.suppress(OSError):
            handle, name = tempfile.mkstemp(prefix=f".{_FILE}", dir=self._path.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._used, file)
            Path(name).replace(self._path)


def _read(path: Path) -> dict[str, tuple[Stamp, str]]:
    try:
        held = json.loads(path.read_text("utf-8"))
        return {
            name: (list(known), str(digest)) for name, (known, digest) in held.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def stamp(path: Path) -> Stamp:
    """What changes when a file is saved; its size comes first, then its times."""
    found = path.stat()
    return [
        found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev,
    ]  # fmt: skip


def digest_of(data: bytes) -> str:
    """The digest of a file's bytes: BLAKE2b in hex."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()
