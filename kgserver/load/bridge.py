"""The door to rdflib: triples go over and come back, blank node labels kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph
import rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable


def to_rdflib(triples: Iterable[pyoxigraph.Triple]) -> rdflib.Graph:
    """A graph with the same triples."""
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((_to(triple.subject), _to(triple.predicate), _to(triple.object)))
    return graph


def from_rdflib(graph: rdflib.Graph) -> list[pyoxigraph.Triple]:
    """The graph's triples, without those that RDF does not allow."""
    return [
        pyoxigraph.Triple(_from(s), _from(p), _from(o))  # type: ignore[arg-type]
        for s, p, o in graph
        if not isinstance(s, rdflib.Literal) and isinstance(p, rdflib.URIRef)
    ]


def _to(term: object) -> rdflib.term.Node:
    if isinstance(term, pyoxigraph.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, pyoxigraph.BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, pyoxigraph.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(
        term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False
    )


def _from(term: rdflib.term.Node) -> object:
    if isinstance(term, rdflib.URIRef):
        return pyoxigraph.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return pyoxigraph.BlankNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return pyoxigraph.Literal(str(term), language=term.language)
    kind = pyoxigraph.NamedNode(str(term.datatype or rdflib.XSD.string))
    return pyoxigraph.Literal(str(term), datatype=kind)
