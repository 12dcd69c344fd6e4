"""The terms that a query may be written with: prefixes, classes and properties.

Each with its label, what it means, how often it occurs, and what it is used between, so
that an editor can offer those that fit. Domains and ranges are those of the files: what
follows from them names every class above as well, and would fit anything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgserver.ask.dataset import Dataset, Node

_CLASSES = "SELECT ?it (COUNT(*) AS ?n) { ?thing a ?it } GROUP BY ?it"
_PROPERTIES = "SELECT ?it (COUNT(*) AS ?n) { ?s ?it ?o } GROUP BY ?it"
_TYPE = ox.NamedNode(names.RDF + "type")
_CLASS_KINDS = (names.OWL + "Class", names.RDFS + "Class")
_PROPERTY_KINDS = (
    names.RDF + "Property",
    names.OWL + "ObjectProperty",
    names.OWL + "DatatypeProperty",
    names.OWL + "AnnotationProperty",
)
_MEANINGS = (
    names.SKOS + "definition",
    names.RDFS + "comment",
    names.DCTERMS + "description",
)


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property; a class has `parents`, a property `domain` and `range`."""

    iri: str
    label: str
    comment: str
    count: int
    parents: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that a query's own words can be chosen from."""

    prefixes: Mapping[str, str]
    classes: tuple[Term, ...]
    properties: tuple[Term, ...]


def read(dataset: Dataset, language: str) -> Vocabulary:
    """The vocabulary of a dataset, labelled in a language; counts run over it all."""
    counted = dataset.once("counted terms", lambda: _counts(dataset))
    classes, properties = (Counter(each) for each in counted)
    classes.update(dict.fromkeys(_declared(dataset, _CLASS_KINDS), 0))
    properties.update(dict.fromkeys(_declared(dataset, _PROPERTY_KINDS), 0))
    return Vocabulary(
        dataset.prefixes,
        tuple(
            Term(
                *_said(dataset, node, language),
                count=count,
                parents=_above(dataset, node),
            )
            for node, count in classes.most_common()
        ),
        tuple(
            Term(
                *_said(dataset, node, language),
                count=count,
                domain=_ends(dataset, node, "domain"),
                range=_ends(dataset, node, "range"),
            )
            for node, count in properties.most_common()
        ),
    )


def _counts(dataset: Dataset) -> tuple[Counter[ox.NamedNode], Counter[ox.NamedNode]]:
    """How often each class and each property is used, whatever the language."""
    return _counted(dataset, _CLASSES), _counted(dataset, _PROPERTIES)


def _counted(dataset: Dataset, query: str) -> Counter[ox.NamedNode]:
    rows = dataset.store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    return Counter(
        {
            row["it"]: int(row["n"].value)
            for row in rows
            if isinstance(row["it"], ox.NamedNode) and isinstance(row["n"], ox.Literal)
        }
    )


def _declared(dataset: Dataset, kinds: tuple[str, ...]) -> Iterator[ox.NamedNode]:
    for kind in kinds:
        node = ox.NamedNode(kind)
        for quad in dataset.store.quads_for_pattern(None, _TYPE, node, DEFAULT):
            if isinstance(quad.subject, ox.NamedNode):
                yield quad.subject


def _said(dataset: Dataset, node: ox.NamedNode, language: str) -> tuple[str, str, str]:
    """The IRI, label and meaning of a term."""
    label = dataset.label(node, language).text
    return node.value, label, _meaning(dataset, node, language)


def _meaning(dataset: Dataset, node: ox.NamedNode, language: str) -> str:
    for iri in _MEANINGS:
        quads = dataset.store.quads_for_pattern(node, ox.NamedNode(iri), None, DEFAULT)
        texts = [q.object for q in quads if isinstance(q.object, ox.Literal)]
        if texts:
            wanted = (language.lower(), language.partition("-")[0].lower(), "en")
            ranks = {tag: rank for rank, tag in enumerate(reversed(wanted), 1)}
            best = max(texts, key=lambda text: ranks.get(text.language or "", 0))
            return best.value
    return ""


def _above(dataset: Dataset, node: ox.NamedNode) -> tuple[str, ...]:
    """All superclasses, where the reasoner has closed the hierarchy."""
    quads = dataset.store.quads_for_pattern(
        node, ox.NamedNode(names.RDFS + "subClassOf"), None, DEFAULT
    )
    found = {q.object.value for q in quads if isinstance(q.object, ox.NamedNode)}
    return tuple(sorted(found - {node.value}))


def _ends(dataset: Dataset, node: ox.NamedNode, end: str) -> tuple[str, ...]:
    """The domain or range that files give, the members of a union among them."""
    inferred = dataset.names.inferred
    quads = dataset.store.quads_for_pattern(node, ox.NamedNode(names.RDFS + end), None)
    found: set[str] = set()
    for quad in quads:
        graph = quad.graph_name
        if isinstance(graph, ox.NamedNode) and graph.value != inferred:
            found |= set(_classes(dataset, quad.object))
    return tuple(sorted(found))


def _classes(dataset: Dataset, node: Node | ox.Literal | ox.Triple) -> Iterator[str]:
    if isinstance(node, ox.NamedNode):
        yield node.value
    elif isinstance(node, ox.BlankNode):
        for listed in _objects(dataset, node, names.OWL + "unionOf"):
            yield from _members(dataset, listed)


def _members(dataset: Dataset, listed: Node) -> Iterator[str]:
    """The IRIs in an RDF list, which is walked once even where it is a circle."""
    seen: set[Node] = set()
    while listed not in seen:
        seen.add(listed)
        for member in _objects(dataset, listed, names.RDF + "first"):
            if isinstance(member, ox.NamedNode):
                yield member.value
        listed = next(iter(_objects(dataset, listed, names.RDF + "rest")), listed)


def _objects(dataset: Dataset, node: Node, iri: str) -> list[Node]:
    quads = dataset.store.quads_for_pattern(node, ox.NamedNode(iri), None, DEFAULT)
    return [
        q.object for q in quads if isinstance(q.object, ox.NamedNode | ox.BlankNode)
    ]
