"""Several graphs as one default graph, in which each statement stands once.

That is what they are when a query names them (SPARQL 1.1 Query §13.1: their RDF merge).
The engine gives a statement once for each graph that holds it, so that counts and sums
are too high; up to some size they are put together before it is asked.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.engine.task import Task

    Key = tuple[tuple[str, ...], tuple[str, ...]]

_MOST = 50_000  # statements that are put together
# What a query that asks named graphs has somewhere in its text.
_NAMED = re.compile(r"graph|\\u", re.IGNORECASE)


def merged(dataset: Dataset, asked: Task) -> ox.Store | None:
    """A store with the default graph that a task names, and its named ones.

    None where it names one graph at most, or they hold too much. The last one is kept,
    since who asks for a dataset asks for it again.
    """
    if len(asked.default_graphs) < 2:
        return None
    named = asked.named_graphs if _NAMED.search(asked.text) else ()
    key = asked.default_graphs, named
    held: dict[Key, ox.Store | None] = dataset.once("merged graphs", dict)
    if key not in held:
        held.clear()
        held[key] = _put_together(dataset, *key)
    return held[key]


def _put_together(
    dataset: Dataset, default: tuple[str, ...], named: tuple[str, ...]
) -> ox.Store | None:
    quads = (
        ox.Quad(quad.subject, quad.predicate, quad.object)
        for quad in _quads(dataset, default)
    )
    every = itertools.chain(quads, _quads(dataset, named))
    found = list(itertools.islice(every, _MOST + 1))
    if len(found) > _MOST:
        return None
    store = ox.Store()
    store.extend(found)
    return store


def _quads(dataset: Dataset, graphs: tuple[str, ...]) -> Iterator[ox.Quad]:
    for iri in dict.fromkeys(graphs):
        graph = ox.NamedNode(iri)
        yield from dataset.store.quads_for_pattern(None, None, None, graph)
