"""The statements of a file as columns of numbers, and as quads when asked for.

A million quads take half a gigabyte and a second to make; numbers and the few terms
that they stand for are all that a build needs of most of them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol, TypeAlias, cast, overload

import pyoxigraph as ox

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Graph: TypeAlias = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

_PLAIN = (ox.NamedNode, ox.Literal)
DEFAULT = ox.DefaultGraph()
# The engine itself looks which terms may stand where, and raises TypeError.
triple: Callable[[Term, Term, Term], ox.Triple] = cast("Any", ox.Triple)
_quad: Callable[[Term, Term, Term, Graph], ox.Quad] = cast("Any", ox.Quad)


class Said(Protocol):
    """Statements that can be counted, gone through, and written as text."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[ox.Quad] | Iterator[ox.Triple]: ...
    def written(self) -> tuple[bytes, Sequence[ox.Quad] | Sequence[ox.Triple]]:
        """Those without blank nodes as N-Triples, and all others."""


def placed(each: ox.Quad | ox.Triple, graph: Graph) -> ox.Quad:
    """A statement in a graph."""
    return ox.Quad(each.subject, each.predicate, each.object, graph)


@dataclass(frozen=True, slots=True)
class Statements(Sequence[ox.Quad]):
    """What a file says, in its order.

    `subjects`, `predicates` and `objects` are places in `terms`. `graphs` has a graph
    for each statement, where the file names them; else all are in `graph`.
    `keys` are the engine's hashes of the triples as the store gives them back.
    """

    graph: Graph
    terms: Sequence[Term]
    subjects: array[int]
    predicates: array[int]
    objects: array[int]
    keys: array[int]
    graphs: Sequence[Graph] | None = None

    def __len__(self) -> int:
        return len(self.subjects)

    def __iter__(self) -> Iterator[ox.Quad]:
        return map(self._quad, range(len(self)))

    @overload
    def __getitem__(self, place: int) -> ox.Quad: ...
    @overload
    def __getitem__(self, place: slice) -> list[ox.Quad]: ...
    def __getitem__(self, place: int | slice) -> ox.Quad | list[ox.Quad]:
        if isinstance(place, slice):
            return [self._quad(each) for each in range(len(self))[place]]
        return self._quad(range(len(self))[place])

    def about(self, wanted: Container[Term]) -> Iterator[int]:
        """The places of the statements whose subject or object is wanted."""
        known = {number for number, term in enumerate(self.terms) if term in wanted}
        rows = zip(self.subjects, self.objects, strict=True) if known else ()
        return (at for at, (s, o) in enumerate(rows) if s in known or o in known)

    def identities(self) -> array[int]:
        """A number for each: the same for two that say the same in the same graph."""
        if self.graphs is None:
            return self.keys
        return array("q", map(hash, zip(self.keys, self.graphs, strict=True)))

    def by_graph(self) -> Iterator[Statements]:
        """The statements of each graph by themselves."""
        if self.graphs is None:
            yield self
            return
        places: dict[Graph, list[int]] = {}
        for place, graph in enumerate(self.graphs):
            places.setdefault(graph, []).append(place)
        yield from (self._only(places[graph], graph) for graph in places)

    def _only(self, places: Sequence[int], graph: Graph) -> Statements:
        """The statements at these places, which are all in a graph."""
        known: dict[int, int] = {}
        subjects, predicates, objects = (
            array("I", [known.setdefault(column[at], len(known)) for at in places])
            for column in (self.subjects, self.predicates, self.objects)
        )
        keys = array("q", [self.keys[at] for at in places])
        terms = [self.terms[number] for number in known]
        return Statements(graph, terms, subjects, predicates, objects, keys)

    def written(self) -> tuple[bytes, list[ox.Quad]]:
        """The statements as N-Triples; and those with blank nodes, as quads.

        Loading a text gives each blank node another label.
        """
        text = [str(t) if isinstance(t, _PLAIN) else "" for t in self.terms]
        rows = zip(self.subjects, self.predicates, self.objects, strict=True)
        if all(text):
            lines = [f"{text[s]} {text[p]} {text[o]} .\n" for s, p, o in rows]
            return "".join(lines).encode(), []
        kept, lines = [], []
        for place, (s, p, o) in enumerate(rows):
            if text[s] and text[o]:
                lines.append(f"{text[s]} {text[p]} {text[o]} .\n")
            else:
                kept.append(self._quad(place))
        return "".join(lines).encode(), kept

    def _quad(self, place: int) -> ox.Quad:
        terms = self.terms
        graph = self.graphs[place] if self.graphs is not None else self.graph
        return _quad(
            terms[self.subjects[place]],
            terms[self.predicates[place]],
            terms[self.objects[place]],
            graph,
        )


@dataclass(frozen=True, slots=True)
class Batches(Iterable[ox.Quad]):
    """The statements of several files."""

    parts: tuple[Statements, ...]

    def __iter__(self) -> Iterator[ox.Quad]:
        return chain.from_iterable(self.parts)
