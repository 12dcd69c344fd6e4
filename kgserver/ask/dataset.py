"""One snapshot, opened: its store, its names, and the labels of what is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import positions, versions
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.load.positions import Positions
    from kgserver.model.manifest import Snapshot, Source

DEFAULT = ox.DefaultGraph()
Node = ox.NamedNode | ox.BlankNode
# The properties that name a thing, the best first.
_NAMING = tuple(
    ox.NamedNode(iri)
    for iri in (
        names.SKOS + "prefLabel",
        names.RDFS + "label",
        names.DCTERMS + "title",
        names.WELL_KNOWN["schema"] + "name",
        names.WELL_KNOWN["foaf"] + "name",
    )
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a thing is called, and in which language; no language is an empty one."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """An opened snapshot. It never changes, so what was looked up once stays true."""

    snapshot: Snapshot
    store: ox.Store
    directory: Path = Path()
    _labels: dict[tuple[Node, str], Label] = field(default_factory=dict)
    _positions: dict[str, Positions | None] = field(default_factory=dict)

    @property
    def names(self) -> names.Names:
        """How the IRIs of this graph and the paths of the server answer each other."""
        return names.Names(self.snapshot.base_iri)

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the files declare, and the well-known ones beside them."""
        declared = self.snapshot.prefixes
        known = set(declared.values())
        others = {p: ns for p, ns in names.WELL_KNOWN.items() if ns not in known}
        return {**others, **declared}

    def label(self, node: Node, language: str = "en") -> Label:
        """The name of a thing: in the language, else in English, else in any.

        What has no name goes by the last part of its IRI.
        """
        key = node, language
        if key not in self._labels:
            self._labels[key] = self._find_label(node, language)
        return self._labels[key]

    def positions(self, source: Source) -> Positions | None:
        """Where the statements of a source stand, if the version kept that."""
        if source.path not in self._positions:
            self._positions[source.path] = positions.opened(self.directory, source)
        return self._positions[source.path]

    def _find_label(self, node: Node, language: str) -> Label:
        for naming in _NAMING:
            found = [
                Label(quad.object.value, quad.object.language or "")
                for quad in self.store.quads_for_pattern(node, naming, None, DEFAULT)
                if isinstance(quad.object, ox.Literal)
            ]
            if found:
                return min(found, key=lambda label: _distance(label, language))
        if isinstance(node, ox.BlankNode):
            return Label("a nameless node", "en")
        return Label(names.local_name(node.value), "")


def opened(directory: Path) -> Dataset:
    """The snapshot in a version's directory, ready to be asked."""
    store = ox.Store.read_only(str(directory / versions.STORE))
    return Dataset(versions.read(directory), store, directory)


def _distance(label: Label, language: str) -> tuple[int, str]:
    """How far a label's language is from the one asked for."""
    wanted = (language.lower(), language.split("-")[0].lower(), "en", "")
    tag = label.language.lower()
    ranks: Sequence[bool] = (
        tag == wanted[0],
        tag.split("-")[0] == wanted[1],
        tag.split("-")[0] == "en",
        tag == "",
    )
    rank = ranks.index(True) if any(ranks) else len(ranks)
    return rank, label.text
