"""The reference engine: owlrl's RDFS and OWL 2 RL rules, for small graphs.

owlrl adds many statements that are true of everything. What is kept is what tells
something: no axioms, nothing about the terms of RDF, RDFS, OWL and XSD, nothing
reflexive, nothing of `owl:Thing`, no bare declarations, and nothing about the nameless
parts of an OWL axiom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import owlrl
import pyoxigraph as ox
import rdflib

from kgserver.load import bridge
from kgserver.load.reason import Inference
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEMANTICS = {"owl": owlrl.RDFS_OWLRL_Semantics, "rdfs": owlrl.RDFS_Semantics}
_LANGUAGE = (names.RDF, names.RDFS, names.OWL, names.XSD)
_REFLEXIVE = {
    names.OWL + "sameAs",
    names.OWL + "equivalentClass",
    names.OWL + "equivalentProperty",
    names.RDFS + "subClassOf",
    names.RDFS + "subPropertyOf",
}
_FIRST = names.RDF + "first"
_ERROR = rdflib.URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")


def infer(rules: str, triples: Sequence[ox.Triple]) -> Inference:
    """What follows by the rules (`owl` or `rdfs`) and is not among the triples."""
    graph = bridge.to_rdflib(triples)
    closure = owlrl.DeductiveClosure(
        _SEMANTICS[rules], axiomatic_triples=False, datatype_axioms=False
    )
    closure.expand(graph)
    contradictions = tuple(sorted(map(str, graph.objects(None, _ERROR))))
    for node in list(graph.subjects(_ERROR)):
        graph.remove((node, None, None))
    asserted = set(triples)
    parts = {t.subject for t in triples if _is_part(t)}
    found = frozenset(
        triple
        for triple in bridge.from_rdflib(graph)
        if triple not in asserted
        and triple.subject not in parts
        and triple.object not in parts
        and _is_useful(triple)
    )
    return Inference(found, contradictions)


def _is_part(triple: ox.Triple) -> bool:
    """Whether the subject is a nameless part of an axiom: an expression, a list."""
    predicate = triple.predicate.value
    nameless = isinstance(triple.subject, ox.BlankNode)
    return nameless and (predicate.startswith(names.OWL) or predicate == _FIRST)


def _is_useful(triple: ox.Triple) -> bool:
    subject, value = triple.subject, triple.object
    if isinstance(subject, ox.NamedNode) and subject.value.startswith(_LANGUAGE):
        return False
    if isinstance(value, ox.NamedNode) and value.value.startswith(_LANGUAGE):
        return False
    return not (triple.predicate.value in _REFLEXIVE and subject == value)
