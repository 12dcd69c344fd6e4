"""Who says so: the files and lines that state a triple, and the words behind it.

The lines come with the version, so that an old version shows what stood there then. The
words are found by what W3C vocabularies have for it: a statement about the triple
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
from kgserver.load.sources import names_graphs
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kgserver.ask.dataset import Dataset, Node
    from kgserver.model.manifest import Source

    Term = Node | ox.Literal | ox.Triple

_OA, _PROV = names.WELL_KNOWN["oa"], names.WELL_KNOWN["prov"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A line that states a triple, and its text when the version was built.

    Line 0 is the file as a whole, where the line is not trail.
    """

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that a triple rests on, their language, the document they are from.

    `evidence` is the passage as the graph has it; an empty language is none.
    """

    text: str
    language: str
    source: ox.NamedNode | None
    evidence: Node


def of(dataset: Dataset, triple: ox.Triple) -> tuple[Origin, ...]:
    """The lines that state the triple in this version; none where it only follows."""
    found = dataset.store.quads_for_pattern(
        triple.subject, triple.predicate, triple.object, None
    )
    quads = list(found)
    if not quads:
        return ()
    stored = quads[0].triple
    graphs = {
        quad.graph_name.value
        for quad in quads
        if isinstance(quad.graph_name, ox.NamedNode)
    }
    return lines(dataset, stored, graphs)


def lines(
    dataset: Dataset, triple: ox.Triple, graphs: Collection[str]
) -> tuple[Origin, ...]:
    """The lines of a triple that comes from the store, with the graphs that hold it."""
    naming, by_graph = dataset.once("sources by graph", lambda: _sources(dataset))
    found = {*naming, *(source for each in graphs for source in by_graph.get(each, ()))}
    return tuple(
        origin
        for source in sorted(found, key=lambda source: source.path)
        for origin in _in(dataset, source, triple)
    )


def _sources(dataset: Dataset) -> tuple[list[Source], Mapping[str, list[Source]]]:
    """The sources that name graphs of their own, and the others by their graph."""
    naming: list[Source] = []
    by_graph: dict[str, list[Source]] = {}
    for source in dataset.snapshot.sources:
        if names_graphs(source):
            naming.append(source)
        else:
            by_graph.setdefault(source.graph, []).append(source)
    return naming, by_graph


def _in(dataset: Dataset, source: Source, triple: ox.Triple) -> Iterator[Origin]:
    held = dataset.positions(source)
    lines = list(dict.fromkeys(held.lines(triple))) if held else []
    if held:
        yield from (Origin(source.path, line, held.text(line)) for line in lines)
    if not lines and not names_graphs(source):
        yield Origin(source.path, 0, "")


def quotes(dataset: Dataset, triple: ox.Triple) -> tuple[Quote, ...]:
    """The quoted passages behind a triple, each once, in the order of their names."""
    return said_by(dataset, statements(dataset, triple))


def said_by(
    dataset: Dataset, statements: Iterable[Node], trail: Trail | None = None
) -> tuple[Quote, ...]:
    """The passages that the nodes point to which stand for a triple.

    One trail for many triples saves looking up twice what they share.
    """
    trail = trail or Trail(dataset)
    found = (
        quote
        for statement in statements
        for passage in _passages(trail, statement)
        for quote in _quotes(trail, passage, statement)
    )
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


@dataclass(frozen=True, slots=True)
class Trail:
    """What is said of the nodes on the way to the words, each looked up once."""

    dataset: Dataset
    held: dict[Node, dict[ox.NamedNode, list[Term]]] = field(default_factory=dict)
    words: dict[Node, tuple[Quote, ...]] = field(default_factory=dict)

    def of(self, node: Node) -> dict[ox.NamedNode, list[Term]]:
        """The values of a node by property."""
        if node not in self.held:
            by_property: dict[ox.NamedNode, list[Term]] = {}
            quads = self.dataset.store.quads_for_pattern(node, None, None, DEFAULT)
            for quad in islice(quads, _MOST):
                by_property.setdefault(quad.predicate, []).append(quad.object)
            self.held[node] = by_property
        return self.held[node]

    def nodes(self, node: Node, props: Iterable[ox.NamedNode]) -> Iterator[Node]:
        """The nodes that these properties of a node lead to."""
        values = self.of(node)
        for prop in props:
            for value in values.get(prop, ()):
                if isinstance(value, ox.NamedNode | ox.BlankNode):
                    yield value


def _passages(trail: Trail, statement: Node) -> Iterator[Node]:
    """What a statement points to, and the annotations whose body it is."""
    yield statement
    outward = [prop for prop in trail.of(statement) if prop not in _REIFYING]
    yield from trail.nodes(statement, outward)
    store = trail.dataset.store
    for quad in store.quads_for_pattern(None, _BODY, statement, DEFAULT):
        if not isinstance(quad.subject, ox.Triple):
            yield quad.subject


def _quotes(trail: Trail, passage: Node, statement: Node) -> Iterator[Quote]:
    """The words of a passage, from its own source or else from the statement's."""
    if passage not in trail.words:
        trail.words[passage] = tuple(_words(trail, passage))
    for quote in trail.words[passage]:
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
