"""Who says so: the files and lines that state a triple, and the words behind it.

The lines come with the version, so that an old version shows what stood there then. The
words are found by what W3C vocabularies have for it: a statement about the triple
(`rdf:Statement` with `rdf:subject`, `rdf:predicate`, `rdf:object`), the passage that it
points to, and the passage's text (`oa:exact` of the Web Annotation vocabulary, or
`prov:value`). https://www.w3.org/TR/annotation-vocab/, https://www.w3.org/TR/prov-o/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.load.sources import names_graphs
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset, Node
    from kgserver.model.manifest import Source

_OA, _PROV = names.WELL_KNOWN["oa"], names.WELL_KNOWN["prov"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A line that states a triple, and its text when the version was built.

    Line 0 is the file as a whole, where the line is not known.
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
    return tuple(
        origin
        for source in dataset.snapshot.sources
        if source.graph in graphs or names_graphs(source)
        for origin in _in(dataset, source, stored)
    )


def _in(dataset: Dataset, source: Source, triple: ox.Triple) -> Iterator[Origin]:
    held = dataset.positions(source)
    lines = list(dict.fromkeys(held.lines(triple))) if held else []
    if held:
        yield from (Origin(source.path, line, held.text(line)) for line in lines)
    if not lines and not names_graphs(source):
        yield Origin(source.path, 0, "")


def quotes(dataset: Dataset, triple: ox.Triple) -> tuple[Quote, ...]:
    """The quoted passages behind a triple, each once, in the order of their names."""
    found = (
        quote
        for statement in statements(dataset, triple)
        for passage in _passages(dataset, statement)
        for quote in _quotes(dataset, passage, statement)
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


def _passages(dataset: Dataset, statement: Node) -> Iterator[Node]:
    """What a statement points to, and the annotations whose body it is."""
    yield statement
    for quad in dataset.store.quads_for_pattern(statement, None, None, DEFAULT):
        if quad.predicate not in (_SUBJECT, _PREDICATE, _OBJECT, _TYPE) and isinstance(
            quad.object, ox.NamedNode | ox.BlankNode
        ):
            yield quad.object
    for quad in dataset.store.quads_for_pattern(None, _BODY, statement, DEFAULT):
        if not isinstance(quad.subject, ox.Triple):
            yield quad.subject


def _quotes(dataset: Dataset, passage: Node, statement: Node) -> Iterator[Quote]:
    holders = _holders(dataset, passage)
    source = _source(dataset, (*holders, statement))
    for holder in holders:
        for prop in _WORDS:
            for value in _values(dataset, holder, prop):
                if isinstance(value, ox.Literal):
                    yield Quote(value.value, value.language or "", source, passage)


def _holders(dataset: Dataset, passage: Node) -> tuple[Node, ...]:
    """The passage, its selectors and its targets, as far as they lead."""
    found = {passage: None}
    waiting = [passage]
    while waiting:
        node = waiting.pop()
        for prop in _INWARD:
            for value in _values(dataset, node, prop):
                if (
                    isinstance(value, ox.NamedNode | ox.BlankNode)
                    and value not in found
                ):
                    found[value] = None
                    waiting.append(value)
    return tuple(found)


def _source(dataset: Dataset, nodes: tuple[Node, ...]) -> ox.NamedNode | None:
    for node in nodes:
        for prop in _FROM:
            for value in _values(dataset, node, prop):
                if isinstance(value, ox.NamedNode):
                    return value
    return None


def _values(
    dataset: Dataset, node: Node, prop: ox.NamedNode
) -> Iterator[Node | ox.Literal | ox.Triple]:
    quads = dataset.store.quads_for_pattern(node, prop, None, DEFAULT)
    return (quad.object for quad in quads)
