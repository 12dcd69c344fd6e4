"""Point lookups: all that proofs and incremental maintenance ask of a graph.

A store and a dictionary both answer them, so a web process explains from a snapshot on
disk, and a test from memory.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store

from kgserver.load.reason import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from kgserver.load.reason.names import Fact, Term


_GLANCE = 20
"""Facts of one shape that are looked at for one that is asserted."""


class Graph(Protocol):
    """Facts that hold, asserted or inferred."""

    def match(
        self, subject: Term | None, predicate: Term | None, obj: Term | None
    ) -> Iterable[Fact]:
        """The facts of this shape, each once; None matches anything."""

    def asserted(self, fact: Fact) -> bool:
        """Whether a file states the fact."""


def holds(graph: Graph, fact: Fact) -> bool:
    """Whether the fact is in the graph."""
    return any(True for _ in graph.match(*fact))


class StoreGraph:
    """A pyoxigraph store with one graph for each file and one for what follows.

    `apart` are the graphs that no conclusion is drawn from: shapes, and files that the
    settings exclude. Where the default graph is the merged graph, `merged`, it holds
    every triple once; else the graphs are searched one by one. `mixed` are those of
    `apart` that the merged graph has: all of them, unless told.
    """

    def __init__(
        self,
        store: Store,
        inferred: NamedNode,
        apart: Collection[NamedNode] = (),
        *,
        merged: bool = True,
        mixed: Collection[NamedNode] | None = None,
    ) -> None:
        self._mixed = bool(apart if mixed is None else mixed)
        self._store = store
        self._inferred = inferred
        self._apart = frozenset(apart)
        self._merged = merged

    def match(
        self, subject: Term | None, predicate: Term | None, obj: Term | None
    ) -> Iterator[Fact]:
        """The facts of this shape, each once."""
        if not isinstance(subject, NamedNode | BlankNode | None):
            return iter(())
        if not isinstance(predicate, NamedNode | None):
            return iter(())
        graph = DefaultGraph() if self._merged else None
        quads = self._store.quads_for_pattern(subject, predicate, obj, graph)
        if not self._merged:
            kept = (q for q in quads if q.graph_name not in self._apart)
            return iter(dict.fromkeys(map(names.fact, kept)))
        facts = map(names.fact, quads)
        return filter(self._counts, facts) if self._mixed else facts

    def asserted(self, fact: Fact) -> bool:
        """Whether a file that conclusions are drawn from states the fact.

        Files that name their graphs may state it in the default graph; what follows is
        in the graph of what follows as well.
        """
        graphs = self._graphs(fact)
        named = graphs - self._apart - {self._inferred, _DEFAULT}
        elsewhere = self._inferred in graphs or not graphs.isdisjoint(self._apart)
        return bool(named) or (_DEFAULT in graphs and not elsewhere)

    def _counts(self, fact: Fact) -> bool:
        """Whether the fact is known from more than the graphs that stand apart."""
        graphs = self._graphs(fact)
        return graphs.isdisjoint(self._apart) or bool(graphs - self._apart - {_DEFAULT})

    def _graphs(self, fact: Fact) -> set[NamedNode | BlankNode | DefaultGraph]:
        s, p, o = fact
        if not isinstance(s, NamedNode | BlankNode) or not isinstance(p, NamedNode):
            return set()
        return {q.graph_name for q in self._store.quads_for_pattern(s, p, o, None)}


_DEFAULT = DefaultGraph()


class MemoryGraph:
    """Facts in dictionaries, which can come and go."""

    def __init__(
        self, facts: Iterable[Fact] = (), asserted: Iterable[Fact] = ()
    ) -> None:
        self._facts: set[Fact] = set()
        self._asserted = set(asserted)
        self._index: defaultdict[tuple[int, Term], dict[Fact, None]] = defaultdict(dict)
        for fact in (*facts, *self._asserted):
            self.add(fact)

    def __contains__(self, fact: Fact) -> bool:
        return fact in self._facts

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, fact: Fact) -> None:
        """Let the fact hold."""
        if fact not in self._facts:
            self._facts.add(fact)
            for place, term in enumerate(fact):
                self._index[place, term][fact] = None

    def discard(self, fact: Fact) -> None:
        """Let the fact hold no longer."""
        if fact in self._facts:
            self._facts.remove(fact)
            for place, term in enumerate(fact):
                del self._index[place, term][fact]

    def match(
        self, subject: Term | None, predicate: Term | None, obj: Term | None
    ) -> list[Fact]:
        """The facts of this shape."""
        shape = (subject, predicate, obj)
        bound = [(i, term) for i, term in enumerate(shape) if term is not None]
        if len(bound) == 3:
            return [fact for fact in (shape,) if fact in self._facts]
        if not bound:
            return list(self._facts)
        found = min((self._index.get(slot, {}) for slot in bound), key=len)
        return [f for f in found if all(f[i] == term for i, term in bound)]

    def asserted(self, fact: Fact) -> bool:
        """Whether the fact was given as asserted."""
        return fact in self._asserted


class Asserted:
    """What of a graph is asserted, as far as that is found at a glance.

    Of many facts of one shape only the first are looked at.
    """

    def __init__(self, below: Graph) -> None:
        self._below = below
        self.asserted = below.asserted

    def match(
        self, subject: Term | None, predicate: Term | None, obj: Term | None
    ) -> Iterator[Fact]:
        """Facts of this shape that are asserted."""
        below = self._below.match(subject, predicate, obj)
        return filter(self.asserted, islice(below, _GLANCE))


class Overlay:
    """A graph as an edit will leave it; the graph itself stays untouched.

    `stated` and `withdrawn` are the assertions that the edit makes and takes back.
    What holds changes by `add` and `discard`.
    """

    def __init__(
        self,
        below: Graph,
        stated: Collection[Fact] = (),
        withdrawn: Collection[Fact] = (),
    ) -> None:
        self._below = below
        self._stated = stated
        self._withdrawn = withdrawn
        self._more = MemoryGraph()
        self._less: set[Fact] = set()

    def add(self, fact: Fact) -> None:
        """Let the fact hold."""
        if fact in self._less:
            self._less.remove(fact)
        elif not holds(self._below, fact):
            self._more.add(fact)

    def discard(self, fact: Fact) -> None:
        """Let the fact hold no longer."""
        if fact in self._more:
            self._more.discard(fact)
        else:
            self._less.add(fact)

    def match(
        self, subject: Term | None, predicate: Term | None, obj: Term | None
    ) -> Iterator[Fact]:
        """The facts of this shape, for as long as the overlay does not change."""
        below = self._below.match(subject, predicate, obj)
        more = self._more.match(subject, predicate, obj)
        return chain((fact for fact in below if fact not in self._less), more)

    def asserted(self, fact: Fact) -> bool:
        """Whether a file states the fact once the edit is done."""
        if fact in self._stated:
            return True
        return fact not in self._withdrawn and self._below.asserted(fact)
