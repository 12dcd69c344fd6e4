"""Who says so: the files and lines that state a triple.

They come with the version, so that an old version shows what stood there then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.sources import names_graphs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from kgserver.ask.dataset import Dataset
    from kgserver.model.manifest import Source


@dataclass(frozen=True, slots=True)
class Origin:
    """A line that states a triple, and its text when the version was built.

    Line 0 is the file as a whole, where the line is not known.
    """

    path: str
    line: int
    text: str


def of(dataset: Dataset, triple: ox.Triple) -> tuple[Origin, ...]:
    """The lines that state the triple in this version; none where it only follows."""
    found = dataset.store.quads_for_pattern(
        triple.subject, triple.predicate, triple.object, None
    )
    quads = list(found)
    if not quads:
        return ()
    stored = quads[0].triple
    graphs = {
        quad.graph_name.value
        for quad in quads
        if isinstance(quad.graph_name, ox.NamedNode)
    }
    return lines(dataset, stored, graphs)


def lines(
    dataset: Dataset, triple: ox.Triple, graphs: Collection[str]
) -> tuple[Origin, ...]:
    """The lines of a triple that comes from the store, with the graphs that hold it."""
    naming, by_graph = dataset.once("sources by graph", lambda: _sources(dataset))
    found = {*naming, *(source for each in graphs for source in by_graph.get(each, ()))}
    return tuple(
        origin
        for source in sorted(found, key=lambda source: source.path)
        for origin in _in(dataset, source, triple)
    )


def _sources(dataset: Dataset) -> tuple[list[Source], Mapping[str, list[Source]]]:
    """The sources that name graphs of their own, and the others by their graph."""
    naming: list[Source] = []
    by_graph: dict[str, list[Source]] = {}
    for source in dataset.snapshot.sources:
        if names_graphs(source):
            naming.append(source)
        else:
            by_graph.setdefault(source.graph, []).append(source)
    return naming, by_graph


def _in(dataset: Dataset, source: Source, triple: ox.Triple) -> Iterator[Origin]:
    held = dataset.positions(source)
    lines = list(dict.fromkeys(held.lines(triple))) if held else []
    if held:
        yield from (Origin(source.path, line, held.text(line)) for line in lines)
    if not lines and not names_graphs(source):
        yield Origin(source.path, 0, "")
