"""Graphs written whole, in an order that hangs on nothing but the graph.

Up to some size Turtle is laid out for people. Beyond, it is streamed as the store gives
it, subject by subject, in an order that equal stores share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.documents import turtle, writing
from kgserver.model import media

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.ask.dataset import Dataset
    from kgserver.model.media import Media

    Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

FORMS = (*media.GRAPHS, *media.DATASETS)
# How many triples are laid out in memory; more are streamed.
_LAID_OUT = 50_000
_STREAMED = {media.TURTLE: ox.RdfFormat.TURTLE, media.TRIG: ox.RdfFormat.TRIG}


@dataclass(frozen=True, slots=True)
class Scope:
    """What is written: one graph or all, with what only follows or without."""

    graph: str = ""
    inferred: bool = True


def write(dataset: Dataset, scope: Scope, form: Media, target: IO[bytes]) -> None:
    """Write what is in scope; formats of datasets keep the graphs apart.

    Raises NotAcceptable for what a format has no way to say.
    """
    if form is media.TRIG and dataset.snapshot.counts.merged <= _LAID_OUT:
        target.write(_laid_out(dataset, scope).encode())
    elif form in media.DATASETS:
        for graph in _graphs(dataset, scope):
            _write_graph(dataset, graph, form, target)
    elif form is media.N_TRIPLES:
        target.writelines(_lines(_merged(dataset, scope)))
    elif form is media.TURTLE and dataset.snapshot.counts.merged > _LAID_OUT:
        _stream(dataset, _merged(dataset, scope), form, target)
    else:
        target.write(writing.write(_merged(dataset, scope), form, dataset.prefixes))


def _graphs(dataset: Dataset, scope: Scope) -> list[Graph]:
    """The graphs in scope, sorted; the default graph where it is one of its own."""
    if scope.graph:
        return [ox.NamedNode(scope.graph)]
    left_out = {dataset.names.catalog} | (
        set() if scope.inferred else {dataset.names.inferred}
    )
    named = [g for g in dataset.store.named_graphs() if g.value not in left_out]
    own = [] if dataset.snapshot.merged else [DEFAULT]
    return [*own, *sorted(named, key=str)]


def _merged(dataset: Dataset, scope: Scope) -> Iterator[ox.Triple]:
    """The triples in scope, each once."""
    if scope.graph:
        graph = ox.NamedNode(scope.graph)
        for quad in dataset.store.quads_for_pattern(None, None, None, graph):
            yield quad.triple
        return
    inferred = ox.NamedNode(dataset.names.inferred)
    for quad in dataset.store.quads_for_pattern(None, None, None, DEFAULT):
        follows = ox.Quad(quad.subject, quad.predicate, quad.object, inferred)
        if scope.inferred or follows not in dataset.store:
            yield quad.triple


def _laid_out(dataset: Dataset, scope: Scope) -> str:
    """The graphs in scope as TriG for people."""
    graphs = {
        graph: sorted((quad.triple for quad in _quads(dataset, graph)), key=str)
        for graph in _graphs(dataset, scope)
    }
    held = {graph: triples for graph, triples in graphs.items() if triples}
    return turtle.write_graphs(held, dataset.prefixes)


def _write_graph(
    dataset: Dataset, graph: Graph, form: Media, target: IO[bytes]
) -> None:
    if form is media.N_QUADS:
        target.writelines(_lines(_quads(dataset, graph)))
    else:
        _stream(dataset, _quads(dataset, graph), form, target)


def _quads(dataset: Dataset, graph: Graph) -> Iterator[ox.Quad]:
    return dataset.store.quads_for_pattern(None, None, None, graph)


def _lines(statements: Iterable[ox.Triple | ox.Quad]) -> list[bytes]:
    """N-Triples or N-Quads, sorted, so that two versions can be compared by line."""
    return sorted(f"{each} .\n".encode() for each in statements)


def _stream(
    dataset: Dataset,
    statements: Iterable[ox.Triple] | Iterable[ox.Quad],
    form: Media,
    target: IO[bytes],
) -> None:
    """Write as the store gives; prefixes are declared in front, in one order.

    The engine would declare them in another order each time.
    """
    prefixes = dict(sorted(dataset.prefixes.items()))
    for prefix, namespace in prefixes.items():
        target.write(f"@prefix {prefix}: <{namespace}> .\n".encode())
    ox.serialize(
        statements,
        cast("IO[bytes]", _WithoutHead(target, len(prefixes))),
        format=_STREAMED[form],
        prefixes=prefixes,
    )


class _WithoutHead:
    """A file that leaves out the first lines written to it."""

    def __init__(self, target: IO[bytes], lines: int) -> None:
        self._target, self._left = target, lines

    def write(self, data: bytes) -> int:
        """Pass on what is behind those lines."""
        rest = bytes(data)
        while self._left and b"\n" in rest:
            rest, self._left = rest.partition(b"\n")[2], self._left - 1
        if not self._left:
            self._target.write(rest)
        return len(data)

    def flush(self) -> None:
        """Pass on a flush."""
        self._target.flush()
