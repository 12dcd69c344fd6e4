"""When what is said of each thing was last changed, carried from version to version.

A thing is changed where a statement about it or to it comes or goes, where one about a
nameless node that belongs to it does, and where something that it leads to is named
anew: by all that a document about it shows. Only things that were changed since the
first version are written down.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import difference, versions
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    Node = ox.NamedNode | ox.BlankNode

FILE = "modified.json"
# Larger graphs are compared only where the build knows the difference already.
_COMPARED = 200_000
_DEFAULT = ox.DefaultGraph()
_NAMING = frozenset(map(ox.NamedNode, names.NAMING))


@dataclass(frozen=True, slots=True)
class Moments:
    """When things were last changed, as ISO 8601 in UTC; `since` for all not named."""

    since: str
    changed: Mapping[str, str]

    def of(self, iri: str) -> str:
        """When what is said of a thing was last changed."""
        return self.changed.get(iri, self.since)

    @property
    def latest(self) -> str:
        """When anything was last changed."""
        return max(self.changed.values(), default=self.since)


def read(directory: Path) -> Moments:
    """The moments that a version carries; all are its own where it has none."""
    try:
        return Moments(**json.loads((directory / FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return Moments(versions.read(directory).created, {})


def write(directory: Path, before: Path | None, store: ox.Store, made: Made) -> None:
    """Write down the moments of a version to be; `before` is the version before it."""
    moments = _carried(before, store, made) if before else Moments(made.created, {})
    text = {"since": moments.since, "changed": dict(sorted(moments.changed.items()))}
    (directory / FILE).write_text(json.dumps(text, ensure_ascii=False), "utf-8")


@dataclass(frozen=True, slots=True)
class Made:
    """A version to be: when it is made, how large it is, where what follows stands.

    `changed` is what came into the merged graph and went from it, where that is known.
    """

    created: str
    merged: int
    inferred: str
    changed: frozenset[ox.Triple] | None = None


def _carried(before: Path, store: ox.Store, made: Made) -> Moments:
    old = read(before)
    large = max(made.merged, versions.read(before).counts.merged) > _COMPARED
    if made.changed is None and large:
        return Moments(made.created, {})
    with_before = ox.Store.read_only(str(before / versions.STORE))
    triples: AbstractSet[ox.Triple] | None = made.changed
    if triples is None:
        triples = _merged(
            difference.between(
                difference.state(with_before, made.inferred),
                difference.state(store, made.inferred),
            )
        )
    touched = things(triples, (with_before, store))
    return Moments(old.since, {**old.changed, **dict.fromkeys(touched, made.created)})


def _merged(change: difference.Difference) -> set[ox.Triple]:
    """What came into the merged graph or went from it."""
    gone = change.removed | change.inferred_removed
    return set(gone ^ (change.added | change.inferred_added))


def things(triples: Iterable[ox.Triple], stores: Sequence[ox.Store]) -> set[str]:
    """The IRIs of the things whose documents show one of the triples, now or before."""
    nodes: set[Node] = set()
    for triple in triples:
        ends = {triple.subject, triple.object}
        nodes |= {n for n in ends if isinstance(n, ox.NamedNode | ox.BlankNode)}
        if triple.predicate in _NAMING and isinstance(triple.subject, ox.NamedNode):
            nodes |= set(_pointing(triple.subject, stores))
    return {node.value for node in _owners(nodes, stores)}


def _owners(nodes: set[Node], stores: Sequence[ox.Store]) -> Iterator[ox.NamedNode]:
    """The nodes that have names, and those around the ones that have none."""
    waiting, seen = list(nodes), set(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ox.NamedNode):
            yield node
            continue
        around = {*_pointing(node, stores), *_led_to(node, stores)}
        waiting += around - seen
        seen |= around


def _pointing(node: Node, stores: Sequence[ox.Store]) -> Iterator[Node]:
    for store in stores:
        for quad in store.quads_for_pattern(None, None, node, _DEFAULT):
            if not isinstance(quad.subject, ox.Triple):
                yield quad.subject


def _led_to(node: Node, stores: Sequence[ox.Store]) -> Iterator[Node]:
    for store in stores:
        for quad in store.quads_for_pattern(node, None, None, _DEFAULT):
            if isinstance(quad.object, ox.NamedNode | ox.BlankNode):
                yield quad.object
