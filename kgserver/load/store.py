"""The writable store: what the files say and what follows, as quads on disk.

The default graph is the merged graph, asserted and inferred, each triple once. It is
stored as such because the engine's union of graphs returns a triple once for each graph
that holds it, so that counts come out wrong. Only the builder opens this store.

A change is applied under a mark; a builder that finds the mark of one that was killed
begins with an empty store.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.turtle import Reading
    from kgserver.model.settings import Settings

_DEFAULT = ox.DefaultGraph()
_MARK = "dirty"
_APPLIED = "applied.json"
# From this many quads in changed graphs on, filling a store anew is quicker than
# mending.
_BULK = 20_000


@dataclass(frozen=True, slots=True)
class Part:
    """One named graph: its quads, whether the default graph has them too, a key.

    Parts with equal keys hold equal quads; an empty key is equal to none.
    """

    quads: Sequence[ox.Quad]
    merged: bool
    key: str
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
            part = Part(reading.quads, merged, reading.source.digest, shapes)
            parts[reading.source.graph] = part
    graph = ox.NamedNode(settings.names.inferred)
    quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in inferred]
    parts[settings.names.inferred] = Part(quads, merging, "")
    return Contents(parts, loose)


def bring(work: Path, contents: Contents) -> ox.Store:
    """The store on disk, holding exactly these contents, by the cheaper of two ways."""
    before = _applied(work)
    if before is None or contents.loose:
        return _fill(work, contents)
    now = {graph: _stamp(part) for graph, part in contents.parts.items()}
    graphs = {*before, *now}
    changed = {
        g for g in graphs if before.get(g) != now.get(g) or not _key(contents, g)
    }
    if sum(len(contents.parts[g].quads) for g in changed & now.keys()) > _BULK:
        return _fill(work, contents)
    (work / _MARK).touch()
    store = ox.Store(str(work / "store"))
    _mend(store, contents, changed)
    return _settled(work, store, contents)


def _fill(work: Path, contents: Contents) -> ox.Store:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / _MARK).touch()
    store = ox.Store(str(work / "store"))
    store.bulk_extend(contents.quads())
    return _settled(work, store, contents)


def _mend(store: ox.Store, contents: Contents, changed: Iterable[str]) -> None:
    """Apply what the changed graphs make different, then what it does to the default.

    All is taken away before anything is added, because two spellings of one literal are
    the same quad to the store.
    """
    gone: set[ox.Quad] = set()
    come: set[ox.Quad] = set()
    for graph in changed:
        part = contents.parts.get(graph)
        old = set(store.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
        new = set(part.quads) if part else set()
        gone |= old - new
        come |= new - old
    for quad in gone:
        store.remove(quad)
    store.extend(come)
    merged = {graph for graph, part in contents.parts.items() if part.merged}
    for quad in gone:
        if not _stands(store, quad, merged):
            store.remove(_by_default(quad))
    store.extend(_by_default(quad) for quad in come if _graph(quad) in merged)


def _stands(store: ox.Store, quad: ox.Quad, graphs: set[str]) -> bool:
    """Whether one of the graphs holds the quad's triple."""
    same = store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
    return any(_graph(each) in graphs for each in same)


def _graph(quad: ox.Quad) -> str | None:
    graph = quad.graph_name
    return graph.value if isinstance(graph, ox.NamedNode) else None


def _key(contents: Contents, graph: str) -> str:
    return contents.parts[graph].key


def _by_default(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, _DEFAULT)


def _stamp(part: Part) -> str:
    """What tells whether a graph is the same: its key and whether it is merged."""
    return f"{part.key} {'merged' if part.merged else 'apart'}"


def _settled(work: Path, store: ox.Store, contents: Contents) -> ox.Store:
    """The store, once what it holds is on disk and noted there."""
    store.flush()
    stamps = {graph: _stamp(part) for graph, part in contents.parts.items()}
    (work / _APPLIED).write_text(json.dumps({} if contents.loose else stamps), "utf-8")
    (work / _MARK).unlink()
    return store


def _applied(work: Path) -> Mapping[str, str] | None:
    """What was applied to the store last, or None where it cannot be trusted."""
    if (work / _MARK).exists():
        return None
    try:
        applied: dict[str, str] = json.loads((work / _APPLIED).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return applied or None
