"""The quads that an edit takes from the store and adds to it, graph by graph.

A file's statements are in its graph; in the default graph is each triple once that
some file says or that follows. So a triple that goes from one file stays there for as
long as another says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable

    Triples = frozenset[ox.Triple]

_DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of files that are merged, those of them kept from the reasoner, and
    the graph of what follows.
    """

    said: frozenset[str]
    apart: frozenset[str]
    inferred: str


class Amendment:
    """An edit of a store that is still as it was before."""

    def __init__(
        self, held: ox.Store, graphs: Graphs, gone: set[ox.Quad], come: set[ox.Quad]
    ) -> None:
        self._held, self._graphs = held, graphs
        self.gone, self.come = gone, come
        self._before: dict[ox.Triple, frozenset[str]] = {}
        self._after: dict[ox.Triple, set[str]] = {}
        for quad in (*gone, *come):
            self._know(quad.triple)
        for quad in gone:
            self._after[quad.triple].discard(_name(quad))
        for quad in come:
            self._after[quad.triple].add(_name(quad))

    def _know(self, triple: ox.Triple) -> None:
        if triple not in self._before:
            quads = self._held.quads_for_pattern(
                triple.subject, triple.predicate, triple.object, None
            )
            names = frozenset(map(_name, quads))
            self._before[triple], self._after[triple] = names, set(names)

    def said(self) -> tuple[Triples, Triples]:
        """The triples that files say now and did not, and the other way round."""
        return self._turned(self._graphs.said)

    def premises(self) -> tuple[Triples, Triples]:
        """The same of the files that conclusions are drawn from."""
        return self._turned(self._graphs.said - self._graphs.apart)

    def merged(self) -> tuple[Triples, Triples]:
        """What comes into the default graph, and what goes from it."""
        return self._turned(self._graphs.said | {self._graphs.inferred})

    def _turned(self, graphs: frozenset[str]) -> tuple[Triples, Triples]:
        come, gone = set(), set()
        for triple, before in self._before.items():
            was, now = (
                not graphs.isdisjoint(before),
                not graphs.isdisjoint(self._after[triple]),
            )
            if now and not was:
                come.add(triple)
            elif was and not now:
                gone.add(triple)
        return frozenset(come), frozenset(gone)

    def conclude(
        self, follow: Iterable[ox.Triple], follow_no_more: Iterable[ox.Triple]
    ) -> None:
        """Let conclusions come and go with the edit."""
        graph = ox.NamedNode(self._graphs.inferred)
        for triple in follow:
            self._know(triple)
            self._after[triple].add(graph.value)
            self.come.add(_in(triple, graph))
        for triple in follow_no_more:
            self._know(triple)
            self._after[triple].discard(graph.value)
            self.gone.add(_in(triple, graph))

    def quads(self) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """All that goes from the store and all that comes, the default graph's too."""
        come, gone = self.merged()
        return (
            [*self.gone, *(_in(triple, _DEFAULT) for triple in gone)],
            [*self.come, *(_in(triple, _DEFAULT) for triple in come)],
        )


def of_graph(
    held: ox.Store, graph: str, now: Iterable[ox.Quad]
) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """What goes from a graph and what comes, when these quads are to be all of it.

    The quads go through a store, because two spellings of one literal are one quad.
    """
    fresh = ox.Store()
    fresh.extend(now)
    before = set(held.quads_for_pattern(None, None, None, ox.NamedNode(graph)))
    after = set(fresh)
    return before - after, after - before


def _in(triple: ox.Triple, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)


def _name(quad: ox.Quad) -> str:
    """The IRI of the quad's graph; the default graph has an empty one."""
    graph = quad.graph_name
    return graph.value if isinstance(graph, ox.NamedNode) else ""
