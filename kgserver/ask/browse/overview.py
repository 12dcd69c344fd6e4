"""A dataset as a whole: how many of each class, and the terms of its ontology."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT, Dataset, Label
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LANGUAGE = (names.RDF, names.RDFS, names.OWL, names.XSD, names.WELL_KNOWN["sh"])
_CLASSES = """
SELECT ?class (COUNT(?thing) AS ?count) WHERE { ?thing a ?class FILTER isIRI(?class) }
GROUP BY ?class ORDER BY DESC(?count) ?class
"""
# what a term is, the types that say so
_KINDS = (
    ("Classes", ("Class",)),
    ("Object properties", ("ObjectProperty",)),
    ("Datatype properties", ("DatatypeProperty",)),
    ("Annotation properties", ("AnnotationProperty",)),
)
_DEFINITIONS = (names.SKOS + "definition", names.RDFS + "comment")
_DOMAIN, _RANGE = names.RDFS + "domain", names.RDFS + "range"


@dataclass(frozen=True, slots=True)
class ClassCount:
    """A class and how many things are in it, inferred ones among them."""

    iri: str
    label: Label
    count: int


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property of the ontology, as its documentation shows it."""

    iri: str
    label: Label
    definition: Label
    domain: tuple[str, ...]
    range: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The terms of one kind."""

    title: str
    terms: tuple[Term, ...]


def classes(dataset: Dataset, language: str = "en") -> Sequence[ClassCount]:
    """The classes that things of the data are in, the largest first."""
    rows = dataset.store.query(_CLASSES)
    if not isinstance(rows, ox.QuerySolutions):
        return ()
    found = ((row["class"], row["count"]) for row in rows)
    return tuple(
        ClassCount(node.value, dataset.label(node, language), int(count.value))
        for node, count in found
        if isinstance(node, ox.NamedNode)
        and isinstance(count, ox.Literal)
        and not node.value.startswith(_LANGUAGE)
    )


def ontology(dataset: Dataset, language: str = "en") -> Sequence[Section]:
    """The terms that the ontology's own files define, by kind and then by label."""
    iris = [s.graph for s in dataset.snapshot.sources if s.role == "ontology"]
    graphs = [ox.NamedNode(iri) for iri in iris]
    sections = []
    for title, kinds in _KINDS:
        types = [ox.NamedNode(names.OWL + kind) for kind in kinds]
        nodes = {
            quad.subject
            for graph in graphs
            for kind in types
            for quad in dataset.store.quads_for_pattern(None, None, kind, graph)
            if isinstance(quad.subject, ox.NamedNode)
            and quad.subject.value.startswith(dataset.snapshot.base_iri)
        }
        terms = sorted(
            (_term(dataset, node, language) for node in nodes),
            key=lambda term: term.label.text.lower(),
        )
        sections.append(Section(title, tuple(terms)))
    return tuple(section for section in sections if section.terms)


def ontology_triples(dataset: Dataset) -> Iterator[ox.Triple]:
    """What the ontology's own files say."""
    for source in dataset.snapshot.sources:
        if source.role == "ontology":
            yield from graph_triples(dataset, source.graph)


def graph_triples(dataset: Dataset, iri: str) -> Iterator[ox.Triple]:
    """What one named graph holds."""
    graph = ox.NamedNode(iri)
    for quad in dataset.store.quads_for_pattern(None, None, None, graph):
        yield quad.triple


def _term(dataset: Dataset, node: ox.NamedNode, language: str) -> Term:
    return Term(
        node.value,
        dataset.label(node, language),
        _definition(dataset, node, language),
        _iris(dataset, node, _DOMAIN),
        _iris(dataset, node, _RANGE),
    )


def _definition(dataset: Dataset, node: ox.NamedNode, language: str) -> Label:
    for iri in _DEFINITIONS:
        found = [
            Label(quad.object.value, quad.object.language or "")
            for quad in dataset.store.quads_for_pattern(
                node, ox.NamedNode(iri), None, DEFAULT
            )
            if isinstance(quad.object, ox.Literal)
        ]
        if found:
            return min(found, key=lambda label: label.language not in (language, "en"))
    return Label("", "")


def _iris(dataset: Dataset, node: ox.NamedNode, iri: str) -> tuple[str, ...]:
    """The values that the ontology's files give, without those that only follow."""
    graphs = {s.graph for s in dataset.snapshot.sources if s.role == "ontology"}
    quads = dataset.store.quads_for_pattern(node, ox.NamedNode(iri), None, None)
    return tuple(
        sorted(
            quad.object.value
            for quad in quads
            if isinstance(quad.object, ox.NamedNode)
            and isinstance(quad.graph_name, ox.NamedNode)
            and quad.graph_name.value in graphs
        )
    )
