"""What the ontology's files say of a term: which axioms, about which other terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.dataset import Dataset, Label

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

Named = tuple[ox.NamedNode, "Label"]

_TYPE = ox.NamedNode(names.RDF + "type")
_FIRST, _REST = ox.NamedNode(names.RDF + "first"), ox.NamedNode(names.RDF + "rest")
_LONGEST = 100  # members of a list
# what a property may be, by the name of the message that says so
CHARACTERISTICS: Mapping[ox.NamedNode, str] = {
    ox.NamedNode(names.OWL + kind): message
    for kind, message in {
        "FunctionalProperty": "functional",
        "InverseFunctionalProperty": "inverse-functional",
        "TransitiveProperty": "transitive",
        "SymmetricProperty": "symmetric",
        "AsymmetricProperty": "asymmetric",
        "ReflexiveProperty": "reflexive",
        "IrreflexiveProperty": "irreflexive",
    }.items()
}
# which axioms are shown, by the name of their message; a list of lists has its members
_LINKS: Mapping[str, str] = {
    "above": names.RDFS + "subClassOf",
    "wider": names.RDFS + "subPropertyOf",
    "domain": names.RDFS + "domain",
    "range": names.RDFS + "range",
    "inverse": names.OWL + "inverseOf",
    "same-class": names.OWL + "equivalentClass",
    "same-property": names.OWL + "equivalentProperty",
    "disjoint": names.OWL + "disjointWith",
    "disjoint-property": names.OWL + "propertyDisjointWith",
}
_LISTS: Mapping[str, str] = {
    "chain": names.OWL + "propertyChainAxiom",
    "key": names.OWL + "hasKey",
    "union": names.OWL + "unionOf",
    "intersection": names.OWL + "intersectionOf",
    "one-of": names.OWL + "oneOf",
}


def of(
    dataset: Dataset, node: ox.NamedNode, language: str
) -> Iterator[tuple[str, tuple[Named, ...]]]:
    """What the ontology's files say of a term, without what only follows."""
    for message, iri in _LINKS.items():
        values = [
            quad.object
            for quad in _said(dataset, node, iri)
            if isinstance(quad.object, ox.NamedNode)
        ]
        if values:
            yield message, named(dataset, sorted(set(values), key=str), language)
    for message, iri in _LISTS.items():
        for quad in _said(dataset, node, iri):
            members = _members(dataset, quad.object)
            if members:
                yield message, named(dataset, members, language)
    apart = dataset.once("disjoint classes", lambda: _disjoint(dataset))
    if others := sorted(apart.get(node, ()), key=str):
        yield "disjoint", named(dataset, others, language)


def _said(dataset: Dataset, node: ox.NamedNode, iri: str) -> Iterator[ox.Quad]:
    for graph in graphs(dataset):
        yield from dataset.store.quads_for_pattern(node, ox.NamedNode(iri), None, graph)


def _members(dataset: Dataset, head: Term) -> list[ox.NamedNode]:
    """The named members of an RDF list; a list in a circle ends."""
    found: list[ox.NamedNode] = []
    while isinstance(head, ox.NamedNode | ox.BlankNode) and len(found) < _LONGEST:
        firsts = dataset.store.quads_for_pattern(head, _FIRST, None, DEFAULT)
        first = next(firsts, None)
        if first is None:
            break
        if isinstance(first.object, ox.NamedNode):
            found.append(first.object)
        rest = next(dataset.store.quads_for_pattern(head, _REST, None, DEFAULT), None)
        head = rest.object if rest else ox.Literal("")
    return found


def _disjoint(dataset: Dataset) -> Mapping[ox.NamedNode, set[ox.NamedNode]]:
    """What `owl:AllDisjointClasses` keeps apart."""
    found: dict[ox.NamedNode, set[ox.NamedNode]] = {}
    members = ox.NamedNode(names.OWL + "members")
    kind = ox.NamedNode(names.OWL + "AllDisjointClasses")
    for quad in dataset.store.quads_for_pattern(None, _TYPE, kind, DEFAULT):
        if isinstance(quad.subject, ox.Triple):
            continue
        for each in dataset.store.quads_for_pattern(
            quad.subject, members, None, DEFAULT
        ):
            apart = _members(dataset, each.object)
            for one in apart:
                found.setdefault(one, set()).update(set(apart) - {one})
    return found


def named(
    dataset: Dataset, nodes: Sequence[ox.NamedNode], language: str
) -> tuple[Named, ...]:
    """Terms, each with its name."""
    return tuple((node, dataset.label(node, language)) for node in nodes)


def graphs(dataset: Dataset) -> list[ox.NamedNode]:
    """The graphs of the ontology's files."""
    sources = dataset.snapshot.sources
    return [ox.NamedNode(each.graph) for each in sources if each.role == "ontology"]
