"""One snapshot, opened: its store, its names, and the labels of what is in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import pyoxigraph as ox

from kgserver.ask import standard
from kgserver.load import positions, versions
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from kgserver.load.positions import Positions
    from kgserver.model.manifest import Snapshot, Source

T = TypeVar("T")
Key = TypeVar("Key")
DEFAULT = ox.DefaultGraph()
Node = ox.NamedNode | ox.BlankNode
# The properties that name a thing, the best first.
NAMING = tuple(map(ox.NamedNode, names.NAMING))

# How many names are kept in memory before the oldest half is let go, and how many
# answers of any other kind.
_NAMES, _KEPT = 100_000, 20_000


@dataclass(frozen=True, slots=True)
class Label:
    """What a thing is called, and in which language; no language is an empty one."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """An opened snapshot. It never changes, so what was looked up once stays true.

    `default_graph` is a store of the default graph alone, where there is one.
    """

    snapshot: Snapshot
    store: ox.Store
    directory: Path = Path()
    default_graph: ox.Store | None = None
    _labels: dict[tuple[Node, str], Label] = field(default_factory=dict)
    _kept: dict[str, dict[object, object]] = field(default_factory=dict)
    _known: dict[Hashable, object] = field(default_factory=dict)
    _positions: dict[str, Positions | None] = field(default_factory=dict)

    @property
    def names(self) -> names.Names:
        """How the IRIs of this graph and the paths of the server answer each other."""
        return names.Names(self.snapshot.base_iri)

    @property
    def prefixes(self) -> dict[str, str]:
        """The prefixes that the files declare, and the well-known ones beside them."""
        return self.once("prefixes", self._prefixes)

    def _prefixes(self) -> dict[str, str]:
        declared = self.snapshot.prefixes
        known = set(declared.values())
        others = {p: ns for p, ns in names.WELL_KNOWN.items() if ns not in known}
        return {**others, **declared}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made at the first call with this key and kept.

        For what there is one of in a dataset, such as its class tree; not for what
        there may be as many of as there are things in it.
        """
        if key not in self._known:
            self._known[key] = make()
        return cast("T", self._known[key])

    def kept(self, room: str, key: Key, make: Callable[[Key], T]) -> T:
        """What `make` gives of one thing, made at the first call and kept for a while.

        For what there may be as many of as there are things in the dataset; `room` says
        what it is.
        """
        held = self._kept.setdefault(room, {})
        found = held.get(key, held)
        if found is held:
            _let_go(held, _KEPT)
            found = held[key] = make(key)
        return cast("T", found)

    def label(self, node: Node, language: str = "en") -> Label:
        """The name of a thing: in the language, else in English, else in any.

        What has no name goes by the last part of its IRI.
        """
        held = self._labels.get((node, language))
        return held or self.learn((node,), language)[node]

    def describes(self, node: Node) -> bool:
        """Whether any statement is about a node."""
        return self.kept("described", node, self._describes)

    def _describes(self, node: Node) -> bool:
        found = self.store.quads_for_pattern(node, None, None, None)
        return next(found, None) is not None

    def positions(self, source: Source) -> Positions | None:
        """Where the statements of a source stand, if the version kept that."""
        if source.path not in self._positions:
            self._positions[source.path] = positions.opened(self.directory, source)
        return self._positions[source.path]

    def learn(
        self, nodes: Iterable[Node], language: str = "en"
    ) -> Mapping[Node, Label]:
        """The names of many things, found with one query for each naming property."""
        known = {n: self._labels.get((n, language)) for n in nodes}
        missing = [node for node, label in known.items() if label is None]
        found = self._find_labels(missing, language) if missing else {}
        _let_go(self._labels, _NAMES)
        self._labels.update({(n, language): label for n, label in found.items()})
        return {n: label or found[n] for n, label in known.items()}

    def _find_labels(
        self, nodes: Sequence[Node], language: str
    ) -> Mapping[Node, Label]:
        best: dict[Node, tuple[tuple[int, int, str], Label]] = {}
        for rank, naming in enumerate(NAMING):
            for node, value in self._named(nodes, naming):
                label = Label(value.value, value.language or "")
                order = distance(label.language, language), rank, label.text
                if node not in best or order < best[node][0]:
                    best[node] = order, label
        return {
            n: _nearest(n, best[n][1] if n in best else None, language) for n in nodes
        }

    def _named(
        self, nodes: Sequence[Node], naming: ox.NamedNode
    ) -> Iterable[tuple[Node, ox.Literal]]:
        """The nodes that have this naming property, each with its values."""
        iris = [node for node in nodes if isinstance(node, ox.NamedNode)]
        blanks = [node for node in nodes if isinstance(node, ox.BlankNode)]
        for node in blanks if len(iris) > 1 else nodes:
            for quad in self.store.quads_for_pattern(node, naming, None, DEFAULT):
                if isinstance(quad.object, ox.Literal):
                    yield node, quad.object
        if len(iris) > 1:
            given = " ".join(map(str, iris))
            query = f"SELECT ?s ?o {{ VALUES ?s {{ {given} }} ?s {naming} ?o }}"
            for row in cast("ox.QuerySolutions", self.store.query(query)):
                if isinstance(row["o"], ox.Literal):
                    yield cast("Node", row["s"]), row["o"]


def opened(directory: Path) -> Dataset:
    """The snapshot in a version's directory, ready to be asked.

    Raises OSError or ValueError where it is not there any more, or is damaged.
    """
    try:
        store = ox.Store.read_only(str(directory / versions.STORE))
    except RuntimeError as fault:  # so the engine says of files that are not its own
        raise OSError(str(fault)) from fault
    return Dataset(versions.read(directory), store, directory)


def _let_go(held: dict[Key, T], most: int) -> None:
    """Let the older half go of what has become more than there is room for."""
    if len(held) > most:
        for key in list(held)[: most // 2]:
            held.pop(key, None)


def distance(tag: str, language: str) -> int:
    """How far a language tag is from the language asked for; 0 is the same."""
    wanted = (language.lower(), language.split("-")[0].lower(), "en", "")
    tag = tag.lower()
    main = tag.split("-")[0]
    ranks = tag == wanted[0], main == wanted[1], main == "en", tag == ""
    return ranks.index(True) if any(ranks) else len(ranks)


def _nearest(node: Node, found: Label | None, language: str) -> Label:
    """The name that was found, unless a standard term's is nearer; else a makeshift."""
    if isinstance(node, ox.BlankNode):
        return found or Label("…", "")
    if found is None or distance(found.language, language) > 1:
        known = standard.label(node.value, language)
        if known:
            return Label(known, language.lower())
    return found or Label(names.local_name(node.value), "")
