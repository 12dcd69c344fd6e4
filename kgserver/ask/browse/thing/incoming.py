"""What points at a thing, by property: counted, with the first few of each.

A hub may have very many of these links, so they are counted by the engine, up to a
limit, and read only as far as they are shown.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.browse import schema, wording
from kgserver.ask.browse.thing import parts, statements
from kgserver.ask.dataset import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kgserver.ask.browse.schema import Schema
    from kgserver.ask.browse.thing.evidence import Claims
    from kgserver.ask.browse.thing.statements import Group, Surroundings
    from kgserver.ask.dataset import Dataset, Node

# How many of one property are listed on the page, and on a page of their own.
FIRST, SLICE = 10, 100
# How many links are counted: enough for a person, cheap for a class of a million.
COUNTED = 50_000
# Up to this many are sorted by their names; more come in the order of the store.
_SORTED = 300
_COUNT = """
SELECT ?p (COUNT(*) AS ?n) WHERE {{ SELECT ?p WHERE {{ ?s ?p {node} }} LIMIT {most} }}
GROUP BY ?p
"""


@dataclass(frozen=True, slots=True)
class Links:
    """The statements of one property that point at a node, or go out from it.

    `read` are all of them, where they have been read already.
    """

    dataset: Dataset
    node: Node
    property: ox.NamedNode
    language: str
    outward: bool = False
    read: statements.Held | None = None

    def group(self, first: int, size: int, count: int, claims: Claims) -> Group:
        """A slice of them from `first` on, of `count` in all."""
        return self.shown(self.chosen(first, size, count), count, claims)

    def chosen(self, first: int, size: int, count: int) -> statements.Held:
        """The statements of a slice, each with the graphs that hold it."""
        if self.read is not None:
            chosen = self._sorted(list(self.read))[first : first + size]
            return {triple: self.read[triple] for triple in chosen}
        quads = self._quads()
        if count > _SORTED:
            chosen = [quad.triple for quad in islice(quads, first, first + size)]
        else:
            chosen = self._sorted([quad.triple for quad in quads])[first : first + size]
        return {t: statements.graphs_of(self.dataset, t) for t in chosen}

    def shown(self, found: statements.Held, count: int, claims: Claims | None) -> Group:
        """These statements as they are shown; without claims not who says them."""
        showing = statements.Showing(
            self.dataset, found, self.language, claims, backwards=not self.outward
        )
        return showing.group(self.property, list(found), count)

    def count(self) -> int:
        """How many there are, up to the limit of counting."""
        return sum(1 for _ in islice(self._quads(), COUNTED))

    def _quads(self) -> Iterator[ox.Quad]:
        ends = (self.node, None) if self.outward else (None, self.node)
        store = self.dataset.store
        return store.quads_for_pattern(ends[0], self.property, ends[1], DEFAULT)

    def _sorted(self, triples: list[ox.Triple]) -> list[ox.Triple]:
        ends = [t.object if self.outward else t.subject for t in triples]
        iris = [end for end in ends if isinstance(end, ox.NamedNode)]
        labels = self.dataset.learn(iris, self.language)
        keys = [
            wording.natural(labels[end].text) if isinstance(end, ox.NamedNode)
            else wording.natural(str(end))
            for end in ends
        ]  # fmt: skip
        order = sorted(range(len(triples)), key=lambda index: keys[index])
        return [triples[index] for index in order]


def groups(
    dataset: Dataset,
    node: Node,
    language: str,
    claims: Claims,
    around: Surroundings,
) -> tuple[Sequence[Group], Sequence[Group]]:
    """The links to a thing by property, the first few of each; in two parts.

    The second part is for programs, or says again what another way round says: what is
    said about the thing itself, by an inverse property. What only follows is said again
    where a narrower property points at the thing too.
    """
    read = {} if around.hub else _by_property(around.pointing)
    sizes = {prop: len(found) for prop, found in read.items()}
    counted = counts(dataset, node) if around.hub else sizes
    again = _Again.of(dataset, around.about, counted)
    telling, repeating = [], []
    for prop, count in counted.items():
        links = Links(dataset, node, prop, language, read=read.get(prop))
        found = links.chosen(0, FIRST, count)
        if again.says(prop, found, count):
            repeating.append(links.shown(found, count, None))
        else:
            telling.append(links.shown(found, count, claims))
    return sorted(telling, key=_rank), sorted(repeating, key=_rank)


def _by_property(found: statements.Held) -> Mapping[ox.NamedNode, statements.Held]:
    by_property: dict[ox.NamedNode, statements.Held] = defaultdict(dict)
    for triple, graphs in found.items():
        by_property[triple.predicate][triple] = graphs
    return by_property


def counts(dataset: Dataset, node: Node) -> Mapping[ox.NamedNode, int]:
    """By which properties a thing is pointed at, and how often each."""
    if isinstance(node, ox.BlankNode):
        return {}
    query = _COUNT.format(node=node, most=COUNTED)
    rows = cast("ox.QuerySolutions", dataset.store.query(query))
    found = ((row["p"], row["n"]) for row in rows)
    return {
        prop: int(count.value)
        for prop, count in found
        if isinstance(prop, ox.NamedNode) and isinstance(count, ox.Literal)
    }


@dataclass(frozen=True, slots=True)
class _Again:
    """What is said of a thing already: by property its values, and wider properties."""

    known: Schema
    about: dict[ox.NamedNode, set[statements.Term]]
    wide: frozenset[ox.NamedNode]

    @classmethod
    def of(
        cls, dataset: Dataset, about: statements.Held, props: Iterable[ox.NamedNode]
    ) -> _Again:
        """From the statements about the thing, and the properties that point at it."""
        known = schema.of(dataset)
        values: dict[ox.NamedNode, set[statements.Term]] = defaultdict(set)
        for triple in about:
            values[triple.predicate].add(triple.object)
        wide = (wider for prop in props for wider in known.wider.get(prop, ()))
        return cls(known, values, frozenset(wide))

    def says(self, prop: ox.NamedNode, found: statements.Held, count: int) -> bool:
        """Whether statements that point at the thing need not be told again."""
        if self.known.is_kind_of(prop, parts.PARTS["cues"]):
            return True
        wide = prop in self.wide or not prop.value.startswith(self.known.own)
        if wide and not any(found.values()):
            return True
        ends = {triple.subject for triple in found}
        others = (
            self.about.get(each, set()) for each in self.known.inverses.get(prop, ())
        )
        return any(ends <= each and len(each) >= count for each in others)


def _rank(group: Group) -> tuple[object, ...]:
    follows = all(value.bare for value in group.values)
    return follows, group.label.text.lower(), group.property.value
