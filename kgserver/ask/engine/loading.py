"""The graph is loaded into the mother's memory, a little at a time.

A child opens the version's store and writes it out; the mother reads, between two looks
at her other duties. So she stays free of the threads that a store on disk has, and can
fork at any moment.
"""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.engine import role
from kgserver.load import versions
from kgserver.model import names

if TYPE_CHECKING:
    from pathlib import Path

    from kgserver.model.manifest import Snapshot

_PIECE = 1024 * 1024
_DEFAULT = ox.DefaultGraph()
_TYPE = ox.NamedNode(names.RDF + "type")
# bytes that a quad takes in the engine's memory, with its share of the terms
_QUAD = 350
_MEGABYTE = 1024 * 1024
# what stands behind the last line when nothing is missing
_COMPLETE = b"# complete"


def fits(snapshot: Snapshot, megabytes: int) -> bool:
    """Whether a version may be held in memory.

    Every statement stands in two graphs, and the default graph in two stores.
    """
    counts = snapshot.counts
    return takes_less(counts.asserted + counts.inferred + 2 * counts.merged, megabytes)


def takes_less(quads: int, megabytes: int) -> bool:
    """Whether so many quads may be held in so much memory."""
    return quads * _QUAD < megabytes * _MEGABYTE


class Loading:
    """Stores that are being filled from a version's directory.

    `default_graph` holds the default graph by itself: the engine goes along all quads
    of a term, whichever graph they are in, and so takes half as long there.
    """

    def __init__(self, directory: Path) -> None:
        self.store, self.default_graph = ox.Store(), ox.Store()
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
        quads = list(ox.parse(whole + mark, ox.RdfFormat.N_QUADS))
        self.store.bulk_extend(quads)
        plain = [quad for quad in quads if quad.graph_name == _DEFAULT]
        self.default_graph.bulk_extend(plain)
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
        role.take("loader")
        os.close(reading)
        store = ox.Store.read_only(str(directory / versions.STORE))
        with os.fdopen(writing, "wb") as handle:
            output = cast("IO[bytes]", handle)
            # What comes together stands together in memory, and is quickly gone along:
            # of all things at once, their classes are asked. They come twice.
            types = store.quads_for_pattern(None, _TYPE, None)
            ox.serialize(types, output, ox.RdfFormat.N_QUADS)
            store.dump(output, ox.RdfFormat.N_QUADS)
            handle.write(_COMPLETE)
    finally:
        # neither what the parent has still to write nor its exit handlers are ours
        os._exit(0)
