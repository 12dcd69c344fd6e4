"""Whole graphs of a dataset: one of them, and those of the ontology's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset


def ontology_triples(dataset: Dataset) -> Iterator[ox.Triple]:
    """What the ontology's own files say."""
    for source in dataset.snapshot.sources:
        if source.role == "ontology":
            yield from graph_triples(dataset, source.graph)


def graph_triples(dataset: Dataset, iri: str) -> Iterator[ox.Triple]:
    """What one named graph holds."""
    graph = ox.NamedNode(iri)
    for quad in dataset.store.quads_for_pattern(None, None, None, graph):
        yield quad.triple
