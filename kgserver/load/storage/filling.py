"""A new store while it is filled, by threads of the engine that leave Python its lock.

The engine reads a text three times as fast as it takes quads from Python. So what is
large goes in as text: a file that names no blank node as it stands, beside the reading
of it; all else written out once it is known. Blank nodes, which the engine would name
anew, go in as quads.

The store is filled aside and takes the place of the one before when it is whole.
"""

from __future__ import annotations

import mmap
import shutil
from concurrent import futures
from itertools import chain, pairwise, product
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import digests, sources
from kgserver.load.storage import store
from kgserver.load.terms.statements import placed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kgserver.load.inputs import Inputs
    from kgserver.load.storage.store import Contents, Part
    from kgserver.load.terms.statements import Graph
    from kgserver.model.manifest import Source

LARGE = 20_000
"""Statements from which on a graph goes in as text."""
EARLY = 2_000_000
"""Bytes from which on a file is loaded beside being read."""
PIECE = 1 << 26
"""Bytes that are loaded at a time: the engine takes seven times as much memory."""
# format, what stands wherever there may be a blank node
_NAMELESS = {
    ox.RdfFormat.N_TRIPLES: (b"_:",),
    ox.RdfFormat.TURTLE: (b"_:", b"[", b"("),
}
_WORKERS = 2


class Filling:
    """The store of a version to be; `finish` or `discard` it."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self.aside = state / "filling"
        self._begin()

    def _begin(self) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)
        self.aside.mkdir(parents=True)
        self._store = ox.Store(str(self.aside / "store"))
        self._pool = futures.ThreadPoolExecutor(_WORKERS)
        self._jobs: list[futures.Future[None]] = []
        self._early: dict[str, tuple[Path, object]] = {}

    def begin(self, given: Inputs) -> None:
        """Load the large files that can be loaded as they stand, beside the reading."""
        for source in given.sources:
            path = given.settings.folder / source.path
            if _loads_as_it_stands(source, path):
                self._early[source.path] = path, digests.stamp(path)
                merged = store.merges(given.settings, source)
                graphs = store.graphs(ox.NamedNode(source.graph), merged=merged)
                for begin, end in _spans(source, path):
                    for graph in graphs:
                        self._do(self._load_span, source, path, (begin, end), graph)

    def take(self, contents: Contents) -> None:
        """Load all that is not there yet."""
        quads: list[Iterable[ox.Quad]] = []
        for part in contents.parts:
            if part.source and part.source.path in self._early:
                continue
            if len(part.said) < LARGE:
                quads.append(part.quads())
            else:
                quads.append(self._load_part(part))
        self._store.bulk_extend(chain.from_iterable(quads))

    def finish(self, contents: Contents) -> ox.Store:
        """The store, whole and in its place; it is still to be settled."""
        self._wait()
        if any(digests.stamp(path) != stamp for path, stamp in self._early.values()):
            del self._store
            self._begin()
            self.take(contents)
            self._wait()
        del self._store
        return store.replaced(self._state / "work", self.aside)

    def discard(self) -> None:
        """Leave the store of the version in service as it is."""
        self._pool.shutdown(cancel_futures=True)
        del self._store
        shutil.rmtree(self.aside, ignore_errors=True)

    def _wait(self) -> None:
        self._pool.shutdown()
        for job in self._jobs:
            job.result()

    def _load_part(self, part: Part) -> Iterable[ox.Quad]:
        """Load a graph as text; what is left of it are quads with blank nodes."""
        text, others = part.said.written()
        half = text.find(b"\n", len(text) // 2) + 1
        # in halves, so that the workers, with whom this is the last, end together
        for graph, piece in product(part.graphs, (text[:half], text[half:])):
            self._do(self._load_text, piece, graph)
        return (placed(each, graph) for graph in part.graphs for each in others)

    def _do(self, job: Callable[..., None], *given: object) -> None:
        self._jobs.append(self._pool.submit(job, *given))

    def _load_span(
        self, source: Source, path: Path, span: tuple[int, int], graph: Graph
    ) -> None:
        with path.open("rb") as file:
            file.seek(span[0])
            text = file.read(span[1] - span[0])
        form, base = sources.format_of(source), source.graph
        # The reader has looked at every IRI and tag, or will.
        self._store.bulk_load(
            input=text, format=form, base_iri=base, to_graph=graph, lenient=True
        )

    def _load_text(self, text: bytes, graph: Graph) -> None:
        form = ox.RdfFormat.N_TRIPLES
        self._store.bulk_load(input=text, format=form, to_graph=graph, lenient=True)


def _loads_as_it_stands(source: Source, path: Path) -> bool:
    """Whether the engine makes of the file what the reader does."""
    signs = _NAMELESS.get(sources.format_of(source))
    if signs is None or path.stat().st_size < EARLY:
        return False
    with _mapped(path) as text:
        return all(text.find(sign) < 0 for sign in signs)


def _spans(source: Source, path: Path) -> list[tuple[int, int]]:
    """The file in pieces that can be loaded apart: of Turtle, it is one."""
    size = path.stat().st_size
    if sources.format_of(source) != ox.RdfFormat.N_TRIPLES:
        return [(0, size)]
    with _mapped(path) as text:
        cuts = [text.find(b"\n", at) + 1 for at in range(PIECE, size, PIECE)]
    ends = [*filter(None, cuts), size]
    return list(pairwise([0, *ends]))


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
