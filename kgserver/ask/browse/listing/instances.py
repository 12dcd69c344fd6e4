"""The things of one class as a table: with facets, sorted, by slices, or as a whole.

Facets and columns are what the things have in common, so all of them are looked at. A
class of more than 5,000 things is listed in the store's order, without them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import classes, wording, written
from kgserver.ask.browse.listing import table, timeline
from kgserver.ask.browse.thing import parts
from kgserver.ask.dataset import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.browse.listing.table import Table
    from kgserver.ask.dataset import Dataset, Label, Node

    Term = Node | ox.Literal | ox.Triple

MOST = 5000
_CHOICES = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a class is wanted: values that its things must have, and the order.

    `only` holds a property and a value each; `order` is a property or None for the
    name; both as the page has them in its address.
    """

    only: tuple[tuple[ox.NamedNode, str], ...] = ()
    order: ox.NamedNode | None = None
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that things may be narrowed to, and how many are left then."""

    key: str
    label: Label
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A property by whose values things may be narrowed."""

    property: ox.NamedNode
    label: Label
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """The things of a class that were asked for, in order.

    `whole` tells that the class is small enough for facets, columns and sorting.
    """

    things: Sequence[Node]
    total: int
    columns: tuple[tuple[ox.NamedNode, Label], ...]
    facets: tuple[Facet, ...]
    whole: bool


def listing(
    dataset: Dataset, node: ox.NamedNode, asked: Asked, language: str
) -> Listing:
    """The things of a class, narrowed and sorted as asked."""
    total = classes.counts(dataset).get(node, 0)
    if total > MOST:
        return Listing((), total, (), (), whole=False)
    held = table.of(dataset, node)
    chosen = [thing for thing in held.things if _fits(held, thing, asked)]
    ordered = _sorted(dataset, held, chosen, asked, language)
    labels = dataset.learn((*held.columns, *held.facets), language)
    columns = tuple((prop, labels[prop]) for prop in held.columns)
    said = [held.things[thing] for thing in chosen]
    facets = tuple(_facet(dataset, prop, said, asked, language) for prop in held.facets)
    kept = tuple(facet for facet in facets if facet.choices)
    return Listing(ordered, len(ordered), columns, kept, whole=True)


def unsorted(
    dataset: Dataset, node: ox.NamedNode, first: int, size: int
) -> Sequence[Node]:
    """A slice of a large class in the store's order."""
    return list(islice(every(dataset, node), first, first + size))


def every(dataset: Dataset, node: ox.NamedNode) -> Iterator[Node]:
    """Every thing of a class."""
    quads = dataset.store.quads_for_pattern(None, parts.TYPE, node, DEFAULT)
    for quad in quads:
        if not isinstance(quad.subject, ox.Triple):
            yield quad.subject


def cells(
    dataset: Dataset, node: ox.NamedNode, thing: Node, prop: ox.NamedNode
) -> Sequence[Term]:
    """The values of a column for one thing."""
    return table.of(dataset, node).things[thing].get(prop, ())


def key(value: Term) -> str:
    """How a value stands in an address."""
    return str(value) if isinstance(value, ox.BlankNode | ox.Triple) else value.value


def _fits(held: Table, thing: Node, asked: Asked) -> bool:
    said = held.things[thing]
    return all(
        any(key(value) == wanted for value in said.get(prop, ()))
        for prop, wanted in asked.only
    )


def _facet(
    dataset: Dataset,
    prop: ox.NamedNode,
    said: Sequence[Mapping[ox.NamedNode, Sequence[Term]]],
    asked: Asked,
    language: str,
) -> Facet:
    values = Counter(value for each in said for value in set(each.get(prop, ())))
    dataset.learn((v for v in values if isinstance(v, ox.NamedNode)), language)
    taken = {wanted for which, wanted in asked.only if which == prop}
    choices = [
        Choice(
            key(value), written.term(dataset, value, language), count,
            key(value) in taken,
        )
        for value, count in values.most_common(_CHOICES)
    ]  # fmt: skip
    return Facet(prop, dataset.label(prop, language), tuple(choices))


def _sorted(
    dataset: Dataset,
    held: Table,
    chosen: Sequence[Node],
    asked: Asked,
    language: str,
) -> Sequence[Node]:
    labels = dataset.learn(chosen, language)
    by_name = sorted(chosen, key=lambda thing: wording.natural(labels[thing].text))
    if asked.order is None:
        return by_name[::-1] if asked.falling else by_name
    prop = asked.order
    having = [thing for thing in by_name if prop in held.things[thing]]
    lacking = [thing for thing in by_name if prop not in held.things[thing]]
    having.sort(
        key=lambda thing: _order(dataset, held.things[thing][prop], language),
        reverse=asked.falling,
    )
    return [*having, *lacking]


def _order(
    dataset: Dataset, values: Sequence[Term], language: str
) -> tuple[bool, float, tuple[tuple[int, str], ...]]:
    """Numbers by their size, all else as people sort; the least of several counts."""
    return min(_order_of(dataset, value, language) for value in values)


def _order_of(
    dataset: Dataset, value: Term, language: str
) -> tuple[bool, float, tuple[tuple[int, str], ...]]:
    if isinstance(value, ox.Literal):
        span = timeline.span(value.value) if written.is_date(value) else None
        if span:
            return False, span[0], ()
        try:
            return False, float(value.value), ()
        except ValueError:
            return True, 0, wording.natural(value.value)
    return True, 0, wording.natural(written.term(dataset, value, language).text)
