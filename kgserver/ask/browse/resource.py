"""One resource, described: what is said of it, what points at it, and who says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT, Dataset, Label, Node
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# How many incoming statements of one property are listed, and how many are in a
# document.
SLICE = 50
_INCOMING = 1000
_TYPE = ox.NamedNode(names.RDF + "type")
_FIRST = (
    names.RDF + "type",
    names.RDFS + "label",
    names.SKOS + "prefLabel",
    names.SKOS + "altLabel",
    names.SKOS + "definition",
    names.RDFS + "comment",
)


@dataclass(frozen=True, slots=True)
class Value:
    """One end of a statement, its name, and the graphs that hold the statement.

    `graphs` are IRIs, without the inferred graph; where there are none the statement
    only follows from others.
    """

    term: Node | ox.Literal | ox.Triple
    label: Label
    graphs: tuple[str, ...]

    @property
    def inferred(self) -> bool:
        """Whether no file says this, so that it only follows."""
        return not self.graphs


@dataclass(frozen=True, slots=True)
class Group:
    """The statements of one property; `count` may be more than are listed."""

    property: ox.NamedNode
    label: Label
    values: tuple[Value, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Resource:
    """All that a page about one thing shows."""

    node: Node
    label: Label
    types: tuple[Value, ...]
    outgoing: tuple[Group, ...]
    incoming: tuple[Group, ...]


def describe(dataset: Dataset, node: Node, language: str = "en") -> Resource | None:
    """The description of a resource, or None where nothing is said of it at all."""
    about = dataset.store.quads_for_pattern(node, None, None, None)
    to = dataset.store.quads_for_pattern(None, None, node, None)
    outgoing = _groups(dataset, _held(dataset, about), language)
    incoming = _groups(dataset, _held(dataset, to), language, backwards=True)
    if not outgoing and not incoming:
        return None
    types = next((group.values for group in outgoing if group.property == _TYPE), ())
    return Resource(node, dataset.label(node, language), types, outgoing, incoming)


def exists(dataset: Dataset, node: Node) -> bool:
    """Whether any statement is about the node or points at it."""
    about = dataset.store.quads_for_pattern(node, None, None, DEFAULT)
    to = dataset.store.quads_for_pattern(None, None, node, DEFAULT)
    return next(about, None) is not None or next(to, None) is not None


def triples(dataset: Dataset, node: Node) -> Iterator[ox.Triple]:
    """What a document about a resource says: all about it, and what points at it.

    Blank nodes are followed, since they can be reached in no other way. At most
    1,000 statements that point at the resource are given.
    """
    yield from _about(dataset, node, set())
    to = dataset.store.quads_for_pattern(None, None, node, DEFAULT)
    for quad, _ in zip(to, range(_INCOMING), strict=False):
        if quad.subject != node:
            yield quad.triple


def _about(dataset: Dataset, node: Node, seen: set[Node]) -> Iterator[ox.Triple]:
    seen.add(node)
    for quad in dataset.store.quads_for_pattern(node, None, None, DEFAULT):
        yield quad.triple
        value = quad.object
        if isinstance(value, ox.BlankNode) and value not in seen:
            yield from _about(dataset, value, seen)


def _held(
    dataset: Dataset, quads: Iterable[ox.Quad]
) -> Mapping[ox.Triple, tuple[str, ...]]:
    """The triples of the default graph, each with the files' graphs that hold it."""
    inferred = dataset.names.inferred
    graphs: dict[ox.Triple, set[str]] = defaultdict(set)
    shown = set()
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            graphs[quad.triple].add(quad.graph_name.value)
        else:
            shown.add(quad.triple)
    return {triple: tuple(sorted(graphs[triple] - {inferred})) for triple in shown}


def _groups(
    dataset: Dataset,
    held: Mapping[ox.Triple, tuple[str, ...]],
    language: str,
    *,
    backwards: bool = False,
) -> tuple[Group, ...]:
    """The statements by property, what names the thing first, then by the label."""
    by_property: dict[ox.NamedNode, list[Value]] = defaultdict(list)
    for triple, graphs in held.items():
        term = triple.subject if backwards else triple.object
        label = _label(dataset, term, language)
        by_property[triple.predicate].append(Value(term, label, graphs))
    groups = [
        _group(dataset, prop, values, language) for prop, values in by_property.items()
    ]
    base = dataset.snapshot.base_iri
    return tuple(sorted(groups, key=lambda group: _rank(group, base)))


def _group(
    dataset: Dataset, prop: ox.NamedNode, values: Sequence[Value], language: str
) -> Group:
    ordered = sorted(values, key=lambda v: (v.inferred, v.label.text, v.label.language))
    label = dataset.label(prop, language)
    return Group(prop, label, tuple(ordered[:SLICE]), len(ordered))


def _rank(group: Group, base: str) -> tuple[int, bool, bool, str, str]:
    """What names the thing first, then this graph's own terms, what is said in files
    before what only follows.
    """
    iri = group.property.value
    rank = _FIRST.index(iri) if iri in _FIRST else len(_FIRST)
    follows = all(value.inferred for value in group.values)
    foreign = not iri.startswith(base)
    return rank, foreign, follows, group.label.text.lower(), iri


def _label(
    dataset: Dataset, term: Node | ox.Literal | ox.Triple, language: str
) -> Label:
    if isinstance(term, ox.Literal):
        return Label(term.value, term.language or "")
    return (
        Label(str(term), "")
        if isinstance(term, ox.Triple)
        else (dataset.label(term, language))
    )
