"""All things of one class as a table, and which properties make columns and facets."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.browse import schema
from kgserver.ask.browse.thing import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.dataset import Dataset, Node

    Term = Node | ox.Literal | ox.Triple
    Things = Mapping[Node, Mapping[ox.NamedNode, Sequence[Term]]]

_COLUMNS, _FACETS, _KEPT = 4, 6, 16
_ALL = "SELECT ?s ?p ?o WHERE {{ ?s a {node} . ?s ?p ?o }}"


@dataclass(frozen=True, slots=True)
class Table:
    """All things of a class: of each what is said by property, properties by use."""

    things: Things
    columns: tuple[ox.NamedNode, ...]
    facets: tuple[ox.NamedNode, ...]


def of(dataset: Dataset, node: ox.NamedNode) -> Table:
    """The table of a class; the last few are kept."""
    tables = dataset.once("tables", dict[ox.NamedNode, Table])
    held = tables.get(node)
    if held is None:
        held = _read(dataset, node)
        if len(tables) >= _KEPT:
            tables.pop(next(iter(tables)), None)
        tables[node] = held
    return held


def _read(dataset: Dataset, node: ox.NamedNode) -> Table:
    things: dict[Node, dict[ox.NamedNode, list[Term]]] = defaultdict(
        lambda: defaultdict(list)
    )
    query = _ALL.format(node=node)
    for row in cast("ox.QuerySolutions", dataset.store.query(query)):
        prop = cast("ox.NamedNode", row["p"])
        things[cast("Node", row["s"])][prop].append(cast("Term", row["o"]))
    used = Counter(prop for said in things.values() for prop in said)
    own = schema.of(dataset).own
    common = sorted(
        used, key=lambda p: (not p.value.startswith(own), -used[p], p.value)
    )
    useful = [prop for prop in common if _tells(dataset, prop, used)]
    single = [prop for prop in useful if _few(things, prop)]
    parted = [prop for prop in useful if _parts(things, prop)]
    return Table(things, tuple(single[:_COLUMNS]), tuple(parted[:_FACETS]))


def _tells(
    dataset: Dataset, prop: ox.NamedNode, used: Mapping[ox.NamedNode, int]
) -> bool:
    """Whether a property says something of its own, for people."""
    known = schema.of(dataset)
    aside = ("names", "words", "sources", "place", "cues")
    if prop == parts.TYPE or any(
        known.is_kind_of(prop, parts.PARTS[part]) for part in aside
    ):
        return False
    narrower = (
        other
        for other in used
        if prop in known.wider.get(other, ()) and used[other] >= used[prop]
    )
    return next(narrower, None) is None


def _few(things: Things, prop: ox.NamedNode) -> bool:
    """Whether the things have about one value each, so that a column shows them."""
    counts = [len(said[prop]) for said in things.values() if prop in said]
    return sum(counts) <= 2.2 * len(counts) and len(counts) * 3 >= len(things)


def _parts(things: Things, prop: ox.NamedNode) -> bool:
    """Whether the values divide the things: several, and far fewer than things."""
    values = Counter(value for said in things.values() for value in said.get(prop, ()))
    shared = sum(1 for count in values.values() if count > 1)
    return len(values) > 1 and shared > 0 and len(values) <= max(12, len(things) // 3)
