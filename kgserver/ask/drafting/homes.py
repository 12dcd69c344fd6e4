"""The file that a new thing belongs into: where its like stand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.kinds import Kind
    from kgserver.ask.drafting.shapes import Path as Way
    from kgserver.load.terms.spelling import Term

# How many things of a class must have a file each for that to be the custom.
_EACH = 3
_TYPE = ox.NamedNode(names.RDF + "type")


def find(
    dataset: Dataset, kind: Kind, name: str, said: Sequence[tuple[Way, Term]]
) -> list[str]:
    """The files that a thing may belong into, the likeliest first.

    `name` is the last part of its IRI. Things of a class that have a file each get a
    new one beside them. Otherwise it is the file that states most of them, or one
    beside it that states the same of others: what links to a passage of a source
    belongs to what else does.
    """
    members = _members(dataset, kind)
    folders = {_folder(path) for path in members}
    if len(members) >= _EACH and set(members.values()) == {1} and len(folders) == 1:
        return [f"{folders.pop()}/{name}.ttl"]
    shares = _shares(members)
    for way, value in said:
        if len(way) == 1 and isinstance(value, ox.NamedNode):
            for path, share in _shares(_places(dataset, (way[0], value))).items():
                if _folder(path) in folders:
                    shares[path] = shares.get(path, 0) + share
    very = _places(dataset, (_TYPE, kind.node))
    ranked = sorted(shares, key=lambda path: (-shares[path], -very[path], path))
    return ranked or [f"graph/{kind.name.lower()}.ttl"]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _members(dataset: Dataset, kind: Kind) -> Counter[str]:
    """How many members of a class have their type stated in each Turtle file."""
    store = dataset.store
    members = {q.subject for q in store.quads_for_pattern(None, _TYPE, kind.node, None)}
    return Counter(
        path
        for path, _ in {
            (file(dataset, quad), quad.subject)
            for quad in store.quads_for_pattern(None, _TYPE, None, None)
            if quad.subject in members
        }
        if path
    )


def _places(dataset: Dataset, said: tuple[ox.NamedNode, Term]) -> Counter[str]:
    """The Turtle files in which something is said of others, and how often."""
    quads = dataset.store.quads_for_pattern(None, *said, None)
    return Counter(path for quad in quads if (path := file(dataset, quad)))


def file(dataset: Dataset, quad: ox.Quad) -> str:
    """The Turtle file of a quad's graph, if it is one's."""
    paths = dataset.once(
        "paths", lambda: {each.graph: each.path for each in dataset.snapshot.sources}
    )
    graph = quad.graph_name
    path = paths.get(graph.value, "") if isinstance(graph, ox.NamedNode) else ""
    return path if path.endswith(".ttl") else ""


def _shares(counted: Counter[str]) -> dict[str, float]:
    return {each: number / counted.total() for each, number in counted.items()}
