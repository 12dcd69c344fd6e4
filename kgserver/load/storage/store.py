"""The writable store: what the files say and what follows, as quads on disk.

The default graph is the merged graph, asserted and inferred, each triple once. It is
stored as such because the engine's union of graphs returns a triple once for each graph
that holds it, so that counts come out wrong. Only the builder opens this store.

A change is applied under a mark; a builder that finds the mark of one that was killed
begins with an empty store.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

from kgserver.load.terms.statements import DEFAULT, placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kgserver.load.terms.statements import Graph, Said
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Source
    from kgserver.model.settings import Settings

_MARK = "dirty"
_HOLDS = "digest"


@dataclass(frozen=True, slots=True)
class Part:
    """What is in one graph: in all of it, or in as much as one file says of it.

    `merged` tells whether the default graph has it too, `apart` whether the merged
    graph, which shapes and checks look at, does without it. `source` is the file that
    says all of it, where that names no graphs.
    """

    graph: Graph
    said: Said
    merged: bool
    apart: bool = False
    source: Source | None = None

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """The graphs that have it."""
        return graphs(self.graph, merged=self.merged)

    def quads(self) -> Iterator[ox.Quad]:
        """Its quads in each of the graphs."""
        return (placed(each, graph) for graph in self.graphs for each in self.said)

    def triples(self) -> Iterator[ox.Triple]:
        """What is in it, without a graph."""
        for each in self.said:
            yield each.triple if isinstance(each, ox.Quad) else each


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a version holds, by graph."""

    parts: Sequence[Part] = ()

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad, those of the default graph among them."""
        for part in self.parts:
            yield from part.quads()

    def merged(self) -> Iterator[ox.Triple]:
        """What is asserted and inferred; a triple of two files comes twice."""
        for part in self.parts:
            if not part.apart:
                yield from part.triples()

    def in_memory(self) -> ox.Store:
        """A store of its own, to be asked before anything is published."""
        store = ox.Store()
        store.bulk_extend(self.quads())
        return store


def contents(
    settings: Settings, readings: Iterable[Reading], inferred: Said
) -> Contents:
    """What the files say and what follows, arranged for the store."""
    parts = [part for reading in readings for part in _parts(settings, reading)]
    merging = settings.default_graph == "merged"
    parts.append(Part(ox.NamedNode(settings.names.inferred), inferred, merging))
    return Contents(parts)


def _parts(settings: Settings, reading: Reading) -> Iterator[Part]:
    """What a file says: in its own graph, or in those that it names."""
    source = reading.source
    merged = merges(settings, source)
    if reading.names_graphs:
        for said in reading.quads.by_graph():
            apart = not merged and said.graph != DEFAULT
            yield Part(said.graph, said, merged, apart)
    else:
        graph, apart = ox.NamedNode(source.graph), source.role == "shapes"
        yield Part(graph, reading.quads, merged, apart, source)


def graphs(own: Graph, *, merged: bool) -> tuple[Graph, ...]:
    """The graphs that have what is in one: itself, and mostly the default graph."""
    return (own, DEFAULT) if merged and own != DEFAULT else (own,)


def merges(settings: Settings, source: Source) -> bool:
    """Whether the default graph has what a file says."""
    return settings.default_graph == "merged" and source.role != "shapes"


def replaced(work: Path, aside: Path) -> ox.Store:
    """Another store, which nobody has open, in the place of the one on disk."""
    (aside / _MARK).touch()
    shutil.rmtree(work, ignore_errors=True)
    aside.rename(work)
    return ox.Store(str(work / "store"))


def opened(work: Path, digest: str) -> ox.Store | None:
    """The store on disk, if it holds the version with this digest, undamaged."""
    try:
        whole = not (work / _MARK).exists()
        if whole and (work / _HOLDS).read_text("utf-8") == digest:
            return ox.Store(str(work / "store"))
    except (OSError, ValueError, RuntimeError):
        pass
    return None


def copied(kept: Path, to: Path) -> ox.Store:
    """A copy of a version's store that may be changed.

    It is made of links to files that the engine never writes again.
    """
    ox.Store.read_only(str(kept)).backup(str(to))
    return ox.Store(str(to))


def in_memory(held: ox.Store, without: Graph | None) -> ox.Store:
    """A copy in memory, of all graphs but one."""
    graphs = (each for each in (DEFAULT, *held.named_graphs()) if each != without)
    copy = ox.Store()
    for graph in graphs:
        copy.bulk_extend(held.quads_for_pattern(None, None, None, graph))
    return copy


# Small stores in memory, by the place of the one on disk, with the digest of what they
# hold; a builder that watches a folder has the last one at hand.
_mirrors: dict[Path, tuple[str, ox.Store]] = {}


def mirror(work: Path, store: ox.Store, digest: str, without: Graph | None) -> ox.Store:
    """A store in memory that holds what the one on disk does, but for one graph.

    Whoever changes it without changing the other is to change it back.
    """
    kept, copy = _mirrors.pop(work, ("", store))
    if kept != digest:
        copy = in_memory(store, without)
    keep(work, digest, copy)
    return copy


def keep(work: Path, digest: str, copy: ox.Store | Literal[False]) -> None:
    """Have a mirror at hand for the next edit; the store on disk would stay locked."""
    if copy is not False:
        _mirrors[work] = digest, copy


@contextlib.contextmanager
def marked(work: Path) -> Iterator[None]:
    """A while in which the store is not to be trusted, should the builder be killed."""
    (work / _MARK).touch()
    yield
    (work / _MARK).unlink(missing_ok=True)


def amend(store: ox.Store, gone: Iterable[ox.Quad], come: Iterable[ox.Quad]) -> None:
    """Take quads away, then add others."""
    for quad in gone:
        store.remove(quad)
    store.extend(come)


def settle(work: Path, store: ox.Store, digest: str) -> None:
    """See to it that what the store holds is on disk, and note which version it is."""
    store.flush()
    (work / _HOLDS).write_text(digest, "utf-8")
    (work / _MARK).unlink()


def merged(store: ox.Store) -> Iterator[ox.Triple]:
    """The triples of the default graph, each once."""
    quads = store.quads_for_pattern(None, None, None, DEFAULT)
    return (quad.triple for quad in quads)
