"""What has a place on the earth, and what holds between places.

Coordinates are read from the W3C Basic Geo vocabulary, schema.org, and GeoSPARQL's
points (OGC 11-052r4 §8.5), on the thing itself or on its geometry.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import schema, wording
from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgserver.ask.dataset import Dataset, Label

_GEO, _SCHEMA = names.WELL_KNOWN["geo"], names.WELL_KNOWN["schema"]
_PAIRS = tuple(
    (ox.NamedNode(latitude), ox.NamedNode(longitude))
    for latitude, longitude in (
        (names.WELL_KNOWN["wgs"] + "lat", names.WELL_KNOWN["wgs"] + "long"),
        (_SCHEMA + "latitude", _SCHEMA + "longitude"),
    )
)
_TO_GEOMETRY = tuple(
    ox.NamedNode(iri) for iri in (_GEO + "hasGeometry", _SCHEMA + "geo")
)
_WKT = ox.NamedNode(_GEO + "asWKT")
_POINT = re.compile(
    r"\s*(?:<[^>]*>\s*)?POINT\s*Z?\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)[^)]*\)\s*", re.I
)
# How many places are shown, and how many links between them.
MOST, _BONDS = 5000, 500

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A thing with its latitude and longitude in degrees."""

    node: ox.NamedNode
    label: Label
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Bond:
    """A statement in a file that one place has some relation to another."""

    property: ox.NamedNode
    label: Label
    one: Place
    other: Place


def located(dataset: Dataset) -> Mapping[ox.NamedNode, Point]:
    """The latitude and longitude of whatever has them."""
    return dataset.once("located", lambda: _locate(dataset))


def places(dataset: Dataset, language: str) -> list[Place]:
    """Everything that has a place, by its name."""
    points = located(dataset)
    labels = dataset.learn(points, language)
    found = [Place(node, labels[node], *point) for node, point in points.items()]
    return sorted(found, key=lambda place: wording.natural(place.label.text))


def bonds(dataset: Dataset, language: str) -> list[Bond]:
    """What the files say between two places, each pair once for a property."""
    known = {place.node: place for place in places(dataset, language)}
    inferred = dataset.names.inferred
    own = schema.of(dataset).own
    found: dict[tuple[ox.NamedNode, frozenset[ox.NamedNode]], Bond] = {}
    for node, place in known.items():
        for quad in dataset.store.quads_for_pattern(node, None, None, None):
            prop, value, graph = quad.predicate, quad.object, quad.graph_name
            if not isinstance(value, ox.NamedNode) or value not in known:
                continue
            said = isinstance(graph, ox.NamedNode) and graph.value != inferred
            if said and value != node and prop.value.startswith(own):
                label = dataset.label(prop, language)
                bond = Bond(prop, label, place, known[value])
                found.setdefault((prop, frozenset((node, value))), bond)
        if len(found) >= _BONDS:
            break
    return list(found.values())


def _locate(dataset: Dataset) -> Mapping[ox.NamedNode, Point]:
    found: dict[ox.NamedNode, Point] = {}
    for node, point in islice(_points(dataset), 4 * MOST):
        for owner in _owners(dataset, node):
            found.setdefault(owner, point)
    return dict(islice(found.items(), MOST))


def _points(dataset: Dataset) -> Iterator[tuple[ox.NamedNode | ox.BlankNode, Point]]:
    """Every node with coordinates of its own."""
    for latitude, longitude in _PAIRS:
        for quad in dataset.store.quads_for_pattern(None, latitude, None, DEFAULT):
            node = quad.subject
            if isinstance(node, ox.Triple):
                continue
            others = dataset.store.quads_for_pattern(node, longitude, None, DEFAULT)
            east = next(others, None)
            if east is not None:
                yield from _valid(node, _text(quad.object), _text(east.object))
    for quad in dataset.store.quads_for_pattern(None, _WKT, None, DEFAULT):
        point = _POINT.fullmatch(_text(quad.object))
        if point and not isinstance(quad.subject, ox.Triple):
            yield from _valid(quad.subject, point[2], point[1])


def _owners(
    dataset: Dataset, node: ox.NamedNode | ox.BlankNode
) -> Iterator[ox.NamedNode]:
    """The things whose geometry a node is, or the node itself where it is of none."""
    owned = defaultdict(list)
    for prop in _TO_GEOMETRY:
        for quad in dataset.store.quads_for_pattern(None, prop, node, DEFAULT):
            if isinstance(quad.subject, ox.NamedNode):
                owned[node].append(quad.subject)
    if owned:
        yield from owned[node]
    elif isinstance(node, ox.NamedNode):
        yield node


def _valid(
    node: ox.NamedNode | ox.BlankNode, latitude: str, longitude: str
) -> Iterator[tuple[ox.NamedNode | ox.BlankNode, Point]]:
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return
    if abs(north) <= 90 and abs(east) <= 180:
        yield node, (north, east)


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.Literal) else ""
