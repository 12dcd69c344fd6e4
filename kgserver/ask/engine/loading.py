"""The graph is loaded into the mother's memory, a little at a time.

A child opens the version's store and writes it out; the mother reads, between two looks
at her other duties. So she stays free of the threads that a store on disk has, and can
fork at any moment.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.load import versions

if TYPE_CHECKING:
    from pathlib import Path

    from kgserver.model.manifest import Snapshot

_PIECE = 1024 * 1024
# bytes that a quad takes in the engine's memory, with its share of the terms
_QUAD = 350
_MEGABYTE = 1024 * 1024
# what stands behind the last line when nothing is missing
_COMPLETE = b"# complete"


def fits(snapshot: Snapshot, megabytes: int) -> bool:
    """Whether a version may be held in memory: every statement stands in two graphs."""
    quads = snapshot.counts.asserted + snapshot.counts.inferred + snapshot.counts.merged
    return quads * _QUAD < megabytes * _MEGABYTE


class Loading:
    """A store that is being filled from a version's directory."""

    def __init__(self, directory: Path) -> None:
        self.store = ox.Store()
        self.done = self.failed = False
        self._rest = b""
        self.handle, writing = os.pipe()
        self.child = os.fork()
        if not self.child:
            _dump(directory, self.handle, writing)
        os.close(writing)

    def step(self) -> None:
        """Read what has come; `done` or `failed` is set at the end."""
        data = os.read(self.handle, _PIECE)
        whole, mark, self._rest = (self._rest + data).rpartition(b"\n")
        self.store.bulk_extend(ox.parse(whole + mark, ox.RdfFormat.N_QUADS))
        if not data:
            os.close(self.handle)
            self.done, self.failed = True, self._rest != _COMPLETE

    def stop(self) -> None:
        """Give up: nothing is read any more, and the child ends by that."""
        if not self.done:
            os.close(self.handle)
            self.done = self.failed = True


def _dump(directory: Path, reading: int, writing: int) -> None:
    """Write a version's store out and end; in a process of its own."""
    try:
        os.close(reading)
        store = ox.Store.read_only(str(directory / versions.STORE))
        with os.fdopen(writing, "wb") as handle:
            store.dump(cast("IO[bytes]", handle), ox.RdfFormat.N_QUADS)
            handle.write(_COMPLETE)
    finally:
        # neither what the parent has still to write nor its exit handlers are ours
        os._exit(0)
