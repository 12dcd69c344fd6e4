"""The classes of a dataset: how many things are in each, and which is below which."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.browse import schema, wording
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.dataset import Dataset, Label

# The vocabularies that ontologies are written in; their classes hold terms, not things.
LANGUAGE = (names.RDF, names.RDFS, names.OWL, names.XSD, names.WELL_KNOWN["sh"])
_COUNTS = """
SELECT ?class (COUNT(?thing) AS ?count) WHERE { ?thing a ?class } GROUP BY ?class
"""
_DEEPEST = 40  # levels of the tree; a circle of subclasses ends there


@dataclass(frozen=True, slots=True)
class Class:
    """A class, how many things are in it, and the classes right below it."""

    node: ox.NamedNode
    label: Label
    count: int
    below: tuple[Class, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Class]]:
        """This class and all below it, each with how deep it is."""
        yield depth, self
        for each in self.below:
            yield from each.walk(depth + 1)


def counts(dataset: Dataset) -> Mapping[ox.NamedNode, int]:
    """How many things are in each class, the inferred among them."""
    return dataset.once("class counts", lambda: _count(dataset))


def _count(dataset: Dataset) -> Mapping[ox.NamedNode, int]:
    rows = cast("ox.QuerySolutions", dataset.store.query(_COUNTS))
    pairs = ((row["class"], row["count"]) for row in rows)
    return {
        node: int(count.value)
        for node, count in pairs
        if isinstance(node, ox.NamedNode)
        and isinstance(count, ox.Literal)
        and not node.value.startswith(LANGUAGE)
    }


def own(dataset: Dataset, language: str) -> tuple[Class, ...]:
    """The classes of this graph's ontologies as a tree, by label.

    A class without things is in the tree where a class below it has some.
    """
    known = schema.of(dataset)
    held = counts(dataset)
    ours = [node for node in held if node.value.startswith(known.own)]
    ours += {
        parent
        for node in ours
        for parent in known.parents.get(node, ())
        if parent.value.startswith(known.own)
    }
    dataset.learn(ours, language)
    return _tree(dataset, dict.fromkeys(ours), language)


def _tree(
    dataset: Dataset, nodes: Mapping[ox.NamedNode, None], language: str
) -> tuple[Class, ...]:
    known = schema.of(dataset)
    below: dict[ox.NamedNode | None, list[ox.NamedNode]] = defaultdict(list)
    for node in nodes:
        wide = [p for p in known.parents.get(node, ()) if p in nodes and p != node]
        nearest = [p for p in wide if not _between(known, p, wide, node)]
        for parent in nearest:
            below[parent].append(node)
        if not nearest:
            below[None].append(node)
    return _Tree(below, counts(dataset), dataset, language).under(None)


@dataclass(frozen=True, slots=True)
class _Tree:
    """Which classes are right below which, and what is said of each."""

    below: Mapping[ox.NamedNode | None, Sequence[ox.NamedNode]]
    counts: Mapping[ox.NamedNode, int]
    dataset: Dataset
    language: str

    def under(self, parent: ox.NamedNode | None, depth: int = 0) -> tuple[Class, ...]:
        """The classes right below one, each with those below it, by name."""
        grown = [
            Class(
                node,
                self.dataset.label(node, self.language),
                self.counts.get(node, 0),
                self.under(node, depth + 1) if depth < _DEEPEST else (),
            )
            for node in self.below.get(parent, ())
        ]
        return tuple(sorted(grown, key=lambda each: wording.natural(each.label.text)))


def _between(
    known: schema.Schema,
    parent: ox.NamedNode,
    wide: Sequence[ox.NamedNode],
    node: ox.NamedNode,
) -> bool:
    """Whether another superclass of the node is below this one."""
    return any(
        parent in known.parents.get(other, ()) for other in wide if other != parent
    ) and node not in known.parents.get(parent, ())


def foreign(dataset: Dataset, language: str) -> tuple[Class, ...]:
    """The classes of other vocabularies that things are in, the largest first."""
    known = schema.of(dataset)
    nodes = [n for n in counts(dataset) if not n.value.startswith(known.own)]
    labels = dataset.learn(nodes, language)
    found = [Class(n, labels[n], counts(dataset)[n]) for n in nodes]
    return tuple(sorted(found, key=lambda each: (-each.count, each.node.value)))


def path(dataset: Dataset, node: ox.NamedNode) -> str:
    """What the list of a class is found under: its local or prefixed name, or its IRI.

    A term of this graph's ontology goes by its local name.
    """
    ontology = dataset.names.ontology + "#"
    if node.value.startswith(ontology):
        return node.value.removeprefix(ontology)
    short = names.shorten(node.value, dataset.prefixes)
    return node.value if short.startswith("<") else short


def found(dataset: Dataset, name: str) -> ox.NamedNode | None:
    """The class of a name that `path` gives, if there is such a class."""
    prefix, colon, local = name.partition(":")
    namespace = dataset.prefixes.get(prefix, "") if colon else ""
    iris = (
        dataset.names.ontology + "#" + name,
        *((namespace + local,) if namespace else ()),
        name,
    )
    held, known = counts(dataset), schema.of(dataset)
    wide = {parent for parents in known.parents.values() for parent in parents}
    for iri in iris:
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            continue
        if node in held or node in known.parents or node in wide:
            return node
    return None
