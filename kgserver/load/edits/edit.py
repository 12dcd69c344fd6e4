"""What was saved since the version in service: read, and what it says and entails.

Only the files that differ are read; of the others it is known what reading them brought
to light. Where an edit cannot be told so, one of the ontology above all, everything is
to be looked at anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import positions, reason, sources, turtle, versions
from kgserver.load.checking import contradictions, verdict
from kgserver.load.checking.findings import Findings
from kgserver.load.checking.verdict import Since
from kgserver.load.edits.amendment import Amendment, Graphs, of_graph
from kgserver.load.history import provenance
from kgserver.load.publishing import publication
from kgserver.load.readings import Readings
from kgserver.load.reason.graph import StoreGraph
from kgserver.load.reason.rules import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from kgserver.load.inputs import Inputs
    from kgserver.load.reason.maintain import Change
    from kgserver.load.reason.rules.ontology import Ontology
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Snapshot, Source

LARGE = 50_000
"""Statements in changed files from which on all is looked at anew."""
SMALL = 100_000
"""Triples of a version up to which it is asked in memory."""


@dataclass(slots=True)
class Edit:
    """What was saved: the files as they are now, those read, those taken away."""

    given: Inputs
    serving: Snapshot
    ontology: Ontology | None
    files: tuple[Source, ...]
    read: Mapping[str, Reading]
    lost: tuple[Source, ...]
    prefixes: Mapping[str, str]
    found: Findings
    size: int = 0
    graphs: Graphs = field(init=False)

    def __post_init__(self) -> None:
        settings = self.given.settings
        kept = (*self.files, *self.lost)
        self.graphs = Graphs(
            frozenset(source.graph for source in kept if source.role != "shapes"),
            frozenset(publication.apart(settings, kept)),
            settings.names.inferred,
        )

    @property
    def readings(self) -> Readings:
        """What all files say now."""
        return Readings(self.files, self.given.settings.folder)

    @property
    def fatal(self) -> bool:
        """Whether a version with this edit must not go into service."""
        return self.found.fatal

    @property
    def unasked(self) -> ox.NamedNode | None:
        """The graph that says who wrote what, which is hidden from checks."""
        if not provenance.wanted(self.given.settings, self.files):
            return None
        return ox.NamedNode(self.given.settings.names.provenance)

    @property
    def small(self) -> bool:
        """Whether the version is asked in memory."""
        return self.serving.counts.merged <= SMALL


def read(given: Inputs, serving: Snapshot, directory: Path) -> Edit | None:
    """What the files differ by from the version in service, in its directory.

    None where everything is to be looked at anew.
    """
    changed = _changed(given, serving)
    edit = _read(given, serving, directory, changed) if changed is not None else None
    if edit is None or edit.size > LARGE:
        return None
    hidden = edit.small or not (given.checks and edit.unasked)
    return edit if hidden else None


def _changed(given: Inputs, serving: Snapshot) -> frozenset[str] | None:
    """The paths that came, went or were saved; None where all is to be built anew."""
    settings = given.settings
    before = {source.path: source for source in serving.sources}
    now = {source.path: source for source in given.sources}
    changed = frozenset(p for p in {**before, **now} if before.get(p) != now.get(p))
    both = [*before.values(), *now.values()]
    graphs = {source.graph for source in both if source.path in changed}
    alike = (
        serving.merged
        and serving.checker == versions.checker()
        and bool(serving.past) == bool(given.past)
        and not (given.past and settings.names.provenance in graphs)
        and settings.default_graph == "merged"
        and serving.base_iri == settings.base_iri
        and serving.reasoning == settings.reasoning != "owlrl"
        and serving.apart == publication.apart(settings, serving.sources)
        and not any(sources.names_graphs(source) for source in both)
        and all(source.role == "data" for source in both if source.path in changed)
    )
    return changed if alike else None


def _read(
    given: Inputs, serving: Snapshot, directory: Path, changed: frozenset[str]
) -> Edit | None:
    """Read what was saved; of other files, what was noted when they were read."""
    folder, size = given.settings.folder, 0
    kept = {
        source.path: positions.opened(directory, source) for source in serving.sources
    }
    if None in kept.values():
        return None
    read = {s.path: turtle.read(s, folder) for s in given.sources if s.path in changed}
    size = sum(len(reading.quads) for reading in read.values())
    size += sum(len(held) for p, held in kept.items() if held and p in changed)
    files = tuple(read[s.path].source if s.path in read else s for s in given.sources)
    notes: dict[str, Reading | positions.Notes] = {**read}
    notes |= {p: held.notes() for p, held in kept.items() if held and p not in changed}
    noted = [notes[source.path] for source in files]
    return Edit(
        given,
        serving,
        _ontology(directory),
        files,
        read,
        tuple(s for s in serving.sources if s.path in changed and s.path not in read),
        publication.prefixes(each.prefixes for each in noted),
        Findings(given.settings, files, noted),
        size,
    )


def _ontology(directory: Path) -> Ontology | None:
    path = directory / versions.ONTOLOGY
    return record.load(path.read_bytes()) if path.exists() else None


def conclude(edit: Edit, held: ox.Store) -> tuple[Amendment, Change | None]:
    """What the edit takes from the store and adds to it, with all that follows.

    The store still holds the version as it was. Contradictions join what was found
    wrong. Raises reason.NeedsBulk where conclusions are to be drawn anew.
    """
    amendment, change = _amendment(edit, held), None
    if edit.ontology:
        change = reason.apply(graph(edit, held), edit.ontology, *amendment.premises())
    if change:
        folder = edit.given.settings.folder
        edit.found.add(contradictions.check(change.clashes, edit.readings, folder))
        amendment.conclude(change.added, change.removed)
    return amendment, change


def graph(edit: Edit, held: ox.Store) -> StoreGraph:
    """The store as the reasoner sees it; shapes and the like are not merged."""
    graphs = edit.graphs
    apart = frozenset(map(ox.NamedNode, graphs.apart))
    mixed = frozenset(map(ox.NamedNode, graphs.apart & graphs.said))
    return StoreGraph(held, ox.NamedNode(graphs.inferred), apart, mixed=mixed)


def _amendment(edit: Edit, held: ox.Store) -> Amendment:
    gone: set[ox.Quad] = set()
    come: set[ox.Quad] = set()
    now = {each.source.graph: [*each.quads] for each in edit.read.values()}
    now |= {source.graph: [] for source in edit.lost if source.graph not in now}
    for graph, quads in now.items():
        less, more = of_graph(held, graph, quads)
        gone |= less
        come |= more
    return Amendment(held, edit.graphs, gone, come)


def written(edit: Edit, held: ox.Store) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """What goes from the graph that says who wrote what, and what comes into it.

    A commit without a save may have written any line.
    """
    if edit.unasked is None:
        return set(), set()
    settings, read = edit.given.settings, [*edit.read.values()]
    others = [*_others(edit)] if edit.serving.past != edit.given.past else None
    return provenance.difference(settings, held, read, edit.lost, others)


def _others(edit: Edit) -> Iterator[tuple[Source, Iterable[int]]]:
    """The files that were not saved, with the lines of their statements."""
    directory = versions.directory(edit.given.settings.state, edit.serving.version)
    for source in edit.files:
        kept = positions.opened(directory, source)
        if kept and source.path not in edit.read and source.role != "shapes":
            yield source, kept.notes().said[1]


def since(edit: Edit, amendment: Amendment) -> Since | None:
    """What comes and goes in the merged graph, and which nodes were faulty before."""
    state, number = edit.given.settings.state, edit.serving.version
    faulty = verdict.read(versions.directory(state, number))
    come, gone = amendment.merged()
    return None if faulty is None else Since(come | gone, faulty)


def catalog(edit: Edit, held: ox.Store) -> set[ox.Quad]:
    """The graph that describes the others; it is no concern of shapes and checks."""
    names = edit.given.settings.names
    if names.catalog in edit.graphs.said:
        return set()
    node = ox.NamedNode(names.catalog)
    return set(held.quads_for_pattern(None, None, None, node))
