"""The words behind a triple: the passages that statements about it point to.

They are found by what W3C vocabularies have for it: a statement about the triple
(`rdf:Statement` with `rdf:subject`, `rdf:predicate`, `rdf:object`), the passage that it
points to, and the passage's text (`oa:exact` of the Web Annotation vocabulary, or
`prov:value`). https://www.w3.org/TR/annotation-vocab/, https://www.w3.org/TR/prov-o/
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.ask.dataset import Dataset, Node

    Term = Node | ox.Literal | ox.Triple

_OA, _PROV = names.WELL_KNOWN["oa"], names.WELL_KNOWN["prov"]
_SUBJECT, _PREDICATE, _OBJECT, _TYPE = (
    ox.NamedNode(names.RDF + name)
    for name in ("subject", "predicate", "object", "type")
)
_REIFYING = (_SUBJECT, _PREDICATE, _OBJECT, _TYPE)
# How much is looked at of what is said of one node; a passage has a handful.
_MOST = 1000
_WORDS = (ox.NamedNode(_OA + "exact"), ox.NamedNode(_PROV + "value"))
# From a passage, or an annotation of one, to what holds its words.
_INWARD = tuple(
    ox.NamedNode(_OA + name) for name in ("hasSelector", "refinedBy", "hasTarget")
)
_BODY = ox.NamedNode(_OA + "hasBody")
_FROM = (
    ox.NamedNode(_OA + "hasSource"),
    ox.NamedNode(_PROV + "wasQuotedFrom"),
    ox.NamedNode(names.DCTERMS + "source"),
    ox.NamedNode(_PROV + "hadPrimarySource"),
    ox.NamedNode(_PROV + "wasDerivedFrom"),
)
_KEPT = 50_000  # nodes of a dataset of which is kept what was looked up


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a triple rests on, their language, the document they are from.

    `evidence` is the passage as the graph has it; an empty language is none.
    """

    text: str
    language: str
    source: ox.NamedNode | None
    evidence: Node


@dataclass(frozen=True, slots=True)
class Trail:
    """What is said of the nodes on the way to the words, each looked up once."""

    store: ox.Store
    held: dict[Node, dict[ox.NamedNode, list[Term]]] = field(default_factory=dict)
    words: dict[Node, tuple[Quote, ...]] = field(default_factory=dict)

    def of(self, node: Node) -> dict[ox.NamedNode, list[Term]]:
        """The values of a node by property."""
        held = self.held.get(node)
        if held is None:
            if len(self.held) > _KEPT:
                self.held.clear()
                self.words.clear()
            held = {}
            quads = self.store.quads_for_pattern(node, None, None, DEFAULT)
            for quad in islice(quads, _MOST):
                held.setdefault(quad.predicate, []).append(quad.object)
            self.held[node] = held
        return held

    def nodes(self, node: Node, props: Iterable[ox.NamedNode]) -> Iterator[Node]:
        """The nodes that these properties of a node lead to."""
        values = self.of(node)
        for prop in props:
            for value in values.get(prop, ()):
                if isinstance(value, ox.NamedNode | ox.BlankNode):
                    yield value


def quotes(dataset: Dataset, triple: ox.Triple) -> tuple[Quote, ...]:
    """The quoted passages behind a triple, each once, in the order of their names."""
    return said_by(dataset, statements(dataset, triple))


def said_by(dataset: Dataset, statements: Iterable[Node]) -> tuple[Quote, ...]:
    """The passages that the nodes point to which stand for a triple."""
    known = trail(dataset)
    found = (
        quote
        for statement in statements
        for passage in _passages(known, statement)
        for quote in _quotes(known, passage, statement)
    )
    return _ordered(found)


def held_by(dataset: Dataset, passage: Node) -> tuple[Quote, ...]:
    """The words of a thing that is a passage itself."""
    return _ordered(_quotes(trail(dataset), passage, passage))


def trail(dataset: Dataset) -> Trail:
    """What is known of a dataset's claims and passages; its pages share much of it."""
    return dataset.once("trail", lambda: Trail(dataset.store))


def _ordered(found: Iterable[Quote]) -> tuple[Quote, ...]:
    return tuple(
        sorted(set(found), key=lambda quote: (str(quote.evidence), quote.text))
    )


def statements(dataset: Dataset, triple: ox.Triple) -> Iterator[Node]:
    """The nodes that stand for the triple, by reification (RDF 1.1 Semantics §D.1)."""
    store = dataset.store
    about = store.quads_for_pattern(None, _SUBJECT, triple.subject, DEFAULT)
    for quad in about:
        rest = ((_PREDICATE, triple.predicate), (_OBJECT, triple.object))
        parts = (ox.Quad(quad.subject, p, value, DEFAULT) for p, value in rest)
        if not isinstance(quad.subject, ox.Triple) and all(p in store for p in parts):
            yield quad.subject


def _passages(trail: Trail, statement: Node) -> Iterator[Node]:
    """What a statement points to, and the annotations whose body it is."""
    yield statement
    outward = [prop for prop in trail.of(statement) if prop not in _REIFYING]
    yield from trail.nodes(statement, outward)
    store = trail.store
    for quad in store.quads_for_pattern(None, _BODY, statement, DEFAULT):
        if not isinstance(quad.subject, ox.Triple):
            yield quad.subject


def _quotes(trail: Trail, passage: Node, statement: Node) -> Iterator[Quote]:
    """The words of a passage, from its own source or else from the statement's."""
    words = trail.words.get(passage)
    if words is None:
        words = trail.words[passage] = tuple(_words(trail, passage))
    for quote in words:
        source = quote.source or _source(trail, (statement,))
        yield replace(quote, source=source)


def _words(trail: Trail, passage: Node) -> Iterator[Quote]:
    holders = _holders(trail, passage)
    source = _source(trail, holders)
    for holder in holders:
        for prop in _WORDS:
            for value in trail.of(holder).get(prop, ()):
                if isinstance(value, ox.Literal):
                    yield Quote(value.value, value.language or "", source, passage)


def _holders(trail: Trail, passage: Node) -> tuple[Node, ...]:
    """The passage, its selectors and its targets, as far as they lead."""
    found = {passage: None}
    waiting = [passage]
    while waiting:
        for value in trail.nodes(waiting.pop(), _INWARD):
            if value not in found:
                found[value] = None
                waiting.append(value)
    return tuple(found)


def _source(trail: Trail, nodes: tuple[Node, ...]) -> ox.NamedNode | None:
    found = (
        value
        for node in nodes
        for value in trail.nodes(node, _FROM)
        if isinstance(value, ox.NamedNode)
    )
    return next(found, None)
