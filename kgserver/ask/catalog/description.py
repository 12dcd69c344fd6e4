"""The SPARQL 1.1 Service Description of the endpoint: what may be asked of it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.sparql.gate import guard, keywords
from kgserver.model import names
from kgserver.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset

    Node = ox.NamedNode | ox.BlankNode

_SD, _VOID, _SCHEMA = (names.WELL_KNOWN[each] for each in ("sd", "void", "schema"))
_FORMATS = "http://www.w3.org/ns/formats/"
_ENTAILMENT = "http://www.w3.org/ns/entailment/"
_PROFILE = "http://www.w3.org/ns/owl-profile/"
PREFIXES = {
    "kg": names.KGSERVER,
    **{
        prefix: names.WELL_KNOWN[prefix]
        for prefix in ("sd", "void", "rdf", "xsd", "dcterms", "schema", "geof")
    },
}
SERVICE = ox.BlankNode("service")
_RESULT_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV",
    "SPARQL_Results_TSV", "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
# What is drawn, as an entailment regime and a profile of OWL.
_RULES = (
    ("defaultEntailmentRegime", _ENTAILMENT + "OWL-RDF-Based"),
    ("defaultSupportedEntailmentProfile", _PROFILE + "RL"),
)
_REGIMES = {
    "owlrl": _RULES,
    "rules": _RULES,
    "rdfs": (("defaultEntailmentRegime", _ENTAILMENT + "RDFS"),),
}
# Settings that say how the server is run, not what a client may do.
_INWARD = frozenset(["memory_budget", "trusted_proxies", "service_endpoints"])


def describe(dataset: Dataset, endpoint: str, limits: Limits) -> Iterator[ox.Triple]:
    """The triples about the endpoint at this address: what it takes, gives and holds.

    It is the dataset that VoID describes; limits are `kg:limit`, each with its name,
    its value and what it means.
    """
    service = SERVICE
    data = ox.NamedNode(dataset.names.dataset)
    yield _link(service, names.RDF + "type", _SD + "Service")
    yield _link(service, _SD + "endpoint", endpoint)
    yield _link(service, _SD + "supportedLanguage", _SD + "SPARQL11Query")
    for form in _RESULT_FORMATS:
        yield _link(service, _SD + "resultFormat", _FORMATS + form)
    for function in keywords.FUNCTION_IRIS:
        yield _link(service, _SD + "extensionFunction", function)
    if limits.service_endpoints:
        yield _link(service, _SD + "feature", _SD + "BasicFederatedQuery")
    for name, regime in _REGIMES.get(dataset.snapshot.reasoning, ()):
        yield _link(service, _SD + name, regime)
    for name, value, means in _limits(limits):
        yield from _limit(service, name, value, means)
    yield _link(service, _SD + "defaultDataset", data.value)
    yield from _graphs(dataset, data)


def _limits(limits: Limits) -> Iterator[tuple[str, int, str]]:
    """Each limit: its name, its value and what it means; 0 is none."""
    for each in fields(Limits):
        value = getattr(limits, each.name)
        if value and each.name not in _INWARD:
            yield each.name, value, each.metadata["means"]
    for limit in (guard.LENGTH, *guard.LIMITS.values()):
        yield limit.name, limit.most, f"{limit.counted} of one query"


def _limit(service: Node, name: str, value: int, means: str) -> Iterator[ox.Triple]:
    node = ox.BlankNode(f"limit{name.encode().hex()}")
    yield ox.Triple(service, ox.NamedNode(names.KGSERVER + "limit"), node)
    yield _link(node, names.RDF + "type", _SCHEMA + "PropertyValue")
    for said, about in (("propertyID", name), ("description", means)):
        yield ox.Triple(node, ox.NamedNode(_SCHEMA + said), ox.Literal(about))
    yield ox.Triple(node, ox.NamedNode(_SCHEMA + "value"), ox.Literal(value))


def _graphs(dataset: Dataset, data: ox.NamedNode) -> Iterator[ox.Triple]:
    """The default graph and the named ones, each with how much it holds."""
    default = ox.BlankNode("default")
    yield _link(data, names.RDF + "type", _SD + "Dataset")
    yield ox.Triple(data, ox.NamedNode(_SD + "defaultGraph"), default)
    yield from _graph(default, dataset.snapshot.counts.merged)
    for graph in dataset.store.named_graphs():
        if isinstance(graph, ox.NamedNode):
            yield from _named(dataset, data, graph)


def _named(dataset: Dataset, data: Node, graph: ox.NamedNode) -> Iterator[ox.Triple]:
    node = ox.BlankNode("g" + graph.value.encode().hex())
    content = ox.BlankNode("c" + graph.value.encode().hex())
    held = sum(1 for _ in dataset.store.quads_for_pattern(None, None, None, graph))
    yield ox.Triple(data, ox.NamedNode(_SD + "namedGraph"), node)
    yield _link(node, names.RDF + "type", _SD + "NamedGraph")
    yield _link(node, _SD + "name", graph.value)
    yield ox.Triple(node, ox.NamedNode(_SD + "graph"), content)
    yield from _graph(content, held)


def _graph(node: Node, count: int) -> Iterator[ox.Triple]:
    yield _link(node, names.RDF + "type", _SD + "Graph")
    yield ox.Triple(node, ox.NamedNode(_VOID + "triples"), ox.Literal(count))


def _link(subject: Node, predicate: str, value: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), ox.NamedNode(value))
