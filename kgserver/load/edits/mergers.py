"""Two names found to be of one thing, told with the rule and the lines behind it.

One wrong key can make a whole class one thing, so that nobody should have to search for
what became of it. A file that says itself that two are the same is not told of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import positions, versions
from kgserver.load.checking import places
from kgserver.load.edits import edit as edits
from kgserver.load.reason.explain import Explainer
from kgserver.load.reason.names import SAME
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kgserver.load.checking.places import Place
    from kgserver.load.edits.edit import Edit
    from kgserver.load.reason.inference import Merges
    from kgserver.load.reason.maintain import Change
    from kgserver.load.reason.proof import Proof
    from kgserver.load.turtle import Reading

MOST = 12
"""Mergers that are proved and told; of further ones it is told how many there are."""


@dataclass(frozen=True, slots=True)
class Merger:
    """Two names of one thing, the rule that found it, and where its grounds stand."""

    triple: ox.Triple
    rule: str
    grounds: tuple[Place, ...]

    def as_text(self, prefixes: Mapping[str, str]) -> str:
        """One line for a terminal."""
        one, other = (
            names.shorten(end.value, prefixes)
            if isinstance(end, ox.NamedNode)
            else str(end)
            for end in (self.triple.subject, self.triple.object)
        )
        lines = ", ".join(map(str, self.grounds))
        return f"{one} is the same as {other} (by {self.rule} from {lines})"


@dataclass(frozen=True, slots=True)
class Mergers:
    """The first mergers, and how many there are."""

    told: tuple[Merger, ...] = ()
    count: int = 0

    def as_text(self, prefixes: Mapping[str, str]) -> str:
        """A line for each that is told, and one for the others."""
        lines = [f"  = {each.as_text(prefixes)}" for each in self.told]
        if self.count > len(self.told):
            lines.append(f"  = and {self.count - len(self.told):,} more")
        return "\n".join(lines)


NONE = Mergers()


def found(merges: Merges, readings: Iterable[Reading], folder: Path) -> Mergers:
    """The mergers of a closure."""
    proofs = [merge.proof for merge in merges.first(MOST)]
    leaves = [leaf for proof in proofs for leaf in proof.grounds()]
    atlas = places.Atlas(readings, folder, [tuple(leaf) for leaf in leaves])
    told = (
        _merger(proof, (atlas.place(tuple(leaf)) for leaf in proof.grounds()))
        for proof in proofs
    )
    return Mergers(tuple(told), len(merges))


def brought(edit: Edit, held: ox.Store, change: Change | None) -> Mergers:
    """The mergers that an edit brings about; the store holds the edit already."""
    new = sorted(filter(_once, change.added if change else ()), key=str)
    if not new or edit.ontology is None:
        return NONE
    explainer = Explainer(edits.graph(edit, held), edit.ontology)
    proofs = [proof for each in new[:MOST] for proof in explainer.explain(each)]
    told = (
        _merger(
            proof, (p for leaf in proof.grounds() for p in _stand(edit, held, leaf))
        )
        for proof in proofs
    )
    return Mergers(tuple(told), len(new))


def _once(triple: ox.Triple) -> bool:
    """Whether a triple makes two names one; the same the other way round is left."""
    return triple.predicate == SAME and str(triple.subject) < str(triple.object)


def _merger(proof: Proof, grounds: Iterable[Place]) -> Merger:
    rules = [step.rule for step in proof.steps() if not step.asserted]
    rule = next((each for each in rules if not each.startswith("eq-")), rules[0])
    stand = dict.fromkeys(place for place in grounds if place.file)
    return Merger(proof.triple, rule, tuple(stand))


def _stand(edit: Edit, held: ox.Store, triple: ox.Triple) -> Iterator[Place]:
    """Where an asserted triple stands; no file is read that is as it was before."""
    by_graph = {source.graph: source for source in edit.files}
    directory = versions.directory(edit.given.settings.state, edit.serving.version)
    quads = held.quads_for_pattern(
        triple.subject, triple.predicate, triple.object, None
    )
    for quad in quads:
        source = by_graph.get(getattr(quad.graph_name, "value", ""))
        reading = edit.read.get(source.path) if source else None
        if source and reading:
            rows = zip(reading.quads.keys, reading.lines, strict=True)
            for key, line in rows:
                if key == hash(triple):
                    yield places.Place(source.path, line)
        elif source:
            known = positions.opened(directory, source)
            for line in known.lines(triple) if known else ():
                yield places.Place(source.path, line)
