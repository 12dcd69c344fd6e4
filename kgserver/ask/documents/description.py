"""What a document about one thing says: a bounded description, and of the document.

All that is said of the thing, with nameless nodes followed, since they are reached in
no other way; what points at it, up to a limit; the names of the things that are
linked, so that a reader need not fetch each; and of the document itself its topic, its
dataset, its licence, and when what it says was last changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT, NAMING
from kgserver.ask.documents import address
from kgserver.load.publishing import modified
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.ask.dataset import Dataset, Node

# How many statements about a thing, and how many that point at it, are in a document;
# for how many linked things names are given. The endpoint has the rest.
_OUTGOING, _INCOMING, _NAMED = 10_000, 1_000, 500
_FOAF, _VOID = names.WELL_KNOWN["foaf"], names.WELL_KNOWN["void"]
_FIRST = ox.NamedNode(names.RDF + "first")
_TYPE = ox.NamedNode(names.RDF + "type")
_NAMES = (
    "SELECT ?s ?p ?o {{ VALUES ?s {{ {things} }} VALUES ?p {{ {naming} }} ?s ?p ?o }}"
)


@dataclass(frozen=True, slots=True)
class Description:
    """A document about a thing: its IRI, whatever the format, and what it says."""

    node: Node
    iri: str
    said: frozenset[ox.Triple]
    about_itself: tuple[ox.Triple, ...]
    modified: str

    def triples(self) -> frozenset[ox.Triple]:
        """All that the document says."""
        return self.said | frozenset(self.about_itself)


def describe(dataset: Dataset, node: Node, licence: str = "") -> Description:
    """The document about a thing; `licence` is an IRI or empty."""
    own = list(islice(_about(dataset, node, set()), _OUTGOING))
    to = list(islice(_pointing(dataset, node), _INCOMING))
    said = frozenset([*own, *to, *_names(dataset, own)])
    blank = isinstance(node, ox.BlankNode)
    path = genid(node) if blank else address.data_of(dataset, node.value)
    iri = dataset.names.base + path.removeprefix("/")
    moment = moments(dataset).of(node.value)
    itself = tuple(_itself(dataset, node, ox.NamedNode(iri), licence, moment))
    if len(to) == _INCOMING or len(own) == _OUTGOING:
        itself += (_more(dataset, ox.NamedNode(iri)),)
    return Description(node, iri, said, itself, moment)


def quads(dataset: Dataset, described: Description) -> Iterator[ox.Quad]:
    """The same by the graphs that hold it: who says so, and what follows."""
    for each in described.said:
        held = dataset.store.quads_for_pattern(
            each.subject, each.predicate, each.object, None
        )
        yield from (quad for quad in held if quad.graph_name != DEFAULT)
    for each in described.about_itself:
        yield ox.Quad(each.subject, each.predicate, each.object)


def moments(dataset: Dataset) -> modified.Moments:
    """When each thing of the dataset was last changed."""
    return dataset.once("modified", lambda: modified.read(dataset.directory))


def genid(node: Node) -> str:
    """The path at which a nameless node is described (RDF 1.1 Concepts, §3.5)."""
    return f"/.well-known/genid/{node.value}"


def _about(dataset: Dataset, node: Node, seen: set[Node]) -> Iterator[ox.Triple]:
    """What is said of a node and of the nameless nodes that it leads to."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for quad in dataset.store.quads_for_pattern(current, None, None, DEFAULT):
            yield quad.triple
            if isinstance(quad.object, ox.BlankNode):
                waiting.append(quad.object)


def _pointing(dataset: Dataset, node: Node) -> Iterator[ox.Triple]:
    """What points at a node; of nameless ones that do, all that is said of them.

    Being a member of a list is no statement about the member.
    """
    seen: set[Node] = {node}
    for quad in dataset.store.quads_for_pattern(None, None, node, DEFAULT):
        if quad.predicate == _FIRST or quad.subject == node:
            continue
        yield quad.triple
        if isinstance(quad.subject, ox.BlankNode):
            yield from _about(dataset, quad.subject, seen)


def _names(dataset: Dataset, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """How the things are called that the statements lead to."""
    linked = {t.object for t in triples if isinstance(t.object, ox.NamedNode)}
    things = sorted(linked, key=str)[:_NAMED]
    if not things:
        return
    query = _NAMES.format(
        things=" ".join(map(str, things)), naming=" ".join(map(str, NAMING))
    )
    rows = dataset.store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    for row in rows:
        subject, predicate, value = row["s"], row["p"], row["o"]
        assert isinstance(subject, ox.NamedNode)
        assert isinstance(predicate, ox.NamedNode)
        if isinstance(value, ox.Literal):
            yield ox.Triple(subject, predicate, value)


def _itself(
    dataset: Dataset, node: Node, document: ox.NamedNode, licence: str, moment: str
) -> Iterator[ox.Triple]:
    yield ox.Triple(document, _TYPE, ox.NamedNode(_FOAF + "Document"))
    yield ox.Triple(document, ox.NamedNode(_FOAF + "primaryTopic"), node)
    whole = ox.NamedNode(dataset.names.dataset)
    yield ox.Triple(document, ox.NamedNode(_VOID + "inDataset"), whole)
    when = ox.Literal(moment, datatype=ox.NamedNode(names.XSD + "dateTime"))
    yield ox.Triple(document, ox.NamedNode(names.DCTERMS + "modified"), when)
    if licence:
        terms = ox.NamedNode(names.DCTERMS + "license")
        yield ox.Triple(document, terms, ox.NamedNode(licence))


def _more(dataset: Dataset, document: ox.NamedNode) -> ox.Triple:
    """Where the statements are that the document has no room for."""
    endpoint = ox.NamedNode(f"{dataset.names.base}sparql")
    return ox.Triple(document, ox.NamedNode(names.RDFS + "seeAlso"), endpoint)
