"""The kinds of things: the classes of the folder's own ontology."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset

_CLASSES = (names.OWL + "Class", names.RDFS + "Class")
_TYPE = ox.NamedNode(names.RDF + "type")
_BELOW = ox.NamedNode(names.RDFS + "subClassOf")


@dataclass(frozen=True, slots=True)
class Kind:
    """A class that a new thing can be of, by the last part of its IRI."""

    node: ox.NamedNode
    name: str
    label: str


def every(dataset: Dataset) -> tuple[Kind, ...]:
    """The classes of the folder's own namespace; where it has none, all classes."""
    classes = {
        quad.subject
        for iri in _CLASSES
        for quad in dataset.store.quads_for_pattern(
            None, _TYPE, ox.NamedNode(iri), DEFAULT
        )
        if isinstance(quad.subject, ox.NamedNode)
    }
    base = dataset.snapshot.base_iri
    own = {node for node in classes if node.value.startswith(base)} or classes
    found = (
        Kind(node, names.local_name(node.value), dataset.label(node).text)
        for node in own
    )
    return tuple(sorted(found, key=lambda kind: kind.name.lower()))


def find(dataset: Dataset, word: str) -> Kind | None:
    """The kind that a word means: its name or its label, in whatever capitals."""
    wanted = _folded(word.rpartition(":")[2])
    return next(
        (
            kind
            for kind in every(dataset)
            if wanted in {_folded(kind.name), _folded(kind.label)}
        ),
        None,
    )


def narrower(dataset: Dataset, kind: Kind) -> tuple[Kind, ...]:
    """The kinds below one, direct or not, in the order of their names."""
    below = {
        quad.subject
        for quad in dataset.store.quads_for_pattern(None, _BELOW, kind.node, DEFAULT)
    }
    return tuple(
        each for each in every(dataset) if each.node in below and each.node != kind.node
    )


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())
