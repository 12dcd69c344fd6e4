"""The terms of the ontology as documentation shows them: meaning, axioms, use."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.browse import classes, schema, wording, written
from kgserver.ask.browse.ontology import axioms
from kgserver.ask.browse.thing import resource
from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.browse.ontology.axioms import Named
    from kgserver.ask.dataset import Dataset, Label

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_USE = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p"
_TYPE = ox.NamedNode(names.RDF + "type")
# the parts of the documentation, and which types say that a term is in one
KINDS: Mapping[str, tuple[str, ...]] = {
    "classes": (names.OWL + "Class", names.RDFS + "Class"),
    "object": (names.OWL + "ObjectProperty",),
    "datatype": (names.OWL + "DatatypeProperty",),
    "annotation": (names.OWL + "AnnotationProperty",),
}
_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class Example:
    """A statement of the data that uses a term; a class has a thing only."""

    subject: Named
    value: tuple[Term, Label] | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One term in the list of all: what it means, and how often it is used.

    `count` is how many things are in a class, or how many statements have a property.
    """

    node: ox.NamedNode
    label: Label
    definition: Label | None
    count: int

    @property
    def anchor(self) -> str:
        """What the term goes by within its document."""
        return self.node.value.rpartition("#")[2] if "#" in self.node.value else ""


@dataclass(frozen=True, slots=True)
class Documented:
    """One term on its own page: its axioms in the files, how it is used.

    `kind` is one of `KINDS`; `axioms` pairs the name of a message with the terms that
    it is about.
    """

    kind: str
    characteristics: tuple[str, ...]
    axioms: tuple[tuple[str, tuple[Named, ...]], ...]
    count: int
    examples: tuple[Example, ...]


def listed(dataset: Dataset, language: str) -> Mapping[str, Sequence[Listed]]:
    """The terms that the ontology's own files define, by kind and then by label."""
    found: dict[str, Sequence[Listed]] = {}
    for kind, types in KINDS.items():
        nodes = set(_defined(dataset, types))
        dataset.learn(nodes, language)
        terms = (
            Listed(
                node=node,
                label=dataset.label(node, language),
                definition=resource.summary(dataset, node, language),
                count=_counted(dataset, node),
            )
            for node in nodes
        )
        found[kind] = sorted(terms, key=lambda term: wording.natural(term.label.text))
    return {kind: terms for kind, terms in found.items() if terms}


def documented(
    dataset: Dataset, node: ox.NamedNode, language: str
) -> Documented | None:
    """One term of the ontology's own files; None for what is no such term."""
    kind = dataset.once("kinds of terms", lambda: _kinds(dataset)).get(node)
    if kind is None:
        return None
    store = dataset.store
    types = (q.object for q in store.quads_for_pattern(node, _TYPE, None, DEFAULT))
    named = (
        axioms.CHARACTERISTICS[each]
        for each in types
        if isinstance(each, ox.NamedNode) and each in axioms.CHARACTERISTICS
    )
    return Documented(
        kind=kind,
        characteristics=tuple(sorted(named)),
        axioms=tuple(axioms.of(dataset, node, language)),
        count=_counted(dataset, node),
        examples=tuple(_examples(dataset, node, language)),
    )


def _kinds(dataset: Dataset) -> Mapping[ox.NamedNode, str]:
    """The kind of each term; what is of two is of the first."""
    kinds = reversed(tuple(KINDS.items()))
    return {n: kind for kind, types in kinds for n in _defined(dataset, types)}


def _defined(dataset: Dataset, types: Sequence[str]) -> Iterator[ox.NamedNode]:
    """The terms of these types that the ontology's own files define."""
    own = schema.of(dataset).own
    for graph in axioms.graphs(dataset):
        for each in map(ox.NamedNode, types):
            for quad in dataset.store.quads_for_pattern(None, _TYPE, each, graph):
                node = quad.subject
                if isinstance(node, ox.NamedNode) and node.value.startswith(own):
                    yield node


def about(dataset: Dataset, language: str) -> tuple[Label, Label | None, str] | None:
    """The ontology's name, what it says of itself, and its version, if it has one."""
    ontology = ox.NamedNode(names.OWL + "Ontology")
    for graph in axioms.graphs(dataset):
        for quad in dataset.store.quads_for_pattern(None, _TYPE, ontology, graph):
            node = quad.subject
            if not isinstance(node, ox.NamedNode):
                continue
            version = ox.NamedNode(names.OWL + "versionInfo")
            said = dataset.store.quads_for_pattern(node, version, None, DEFAULT)
            number = next((q.object for q in said), None)
            return (
                dataset.label(node, language),
                resource.summary(dataset, node, language),
                number.value if isinstance(number, ox.Literal) else "",
            )
    return None


def _counted(dataset: Dataset, node: ox.NamedNode) -> int:
    used = dataset.once("property counts", lambda: _use(dataset))
    return used.get(node, 0) or classes.counts(dataset).get(node, 0)


def _use(dataset: Dataset) -> Mapping[ox.NamedNode, int]:
    rows = cast("ox.QuerySolutions", dataset.store.query(_USE))
    return {
        cast("ox.NamedNode", row["p"]): int(cast("ox.Literal", row["n"]).value)
        for row in rows
    }


def _examples(dataset: Dataset, node: ox.NamedNode, language: str) -> Iterator[Example]:
    """A few things of a class, or statements with a property; named ones only."""
    store = dataset.store
    members = store.quads_for_pattern(None, _TYPE, node, DEFAULT)
    for quad in islice(members, _EXAMPLES):
        if isinstance(quad.subject, ox.NamedNode):
            yield Example(axioms.named(dataset, [quad.subject], language)[0], None)
    for quad in islice(store.quads_for_pattern(None, node, None, DEFAULT), _EXAMPLES):
        if isinstance(quad.subject, ox.NamedNode):
            value = quad.object, written.term(dataset, quad.object, language)
            yield Example(axioms.named(dataset, [quad.subject], language)[0], value)
