"""The survey of a build: the position of each statement, written beside the store."""

from __future__ import annotations

import os
import shutil
from array import array
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyoxigraph as ox

from kgserver.load import positions, sources, turtle
from kgserver.load.reason.literals import Canon
from kgserver.model.manifest import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Source

Keys: TypeAlias = "npt.NDArray[np.int64]"
_NONE = np.empty(0, np.int64)
_TEXT = frozenset(
    ox.NamedNode(iri)
    for iri in (
        "http://www.w3.org/2001/XMLSchema#string",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
    )
)


def write(
    directory: Path, files: Sequence[Source], folder: Path, before: Path | None
) -> None:
    """Keep the positions of all that was read in the directory of a version to be.

    `before` is the directory of the version before, from which the positions of every
    file that is the same are taken over. A file that was saved once more since it was
    read is left out: another build follows at once.
    """
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
    asserted = np.unique(np.concatenate([_NONE, *said]))
    follow = np.unique(np.fromiter(map(hash, inferred), np.int64))
    merged = np.unique(np.concatenate([asserted, follow]))
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
    ends = array("Q", accumulate(map(len, data.splitlines(keepends=True))))
    hashes = keys(reading)
    order = np.argsort(hashes, kind="stable")
    lines = np.fromiter(reading.lines, np.uint32, len(hashes))
    said = positions.Notes(reading.prefixes, reading.problems, reading.outline)
    notes = said.as_json()
    sizes = len(hashes), len(ends), len(notes)
    head = positions.HEADER.pack(positions.FINGERPRINT, *sizes)
    rows = (hashes[order].tobytes(), lines[order].tobytes(), ends)
    with path.open("wb") as handle:
        for part in (head, *rows, notes, data):
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


def keys(reading: Reading) -> Keys:
    """The hash of each triple of a file as the store will give it back."""
    held = _held.get(reading.source.path)
    if held is None or held[0] != reading.source:
        found = np.fromiter(_keys(reading), np.int64, len(reading.quads))
        held = _held[reading.source.path] = reading.source, found
    return held[1]


_held: dict[str, tuple[Source, Keys]] = {}
"""The keys of each file as it was last looked at, since they are asked for twice."""


def _keys(reading: Reading) -> Iterator[int]:
    canon = Canon()
    for quad in reading.quads:
        value = quad.object
        if isinstance(value, ox.Literal) and value.datatype not in _TEXT:
            stored = canon.term(value)
            yield hash(ox.Triple(quad.subject, quad.predicate, stored))
        else:
            yield hash(quad.triple)
