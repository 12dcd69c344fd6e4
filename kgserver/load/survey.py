"""The survey of a build: the position of each statement, written beside the store."""

from __future__ import annotations

import os
import shutil
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

from kgserver.load import positions, sources
from kgserver.load.reason.literals import Canon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgserver.load.turtle import Reading

_TEXT = frozenset(
    ox.NamedNode(iri)
    for iri in (
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    )
)


def write(
    directory: Path, readings: Sequence[Reading], folder: Path, before: Path | None
) -> None:
    """Keep the positions of all that was read in the directory of a version to be.

    `before` is the directory of the version before, from which the positions of every
    file that is the same are taken over.
    """
    target = directory / positions.FOLDER
    target.mkdir()
    for reading in readings:
        name = positions.address(reading.source)
        path = target / name
        if not path.exists() and not (
            before and _linked(before / positions.FOLDER / name, path)
        ):
            _survey(path, reading, folder)


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
    ends = array("Q", accumulate(map(len, data.splitlines(keepends=True))))
    keys = np.fromiter(_keys(reading), np.int64, len(reading.quads))
    order = np.argsort(keys, kind="stable")
    lines = np.fromiter(reading.lines, np.uint32, len(keys))
    head = positions.HEADER.pack(positions.FINGERPRINT, len(keys), len(ends))
    with path.open("wb") as handle:
        for part in (head, keys[order].tobytes(), lines[order].tobytes(), ends, data):
            handle.write(part)
        handle.flush()
        os.fsync(handle.fileno())


def _text(reading: Reading, folder: Path) -> bytes:
    """What the file said when it was read; nothing where it has been saved since.

    Another build follows such a save at once.
    """
    try:
        data = (folder / reading.source.path).read_bytes()
    except OSError:
        return b""
    return data if sources.digest_of(data) == reading.source.digest else b""


def _keys(reading: Reading) -> list[int]:
    """The hash of each triple as the store will give it back."""
    canon, keys = Canon(), []
    for quad in reading.quads:
        value = quad.object
        if isinstance(value, ox.Literal) and value.datatype not in _TEXT:
            stored = canon.term(value)
            keys.append(hash(ox.Triple(quad.subject, quad.predicate, stored)))
        else:
            keys.append(hash(quad.triple))
    return keys
