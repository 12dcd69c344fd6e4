"""One resource, described: what it is, what is said of it, what points at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import schema
from kgserver.ask.browse.thing import evidence, incoming, parts, statements
from kgserver.ask.dataset import DEFAULT, Label, distance
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.browse.thing.statements import Group, Surroundings, Value
    from kgserver.ask.dataset import Dataset, Node

# How many statements that point at a resource are in a document about it.
_INCOMING = 1000
_TYPE = ox.NamedNode(names.RDF + "type")
_SUMMARIES = parts.PARTS["words"]
_OTHER_NAMES = parts.PARTS["names"]


@dataclass(frozen=True, slots=True)
class Resource:
    """All that a page about one thing shows.

    `types` are the narrowest classes; `names` what else it is called; `parts` the
    statements by the part of the page that they stand in; `cues` what points at it for
    programs only; `around` is what all of this is made from.
    """

    node: Node
    label: Label
    names: tuple[Label, ...]
    types: tuple[Value, ...]
    summary: Label | None
    parts: Mapping[str, tuple[Group, ...]]
    incoming: tuple[Group, ...]
    cues: tuple[Group, ...]
    around: Surroundings

    def values(self, prop: str) -> tuple[Value, ...]:
        """The values of one property, by its IRI."""
        return tuple(
            value
            for groups in self.parts.values()
            for group in groups
            if group.property.value == prop
            for value in group.values
        )


def describe(dataset: Dataset, node: Node, language: str = "en") -> Resource | None:
    """The description of a resource, or None where nothing is said of it at all."""
    around = statements.around(dataset, node)
    found = around.about
    if not found and not around.pointing:
        return None
    claims = evidence.claims(dataset, node)
    pointing, cues = incoming.groups(dataset, node, language, claims, around)
    turned = None if around.hub else around.pointing
    shown = statements.Showing(dataset, found, language, claims, turned)
    return Resource(
        node=node,
        label=dataset.label(node, language),
        names=_names(found, dataset.label(node, language)),
        types=tuple(shown.values(_narrowest(dataset, list(found)))),
        summary=summary(dataset, node, language),
        parts=parts.parted(shown),
        incoming=tuple(pointing),
        cues=tuple(cues),
        around=around,
    )


def _narrowest(dataset: Dataset, triples: Sequence[ox.Triple]) -> list[ox.Triple]:
    """The types that no other type of the thing is below."""
    parents = schema.of(dataset).parents
    typed = [t for t in triples if t.predicate == _TYPE]
    wide = {
        parent
        for triple in typed
        if isinstance(triple.object, ox.NamedNode)
        for parent in parents.get(triple.object, ())
    }
    return [triple for triple in typed if triple.object not in wide] or typed


def _names(found: statements.Held, label: Label) -> tuple[Label, ...]:
    """What else a thing is called: each text once, with its first language."""
    others: dict[str, Label] = {}
    for triple in found:
        value = triple.object
        if triple.predicate in _OTHER_NAMES and isinstance(value, ox.Literal):
            others.setdefault(value.value, Label(value.value, value.language or ""))
    others.pop(label.text, None)
    return tuple(sorted(others.values(), key=lambda each: (each.language, each.text)))


def types(dataset: Dataset, node: Node) -> tuple[ox.NamedNode, ...]:
    """The narrowest classes of a thing."""
    quads = dataset.store.quads_for_pattern(node, _TYPE, None, DEFAULT)
    found = _narrowest(dataset, [quad.triple for quad in quads])
    classes = (triple.object for triple in found)
    return tuple(each for each in classes if isinstance(each, ox.NamedNode))


def summary(dataset: Dataset, node: Node, language: str) -> Label | None:
    """The first text that says what a thing is, in the nearest language."""
    quads = (
        quad
        for prop in _SUMMARIES
        for quad in dataset.store.quads_for_pattern(node, prop, None, DEFAULT)
    )
    texts = [
        (
            distance(text.language or "", language),
            _SUMMARIES.index(quad.predicate),
            text,
        )
        for quad in quads
        if isinstance(text := quad.object, ox.Literal)
    ]
    best = min(texts, key=lambda each: (each[:2], each[2].value), default=None)
    return Label(best[2].value, best[2].language or "") if best else None


def exists(dataset: Dataset, node: Node) -> bool:
    """Whether any statement is about the node or points at it."""
    about = dataset.store.quads_for_pattern(node, None, None, DEFAULT)
    to = dataset.store.quads_for_pattern(None, None, node, DEFAULT)
    return next(about, None) is not None or next(to, None) is not None


def triples(dataset: Dataset, node: Node) -> Iterator[ox.Triple]:
    """What a document about a resource says: all about it, and what points at it.

    Blank nodes are followed, since they can be reached in no other way. At most
    1,000 statements that point at the resource are given.
    """
    yield from _about(dataset, node, set())
    to = dataset.store.quads_for_pattern(None, None, node, DEFAULT)
    for quad, _ in zip(to, range(_INCOMING), strict=False):
        if quad.subject != node:
            yield quad.triple


def _about(dataset: Dataset, node: Node, seen: set[Node]) -> Iterator[ox.Triple]:
    seen.add(node)
    for quad in dataset.store.quads_for_pattern(node, None, None, DEFAULT):
        yield quad.triple
        value = quad.object
        if isinstance(value, ox.BlankNode) and value not in seen:
            yield from _about(dataset, value, seen)
