"""The ontology is in OWL 2 RL (Profiles §4.2) and in OWL 2 DL (Syntax §3, §11.2)."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, XSD

from .conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib.term import Node

BUILT_IN = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD))
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@pytest.fixture(scope="module", name="ontology")
def _ontology() -> rdflib.Graph:
    """The ontology's files without the shapes, as one graph."""
    paths = [path for path in ROOT.glob("ontology/*.ttl") if path.name != "shapes.ttl"]
    assert paths
    graph = rdflib.Graph()
    for path in paths:
        graph.parse(path)
    return graph


def test_is_in_owl_2_rl(ontology: rdflib.Graph) -> None:
    """Named classes only, no disjoint union, no reflexive property: all RL allows."""
    constructs = (
        OWL.Restriction, OWL.unionOf, OWL.intersectionOf, OWL.complementOf, OWL.oneOf,
        OWL.disjointUnionOf, OWL.ReflexiveProperty, OWL.topObjectProperty,
    )  # fmt: skip
    nodes = set(ontology.all_nodes()) | set(ontology.predicates())

    assert [construct for construct in constructs if construct in nodes] == []


def test_datatypes_are_of_owl_2(ontology: rdflib.Graph) -> None:
    """Ranges and literals use datatypes of the OWL 2 RL map; xsd:date is not in it."""
    allowed = {
        XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.dateTime, RDFS.Literal
    }  # fmt: skip
    data = ontology.subjects(RDF.type, OWL.DatatypeProperty)
    ranges = {r for p in data for r in ontology.objects(p, RDFS.range)}
    literals = {
        o.datatype
        for o in ontology.objects()
        if isinstance(o, rdflib.Literal) and o.datatype
    }

    assert ranges | literals <= allowed


def test_every_term_has_one_kind(ontology: rdflib.Graph) -> None:
    """No term is both a class and a property, or two kinds of property."""
    by_kind = [set(ontology.subjects(RDF.type, kind)) for kind in KINDS]
    terms = set.union(*by_kind)

    assert [t for t in terms if sum(t in kind for kind in by_kind) != 1] == []


def chains(ontology: rdflib.Graph) -> list[tuple[list[Node], Node]]:
    """Each property chain with the property that it implies."""
    return [
        (list(ontology.items(links)), term)
        for term, links in ontology.subject_objects(OWL.propertyChainAxiom)
    ]


def implied(ontology: rdflib.Graph) -> set[tuple[Node, Node]]:
    """The reflexive and transitive closure of subproperty and inverse (Syntax §11)."""
    steps = set(ontology.subject_objects(RDFS.subPropertyOf))
    for one, two in ontology.subject_objects(OWL.inverseOf):
        steps |= {(one, two), (two, one)}
    nodes = {node for step in steps for node in step}
    return closure(steps | {(node, node) for node in nodes})


def closure(pairs: Iterable[tuple[Node, Node]]) -> set[tuple[Node, Node]]:
    """The transitive closure of a relation."""
    found = set(pairs)
    while (
        more := {(a, d) for (a, b), (c, d) in product(found, found) if b == c} - found
    ):
        found |= more
    return found


def test_non_simple_properties_have_no_forbidden_axiom(ontology: rdflib.Graph) -> None:
    """What a chain or transitivity implies is none of irreflexive, functional …"""
    composite = {term for _, term in chains(ontology)}
    composite |= set(ontology.subjects(RDF.type, OWL.TransitiveProperty))
    composite |= {b for a, b in implied(ontology) if a in composite}
    forbidden = (
        OWL.AsymmetricProperty, OWL.IrreflexiveProperty, OWL.FunctionalProperty,
        OWL.InverseFunctionalProperty,
    )  # fmt: skip

    assert composite
    for term, kind in product(composite, forbidden):
        assert (term, RDF.type, kind) not in ontology, term


def test_property_chains_are_regular(ontology: rdflib.Graph) -> None:
    """A strict order of the properties exists, as Syntax §11.2 asks."""
    below: set[tuple[Node, Node]] = set()
    for links, term in chains(ontology):
        assert len(links) > 1, term
        inner = links[1:] if links[0] == term else links
        inner = inner[:-1] if inner[-1] == term else inner
        below |= {(link, term) for link in inner}
    inverses = set(ontology.subject_objects(OWL.inverseOf))
    inverses |= {(two, one) for one, two in inverses}
    below |= {(inverse, b) for a, b in below for one, inverse in inverses if one == a}
    below = closure(below)

    assert below
    assert [pair for pair in below if pair[0] == pair[1]] == []
    assert [(a, b) for a, b in implied(ontology) if (b, a) in below and a != b] == []
