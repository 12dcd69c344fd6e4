"""Where each statement of a version stands: the line, and the line's text at the time.

A version keeps one file for each source, next to its store, hard-linked from the
version before where the source is the same. It holds what the source said, letter for
letter, and answers by binary search, mapped into memory and not read:

    header      fingerprint of the engine, how many statements, lines, bytes of notes
    keys        int64, sorted: the engine's hash of the triple as the store gives it
    lines       uint32: the line, from 1, of the statement with the key at this place
    ends        uint64: where each line ends in the text, in bytes
    notes       JSON: the prefixes that the source declares, what was wrong with it,
                its outline for the doctor
    text        the bytes of the source

The hash is the same in every process, but another release of the engine may have
another one; its fingerprint tells, and is part of what a version is made from.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor import outline
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgserver.load.doctor.outline import Columns, Outline
    from kgserver.model.manifest import Source

FOLDER = "lines"
HEADER = struct.Struct("=qQQQ")
_SPOT = ox.NamedNode("urn:spot")
FINGERPRINT = hash(ox.Triple(_SPOT, _SPOT, ox.Literal("spot", language="en")))


def address(source: Source) -> str:
    """The name of a source's file; sources of one address have the same positions.

    The graph is part of it, since relative IRIs and blank nodes are named after it.
    """
    parts = f"{source.digest}\0{source.graph}"
    return hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Notes:
    """What reading a source brought to light beside its statements.

    `said` are the hash and the line of each of these.
    """

    prefixes: Mapping[str, str]
    problems: tuple[Problem, ...]
    outline: Outline
    said: Columns

    def as_json(self) -> bytes:
        """The notes as `Positions.notes` reads them."""
        problems = [problem.as_json() for problem in self.problems]
        members = {
            "prefixes": dict(self.prefixes),
            "problems": problems,
            "outline": self.outline.as_json(),
        }
        return json.dumps(members, ensure_ascii=False).encode()


class Positions:
    """The positions in one source, as they were when a version was built."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as handle:
            mapped = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        self._mapped = mapped
        fingerprint, statements, lines, notes = HEADER.unpack_from(mapped)
        self._known = fingerprint == FINGERPRINT
        view, at = memoryview(mapped), HEADER.size
        self._keys = view[at : at + 8 * statements].cast("q")
        at += 8 * statements
        self._lines = view[at : at + 4 * statements].cast("I")
        at += 4 * statements
        self._ends = view[at : at + 8 * lines].cast("Q")
        at += 8 * lines
        self._notes, self._text = at, at + notes

    def __len__(self) -> int:
        return len(self._keys)

    def notes(self) -> Notes:
        """What reading the source brought to light."""
        members = json.loads(self._mapped[self._notes : self._text])
        problems = tuple(Problem(**each) for each in members["problems"])
        known = outline.load(members["outline"])
        return Notes(members["prefixes"], problems, known, (self._keys, self._lines))

    def lines(self, triple: ox.Triple) -> Iterator[int]:
        """The lines that state a triple, which is given as the store has it."""
        if not self._known:
            return
        key = hash(triple)
        at = bisect_left(self._keys, key)
        while at < len(self._keys) and self._keys[at] == key:
            yield self._lines[at]
            at += 1

    def text(self, line: int) -> str:
        """The line, counted from 1, without its line end; empty where there is none."""
        if not 0 < line <= len(self._ends):
            return ""
        begin = self._ends[line - 2] if line > 1 else 0
        data = self._mapped[self._text + begin : self._text + self._ends[line - 1]]
        return data.decode("utf-8", "replace").rstrip("\r\n")

    def source(self) -> bytes:
        """All that the source said."""
        return self._mapped[self._text :]


def opened(directory: Path, source: Source) -> Positions | None:
    """The positions in a source of the version in a directory, if they were kept."""
    try:
        return Positions(directory / FOLDER / address(source))
    except (OSError, TypeError, ValueError, struct.error):
        return None
