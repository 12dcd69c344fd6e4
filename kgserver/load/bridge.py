"""The one door to rdflib: triples go over it to owlrl and pySHACL, and come back.

rdflib's querying and pySHACL are not safe under threads (rdflib#1282, pySHACL#314), so
all that stands behind this door runs in the builder and never in a request. It is also
slow to import, which is why nothing but the builder imports it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pyoxigraph as ox
import rdflib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Identifier, Node

# rdflib logs a traceback for each literal that it cannot turn into a Python value; such
# literals are findings of ours already.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def to_rdflib(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The triples as an rdflib graph; literals keep their text letter for letter."""
    return fill(rdflib.Graph(bind_namespaces="none"), triples)


def fill(graph: rdflib.Graph, triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The graph, with these triples in it."""
    known: dict[object, Node] = {}

    def node(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
        if term not in known:
            known[term] = node_of(term)
        return known[term]

    for triple in triples:
        graph.add((node(triple.subject), node(triple.predicate), node(triple.object)))
    return graph


def from_rdflib(graph: Iterable[tuple[Node, Node, Node]]) -> Iterator[ox.Triple]:
    """The statements that are RDF; what has a literal for a subject is left out."""
    known: dict[Node, ox.NamedNode | ox.BlankNode | ox.Literal] = {}

    def term(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        if node not in known:
            known[node] = term_of(node)
        return known[node]

    for subject, predicate, value in graph:
        s, p = term(subject), term(predicate)
        if isinstance(p, ox.NamedNode) and not isinstance(s, ox.Literal):
            yield ox.Triple(s, p, term(value))


def node_of(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Identifier:
    """A term as rdflib has it."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Triple):
        msg = f"rdflib cannot hold a triple term: {term}"
        raise TypeError(msg)
    datatype = None if term.language else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(
        term.value, lang=term.language, datatype=datatype, normalize=False
    )


def term_of(node: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """An rdflib node as a term of ours."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.Literal):
        if node.language:
            return ox.Literal(str(node), language=node.language)
        datatype = ox.NamedNode(str(node.datatype)) if node.datatype else None
        return ox.Literal(str(node), datatype=datatype)
    return ox.BlankNode(str(node))


def vocabularies() -> dict[str, frozenset[str]]:
    """The local names of every vocabulary that rdflib knows, by namespace.

    Its tables are made from what the vocabularies' makers publish.
    """
    spaces = (
        each
        for each in vars(rdflib.namespace).values()
        if isinstance(each, type)
        and issubclass(each, rdflib.namespace.DefinedNamespace)
    )
    return {str(each): _terms(each) for each in spaces if hasattr(each, "_NS")}


def _terms(space: type[rdflib.namespace.DefinedNamespace]) -> frozenset[str]:
    names = {name for kind in space.__mro__ for name in vars(kind).get(_NAMES, ())}
    return frozenset(name for name in {*names, *space._extras} if name[0] != "_")


_NAMES = "__annotations__"
