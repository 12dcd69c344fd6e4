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

from kgserver.ask.browse import parts, schema, statements, wording
from kgserver.ask.dataset import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.browse.evidence import Claims
    from kgserver.ask.browse.statements import Group
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
    """The statements of one property that point at a node, or go out from it."""

    dataset: Dataset
    node: Node
    property: ox.NamedNode
    language: str
    outward: bool = False

    def group(self, first: int, size: int, count: int, claims: Claims) -> Group:
        """A slice of them from `first` on, of `count` in all."""
        quads = self._quads()
        if count > _SORTED:
            chosen = [quad.triple for quad in islice(quads, first, first + size)]
        else:
            chosen = self._sorted([quad.triple for quad in quads])[first : first + size]
        found = {t: statements.graphs_of(self.dataset, t) for t in chosen}
        shown = statements.Showing(
            self.dataset, found, self.language, claims, backwards=not self.outward
        )
        return shown.group(self.property, chosen, count)

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
    dataset: Dataset, node: Node, claims: Claims, language: str
) -> tuple[Group, ...]:
    """The links to a thing by property, the first few of each."""
    found = (
        Links(dataset, node, prop, language).group(0, FIRST, count, claims)
        for prop, count in counts(dataset, node)
    )
    return tuple(sorted(found, key=_rank))


def counts(dataset: Dataset, node: Node) -> Sequence[tuple[ox.NamedNode, int]]:
    """By which properties a thing is pointed at, and how often each."""
    if isinstance(node, ox.BlankNode):
        return ()
    query = _COUNT.format(node=node, most=COUNTED)
    rows = cast("ox.QuerySolutions", dataset.store.query(query))
    found = ((row["p"], row["n"]) for row in rows)
    return [
        (prop, int(count.value))
        for prop, count in found
        if isinstance(prop, ox.NamedNode) and isinstance(count, ox.Literal)
    ]


def cues(
    dataset: Dataset, pointing: Sequence[Group], found: statements.Held
) -> tuple[Group, ...]:
    """The groups that are for programs, or say again what another way round says.

    What points at the thing is said again where each of its statements stands among
    those `found` about the thing itself, by an inverse property. What only follows is
    said again where a narrower property points at the thing too.
    """
    known = schema.of(dataset)
    wide = {w for group in pointing for w in known.wider.get(group.property, ())}
    outward: dict[ox.NamedNode, set[object]] = defaultdict(set)
    for triple in found:
        outward[triple.predicate].add(triple.object)

    def is_mirrored(group: Group) -> bool:
        ends = {value.term for value in group.values}
        others = (outward[p] for p in known.inverses.get(group.property, ()))
        return any(ends <= each and len(each) >= group.count for each in others)

    def is_cue(group: Group) -> bool:
        prop = group.property
        again = prop in wide or not prop.value.startswith(known.own)
        follows = again and all(value.inferred for value in group.values)
        technical = known.is_kind_of(prop, parts.PARTS["cues"])
        return technical or follows or is_mirrored(group)

    return tuple(group for group in pointing if is_cue(group))


def _rank(group: Group) -> tuple[object, ...]:
    follows = all(value.bare for value in group.values)
    return follows, group.label.text.lower(), group.property.value
