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
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.turtle import Reading
    from kgserver.model.settings import Settings

_DEFAULT = ox.DefaultGraph()
_MARK = "dirty"
_HOLDS = "digest"


@dataclass(frozen=True, slots=True)
class Part:
    """One named graph: its quads, and whether the default graph has them too."""

    quads: Iterable[ox.Quad]
    merged: bool
    shapes: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a version holds: graphs by IRI, and quads that name their graph."""

    parts: Mapping[str, Part]
    loose: Sequence[ox.Quad]

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad, those of the default graph among them."""
        for part in self.parts.values():
            yield from part.quads
            if part.merged:
                yield from map(_by_default, part.quads)
        yield from self.loose

    def merged(self) -> Iterator[ox.Triple]:
        """What is asserted and inferred; a triple of two files comes twice."""
        for part in self.parts.values():
            if not part.shapes:
                yield from (quad.triple for quad in part.quads)
        for quad in self.loose:
            if isinstance(quad.graph_name, ox.DefaultGraph):
                yield quad.triple

    def in_memory(self) -> ox.Store:
        """A store of its own, to be asked before anything is published."""
        store = ox.Store()
        store.bulk_extend(self.quads())
        return store


@dataclass(frozen=True, slots=True)
class _Within(Iterable[ox.Quad]):
    """Triples as quads of a graph, made when they are asked for."""

    graph: ox.NamedNode
    triples: Iterable[ox.Triple]

    def __iter__(self) -> Iterator[ox.Quad]:
        graph = self.graph
        return (ox.Quad(t.subject, t.predicate, t.object, graph) for t in self.triples)


def contents(
    settings: Settings, readings: Iterable[Reading], inferred: Iterable[ox.Triple]
) -> Contents:
    """What the files say and what follows, arranged for the store."""
    merging = settings.default_graph == "merged"
    parts: dict[str, Part] = {}
    loose: list[ox.Quad] = []
    for reading in readings:
        shapes = reading.source.role == "shapes"
        merged = merging and not shapes
        if reading.names_graphs:
            loose += reading.quads
            loose += map(_by_default, reading.quads) if merged else ()
        else:
            part = Part(reading.quads, merged, shapes)
            parts[reading.source.graph] = part
    graph = ox.NamedNode(settings.names.inferred)
    parts[settings.names.inferred] = Part(_Within(graph, inferred), merging)
    return Contents(parts, loose)


def fill(work: Path, contents: Contents) -> ox.Store:
    """A new store on disk that holds these contents; it is still to be settled."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / _MARK).touch()
    store = ox.Store(str(work / "store"))
    store.bulk_extend(contents.quads())
    return store


def opened(work: Path, digest: str) -> ox.Store | None:
    """The store on disk, if it holds the version with this digest."""
    held = work / _HOLDS
    if (work / _MARK).exists() or not held.exists():
        return None
    if held.read_text("utf-8") != digest:
        return None
    return ox.Store(str(work / "store"))


def copied(kept: Path, to: Path, *, in_memory: bool) -> ox.Store:
    """A copy of a version's store that may be changed.

    On disk it is made of links to files that the engine never writes again.
    """
    held = ox.Store.read_only(str(kept))
    if in_memory:
        copy = ox.Store()
        copy.bulk_extend(held)
        return copy
    held.backup(str(to))
    return ox.Store(str(to))


# Small stores in memory, by the place of the one on disk, with the digest of what they
# hold; a builder that watches a folder has the last one at hand.
_mirrors: dict[Path, tuple[str, ox.Store]] = {}


def mirror(work: Path, store: ox.Store, digest: str) -> ox.Store:
    """A store in memory that holds what the one on disk does.

    Whoever changes it without changing the other is to change it back.
    """
    kept, copy = _mirrors.pop(work, ("", ox.Store()))
    if kept != digest:
        copy = ox.Store()
        copy.bulk_extend(store)
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
    quads = store.quads_for_pattern(None, None, None, _DEFAULT)
    return (quad.triple for quad in quads)


def _by_default(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, _DEFAULT)
