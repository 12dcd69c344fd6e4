"""What happened when: the things of a dataset that have a date, in order.

A property is one of dates where values of it are of a date type of XML Schema. A date
of month or year precision is the span of its month or year, so that 2019 neither comes
before nor after October 2019.
"""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import schema, wording, written
from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.dataset import Dataset, Label

# How many things one timeline has, and how many values tell what a property is of.
MOST, _SAMPLE = 2000, 30
_DATE = re.compile(r"(-?\d{4,})(?:-(\d\d)(?:-(\d\d))?)?(?:T.*|Z|[+-]\d\d:\d\d)?")
_KINDS = (
    names.RDF + "Property",
    names.OWL + "DatatypeProperty",
    names.OWL + "AnnotationProperty",
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A thing with one of its dates; `first` and `last` are years with fractions."""

    node: ox.NamedNode
    label: Label
    property: ox.NamedNode
    written: str
    value: str
    first: float
    last: float


def properties(dataset: Dataset) -> Sequence[ox.NamedNode]:
    """The properties whose values are dates, those of this graph's ontologies first."""
    return dataset.once("date properties", lambda: _properties(dataset))


def events(
    dataset: Dataset,
    language: str,
    chosen: Sequence[ox.NamedNode],
    kind: ox.NamedNode | None = None,
) -> list[Dated]:
    """The things with a date of these properties, the earliest first."""
    found = {
        (node, prop): value
        for prop in chosen
        for node, value in islice(_dates(dataset, prop), MOST)
        if kind is None or _is_a(dataset, node, kind)
    }
    labels = dataset.learn({node for node, _ in found}, language)
    dated = (
        _dated(node, labels[node], prop, value, language)
        for (node, prop), value in found.items()
    )
    return sorted(
        (each for each in dated if each),
        key=lambda each: (each.first, each.last, wording.natural(each.label.text)),
    )[:MOST]


def of(dataset: Dataset, node: ox.NamedNode, language: str) -> list[Dated]:
    """The dates of one thing."""
    label = dataset.label(node, language)
    dated = (
        _dated(node, label, prop, value, language)
        for prop, value in dataset.kept("dates", node, lambda n: _said_of(dataset, n))
    )
    return sorted((each for each in dated if each), key=lambda each: each.first)


def _said_of(
    dataset: Dataset, node: ox.NamedNode
) -> tuple[tuple[ox.NamedNode, ox.Literal], ...]:
    """The dates of one thing as the graph has them."""
    return tuple(
        (prop, quad.object)
        for prop in properties(dataset)
        for quad in dataset.store.quads_for_pattern(node, prop, None, DEFAULT)
        if isinstance(quad.object, ox.Literal) and written.is_date(quad.object)
    )


def kinds(
    dataset: Dataset, dated: Sequence[Dated], language: str
) -> list[tuple[ox.NamedNode, Label, int]]:
    """The classes that the things are in, each with how many there are of it."""
    counted: Mapping[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
    own = schema.of(dataset).own
    kind = ox.NamedNode(names.RDF + "type")
    for node in {each.node for each in dated}:
        for quad in dataset.store.quads_for_pattern(node, kind, None, DEFAULT):
            if isinstance(quad.object, ox.NamedNode):
                counted[quad.object].add(node)
    ours = {k: len(v) for k, v in counted.items() if k.value.startswith(own)}
    labels = dataset.learn(ours, language)
    return sorted(
        ((k, labels[k], count) for k, count in ours.items()),
        key=lambda each: (-each[2], each[1].text),
    )


def span(text: str) -> tuple[float, float] | None:
    """When a date begins and ends, in years with fractions."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not month:
        return float(year), year + 0.999
    if not 1 <= month <= 12 or day > 31:
        return None
    leap = calendar.isleap(year)
    begun = [0, 31, 59 + leap, 90 + leap, 120 + leap, 151 + leap, 181 + leap]
    begun += [212 + leap, 243 + leap, 273 + leap, 304 + leap, 334 + leap, 365 + leap]
    days = 365 + leap
    first = begun[month - 1] + (day - 1 if day else 0)
    last = first + 1 if day else begun[month]
    return year + first / days, year + (last - 0.01) / days


def _properties(dataset: Dataset) -> Sequence[ox.NamedNode]:
    own = schema.of(dataset).own
    used = {
        quad.subject
        for kind in _KINDS
        for quad in dataset.store.quads_for_pattern(
            None, ox.NamedNode(names.RDF + "type"), ox.NamedNode(kind), DEFAULT
        )
        if isinstance(quad.subject, ox.NamedNode)
    }
    used |= {prop for quad in _some(dataset) if (prop := quad.predicate)}
    dated = [prop for prop in used if next(_dates(dataset, prop, _SAMPLE), None)]
    wider = schema.of(dataset).wider
    narrow = [p for p in dated if not any(p in wider.get(o, ()) for o in dated)]
    return sorted(narrow, key=lambda p: (not p.value.startswith(own), p.value))


def _some(dataset: Dataset) -> Iterator[ox.Quad]:
    """The first statements of the store, for folders whose ontology says little."""
    return islice(dataset.store.quads_for_pattern(None, None, None, DEFAULT), 20_000)


def _dates(
    dataset: Dataset, prop: ox.NamedNode, most: int = 1_000_000
) -> Iterator[tuple[ox.NamedNode, ox.Literal]]:
    quads = dataset.store.quads_for_pattern(None, prop, None, DEFAULT)
    for quad in islice(quads, most):
        value = quad.object
        if not isinstance(value, ox.Literal) or not written.is_date(value):
            continue
        if isinstance(quad.subject, ox.NamedNode):
            yield quad.subject, value


def _is_a(dataset: Dataset, node: ox.NamedNode, kind: ox.NamedNode) -> bool:
    prop = ox.NamedNode(names.RDF + "type")
    return ox.Quad(node, prop, kind, DEFAULT) in dataset.store


def _dated(
    node: ox.NamedNode,
    label: Label,
    prop: ox.NamedNode,
    value: ox.Literal,
    language: str,
) -> Dated | None:
    found = span(value.value)
    if not found:
        return None
    text = wording.date(value.value, language)
    return Dated(node, label, prop, text, value.value, *found)
