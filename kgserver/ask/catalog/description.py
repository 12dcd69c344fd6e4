"""The SPARQL 1.1 Service Description of the endpoint: what may be asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset

_SD = names.WELL_KNOWN["sd"]
_VOID = names.WELL_KNOWN["void"]
_FORMATS = "http://www.w3.org/ns/formats/"
_ENTAILMENT = "http://www.w3.org/ns/entailment/"
PREFIXES = {
    prefix: names.WELL_KNOWN[prefix]
    for prefix in ("sd", "void", "rdf", "xsd", "dcterms")
}
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV",
    "SPARQL_Results_TSV", "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
_REGIMES = {"owlrl": "OWL-RDF-Based", "rules": "OWL-RDF-Based", "rdfs": "RDFS"}


def describe(dataset: Dataset, endpoint: str) -> Iterator[ox.Triple]:
    """The triples about the endpoint at this address, its formats and its graphs."""
    service, data = ox.BlankNode("service"), ox.BlankNode("dataset")
    default = ox.BlankNode("default")
    yield _triple(service, "a", _SD + "Service")
    yield _triple(service, _SD + "endpoint", endpoint)
    yield _triple(service, _SD + "supportedLanguage", _SD + "SPARQL11Query")
    for form in _RESULT_FORMATS:
        yield _triple(service, _SD + "resultFormat", _FORMATS + form)
    regime = _REGIMES.get(dataset.snapshot.reasoning)
    if regime:
        yield _triple(service, _SD + "defaultEntailmentRegime", _ENTAILMENT + regime)
    yield ox.Triple(service, ox.NamedNode(_SD + "defaultDataset"), data)
    yield _triple(data, "a", _SD + "Dataset")
    yield ox.Triple(data, ox.NamedNode(_SD + "defaultGraph"), default)
    yield _triple(default, "a", _SD + "Graph")
    yield _count(default, dataset.snapshot.counts.merged)
    for graph in dataset.store.named_graphs():
        if isinstance(graph, ox.NamedNode):
            yield from _named(dataset, data, graph)


def _named(
    dataset: Dataset, data: ox.BlankNode, graph: ox.NamedNode
) -> Iterator[ox.Triple]:
    node = ox.BlankNode("g" + graph.value.encode().hex())
    content = ox.BlankNode("c" + graph.value.encode().hex())
    held = sum(1 for _ in dataset.store.quads_for_pattern(None, None, None, graph))
    yield ox.Triple(data, ox.NamedNode(_SD + "namedGraph"), node)
    yield _triple(node, "a", _SD + "NamedGraph")
    yield _triple(node, _SD + "name", graph.value)
    yield ox.Triple(node, ox.NamedNode(_SD + "graph"), content)
    yield _triple(content, "a", _SD + "Graph")
    yield _count(content, held)


def _triple(subject: ox.BlankNode, predicate: str, value: str) -> ox.Triple:
    name = names.RDF + "type" if predicate == "a" else predicate
    return ox.Triple(subject, ox.NamedNode(name), ox.NamedNode(value))


def _count(graph: ox.BlankNode, count: int) -> ox.Triple:
    return ox.Triple(graph, ox.NamedNode(_VOID + "triples"), ox.Literal(count))
