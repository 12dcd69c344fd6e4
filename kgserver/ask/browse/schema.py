"""What the ontology says about its properties and classes, read once for a dataset.

Pages ask it how to order and fold statements. Besides RDFS and OWL it reads `sh:order`
(SHACL §2.3.2) of property shapes, and one annotation of our own, `kg:written`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgserver.ask.dataset import Dataset

SH = names.WELL_KNOWN["sh"]
# How a thing is written where another speaks of it: on a class a template in which
# `{ex:value}` stands for the value of a property, on a thing the words themselves.
WRITTEN = ox.NamedNode(names.KGSERVER + "written")

Tree = dict[ox.NamedNode, frozenset[ox.NamedNode]]


@dataclass(frozen=True, slots=True)
class Schema:
    """The ontology as pages need it.

    `wider` and `parents` lead to all superproperties and superclasses, however far;
    `own` are the namespaces of this graph and of its ontologies; `templates` are how
    the things of a class are written, `written` how a thing itself is.
    """

    wider: Tree
    parents: Tree
    domains: Tree
    inverses: Tree
    functional: frozenset[ox.NamedNode]
    orders: Mapping[ox.NamedNode, float]
    templates: Mapping[ox.NamedNode, tuple[ox.Literal, ...]]
    written: Mapping[ox.NamedNode, tuple[ox.Literal, ...]]
    own: tuple[str, ...]

    def is_kind_of(self, prop: ox.NamedNode, wide: Iterable[ox.NamedNode]) -> bool:
        """Whether a property is one of these or a subproperty of one."""
        return not {prop, *self.wider.get(prop, ())}.isdisjoint(wide)


def of(dataset: Dataset) -> Schema:
    """The schema of a dataset."""
    return dataset.once("schema", lambda: _read(dataset))


def _read(dataset: Dataset) -> Schema:
    written = _written(dataset)
    functional = dataset.store.quads_for_pattern(
        None, _TYPE, ox.NamedNode(names.OWL + "FunctionalProperty"), DEFAULT
    )
    return Schema(
        wider=_closed(_pairs(dataset, names.RDFS + "subPropertyOf")),
        parents=_closed(_pairs(dataset, names.RDFS + "subClassOf")),
        domains={n: frozenset(v) for n, v in _pairs(dataset, _DOMAIN).items()},
        inverses=_inverses(dataset),
        functional=frozenset(
            q.subject for q in functional if isinstance(q.subject, ox.NamedNode)
        ),
        orders=_orders(dataset),
        templates={n: texts for n, texts in written.items() if _is_template(texts)},
        written={n: texts for n, texts in written.items() if not _is_template(texts)},
        own=_own(dataset),
    )


def _written(dataset: Dataset) -> Mapping[ox.NamedNode, tuple[ox.Literal, ...]]:
    """What `kg:written` says of each class and thing."""
    found: dict[ox.NamedNode, list[ox.Literal]] = defaultdict(list)
    for quad in dataset.store.quads_for_pattern(None, WRITTEN, None, DEFAULT):
        node, text = quad.subject, quad.object
        if isinstance(node, ox.NamedNode) and isinstance(text, ox.Literal):
            found[node].append(text)
    return {node: tuple(texts) for node, texts in found.items()}


def _is_template(texts: Iterable[ox.Literal]) -> bool:
    return any("{" in text.value for text in texts)


_TYPE = ox.NamedNode(names.RDF + "type")
_DOMAIN = names.RDFS + "domain"
Pairs = dict[ox.NamedNode, set[ox.NamedNode]]


def _pairs(dataset: Dataset, iri: str) -> Pairs:
    found: Pairs = defaultdict(set)
    for quad in dataset.store.quads_for_pattern(None, ox.NamedNode(iri), None, DEFAULT):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(
            quad.object, ox.NamedNode
        ):
            found[quad.subject].add(quad.object)
    return found


def _inverses(dataset: Dataset) -> Tree:
    """What each property is the inverse of; a symmetric one is its own."""
    found: Pairs = defaultdict(set)
    for prop, others in _pairs(dataset, names.OWL + "inverseOf").items():
        for other in others:
            found[prop].add(other)
            found[other].add(prop)
    symmetric = ox.NamedNode(names.OWL + "SymmetricProperty")
    for quad in dataset.store.quads_for_pattern(None, _TYPE, symmetric, DEFAULT):
        if isinstance(quad.subject, ox.NamedNode):
            found[quad.subject].add(quad.subject)
    return {prop: frozenset(others) for prop, others in found.items()}


def _closed(pairs: Pairs) -> Tree:
    """All that each leads to, itself left out."""
    closed: Tree = {}
    for node in pairs:
        reached: set[ox.NamedNode] = set()
        waiting = [node]
        while waiting:
            new = pairs.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        closed[node] = frozenset(reached - {node})
    return closed


def _orders(dataset: Dataset) -> Mapping[ox.NamedNode, float]:
    """The least `sh:order` that a shape gives to each property."""
    found: dict[ox.NamedNode, float] = {}
    path = ox.NamedNode(SH + "path")
    for quad in dataset.store.quads_for_pattern(
        None, ox.NamedNode(SH + "order"), None, None
    ):
        if not isinstance(quad.object, ox.Literal):
            continue
        try:
            order = float(quad.object.value)
        except ValueError:
            continue
        for each in dataset.store.quads_for_pattern(quad.subject, path, None, None):
            if isinstance(each.object, ox.NamedNode):
                found[each.object] = min(order, found.get(each.object, order))
    return found


def _own(dataset: Dataset) -> tuple[str, ...]:
    ontology = ox.NamedNode(names.OWL + "Ontology")
    quads = dataset.store.quads_for_pattern(None, _TYPE, ontology, DEFAULT)
    iris = sorted(q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode))
    return (dataset.snapshot.base_iri, *(iri.rstrip("#/") for iri in iris))
