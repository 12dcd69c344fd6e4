"""The survey of a build: the position of each statement, written beside the store."""

from __future__ import annotations

import os
import shutil
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from kgserver.load import digests, positions, turtle, versions
from kgserver.load.reason.rows.relation import unique
from kgserver.model.manifest import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import numpy.typing as npt
    import pyoxigraph as ox

    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Source

Keys: TypeAlias = "npt.NDArray[np.int64]"
_LF, _WIDTH = ord("\n"), 8
_NONE = np.empty(0, np.int64)


def write(
    directory: Path, files: Sequence[Source], folder: Path, before: Path | None
) -> None:
    """Keep the positions of all that was read in the directory of a version to be.

    `before` is the directory of the version before, from which the positions of every
    file that is the same are taken over, unless other code has noted them. A file that
    was saved once more since it was read is left out: another build follows at once.
    """
    if before and (before / versions.MANIFEST).exists():
        alike = versions.read(before).checker == versions.checker()
        before = before if alike else None
    target = directory / positions.FOLDER
    target.mkdir()
    for source in files:
        name = positions.address(source)
        path = target / name
        if not path.exists() and not (
            before and _linked(before / positions.FOLDER / name, path)
        ):
            reading = turtle.read(source, folder)
            if reading.source == source:
                _survey(path, reading, folder)


def count(readings: Iterable[Reading], inferred: Iterable[ox.Triple]) -> Counts:
    """How many triples files say, how many follow, how many there are in all.

    They are told apart by the hash of what the store makes of them.
    """
    said = [keys(r) for r in readings if r.source.role != "shapes"]
    asserted = unique(np.concatenate([_NONE, *said]))
    follow = unique(np.fromiter(map(hash, inferred), np.int64))
    merged = unique(np.concatenate([asserted, follow]))
    return Counts(len(asserted), len(follow), len(merged))


def _linked(old: Path, new: Path) -> bool:
    """Whether the file is there now: the same one, or a copy where links cannot be."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        return False
    except OSError:
        shutil.copyfile(old, new)
    return True


def _survey(path: Path, reading: Reading, folder: Path) -> None:
    data = _text(reading, folder)
    ends = _ends(data)
    hashes = keys(reading)
    order = np.argsort(hashes, kind="stable")
    lines = np.frombuffer(reading.lines, np.uint32)
    notes = positions.Notes(
        reading.prefixes, reading.problems, reading.outline, reading.said
    ).as_json()
    sizes = len(hashes), len(ends) // _WIDTH, len(notes)
    head = positions.HEADER.pack(positions.FINGERPRINT, *sizes)
    rows = (hashes[order].tobytes(), lines[order].tobytes(), ends)
    with path.open("wb") as handle:
        for part in (head, *rows, notes, data):
            handle.write(part)
        handle.flush()
        os.fsync(handle.fileno())


def _ends(data: bytes) -> bytes:
    """Where each line ends, as numbers of eight bytes."""
    if b"\r" in data:
        lines = data.splitlines(keepends=True)
        return array("Q", accumulate(map(len, lines))).tobytes()
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _LF) + 1
    rest = [] if data.endswith(b"\n") or not data else [len(data)]
    return np.append(ends, rest).astype(np.uint64).tobytes()


def _text(reading: Reading, folder: Path) -> bytes:
    """What the file said when it was read; nothing where it has been saved since.

    Another build follows such a save at once.
    """
    try:
        data = (folder / reading.source.path).read_bytes()
    except OSError:
        return b""
    return data if digests.digest_of(data) == reading.source.digest else b""


def keys(reading: Reading) -> Keys:
    """The hash of each triple of a file as the store will give it back."""
    return np.frombuffer(reading.quads.keys, np.int64)
