"""A subject, of which links and texts are said as triples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Subject:
    """What a description speaks of, by its IRI."""

    iri: str

    def link(self, predicate: str, target: str) -> ox.Triple:
        """That it is linked to another by an IRI."""
        return ox.Triple(
            ox.NamedNode(self.iri), ox.NamedNode(predicate), ox.NamedNode(target)
        )

    def kind(self, *classes: str) -> Iterator[ox.Triple]:
        """That it is of these classes."""
        for each in classes:
            yield self.link(names.RDF + "type", each)

    def text(self, predicate: str, value: str, datatype: str = "") -> ox.Triple:
        """That it has a value, of a datatype of XML Schema or a plain string."""
        typed = ox.NamedNode(names.XSD + datatype) if datatype else None
        literal = ox.Literal(value, datatype=typed)
        return ox.Triple(ox.NamedNode(self.iri), ox.NamedNode(predicate), literal)
