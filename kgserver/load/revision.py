"""An edit applied to the version in service: what it says, and what follows from it.

Only the files that were saved are read. Their difference is worked out against the
store; `reason.apply` draws the conclusions; shapes and checks look at the outcome; and
where they object, all of it is taken back. Whatever cannot be done so, an edit of the
ontology above all, is left to the build of everything anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import (
    contradictions,
    positions,
    publication,
    reason,
    sources,
    store,
    turtle,
    validation,
    versions,
)
from kgserver.load.amendment import Amendment, Graphs, of_graph
from kgserver.load.difference import Difference
from kgserver.load.findings import Findings
from kgserver.load.publication import Edition
from kgserver.load.readings import Readings
from kgserver.load.reason import record
from kgserver.load.reason.graph import StoreGraph
from kgserver.model.manifest import Counts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgserver.load.inputs import Inputs
    from kgserver.load.reason.maintain import Change
    from kgserver.load.reason.ontology import Ontology
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Snapshot, Source
    from kgserver.model.problem import Problem

LARGE = 50_000
"""Statements in changed files from which on all is built anew."""
SMALL = 100_000
"""Triples of a version up to which the builder keeps it in memory beside the disk."""


@dataclass(frozen=True, slots=True)
class Revision:
    """How an edit went: the store that now holds it, or the problems that forbid it."""

    problems: tuple[Problem, ...]
    edition: Edition | None = None
    difference: Difference | None = None
    held: ox.Store | None = None


def revise(given: Inputs, serving: Snapshot) -> Revision | None:
    """Apply the edit that the files differ by from the version in service.

    None where everything is to be built anew; the store is then as it was.
    """
    directory = versions.current(given.settings.state)
    changed = _changed(given, serving)
    if directory is None or changed is None:
        return None
    edit = _read(given, serving, directory, changed)
    if edit is None or edit.size > LARGE:
        return None
    if edit.found.fatal:
        return Revision(edit.found.told())
    held = store.opened(given.settings.state / "work", serving.digest)
    described = ox.NamedNode(given.settings.names.provenance)
    if held and held.contains_named_graph(described):
        return None
    try:
        return _apply(edit, held) if held else None
    except reason.NeedsBulk:
        return None


@dataclass(slots=True)
class _Edit:
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


def _changed(given: Inputs, serving: Snapshot) -> frozenset[str] | None:
    """The paths that came, went or were saved; None where all is to be built anew."""
    settings = given.settings
    before = {source.path: source for source in serving.sources}
    now = {source.path: source for source in given.sources}
    changed = frozenset(p for p in {**before, **now} if before.get(p) != now.get(p))
    both = [*before.values(), *now.values()]
    alike = (
        serving.merged
        and not settings.provenance
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
) -> _Edit | None:
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
    return _Edit(
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


def _apply(edit: _Edit, held: ox.Store) -> Revision:
    """Work out what comes and goes, look at the outcome, let the store have it.

    A small graph is asked in memory, where lookups take a tenth of the time.
    """
    settings, serving = edit.given.settings, edit.serving
    work, small = settings.state / "work", serving.counts.merged <= SMALL
    asked = store.mirror(work, held, serving.digest) if small else held
    amendment = _amendment(edit, asked)
    change = _conclusions(edit, asked, amendment)
    everything = Readings(edit.files, settings.folder)
    if change:
        edit.found.add(
            contradictions.check(change.clashes, everything, settings.folder)
        )
        amendment.conclude(change.added, change.removed)
    if edit.found.fatal:
        return Revision(edit.found.told())
    gone, come = amendment.quads()
    described = _catalog(edit, asked)  # which is no concern of shapes and checks
    with store.marked(work):
        store.amend(asked, [*gone, *described], come)
        edit.found.add(
            validation.check(edit.given, everything, asked, store.merged(asked))
        )
        if edit.found.fatal:
            store.amend(asked, come, [*gone, *described])
            return Revision(edit.found.told())
        edition = _edition(edit, amendment, change)
        describing = publication.described(edit.given, edition, store.merged(asked))
        asked.extend(describing)
        if asked is not held:
            fresh = set(asked.quads_for_pattern(None, None, None, _graph(edit)))
            store.amend(
                held, [*gone, *(described - fresh)], [*come, *(fresh - described)]
            )
        store.settle(work, held, publication.digest(edit.given, edit.files))
    store.keep(work, publication.digest(edit.given, edit.files), small and asked)
    return Revision(edition.problems, edition, _difference(amendment, change), held)


def _amendment(edit: _Edit, held: ox.Store) -> Amendment:
    gone: set[ox.Quad] = set()
    come: set[ox.Quad] = set()
    now = {reading.source.graph: reading.quads for reading in edit.read.values()}
    now |= {source.graph: () for source in edit.lost if source.graph not in now}
    for graph, quads in now.items():
        less, more = of_graph(held, graph, quads)
        gone |= less
        come |= more
    return Amendment(held, edit.graphs, gone, come)


def _conclusions(edit: _Edit, held: ox.Store, amendment: Amendment) -> Change | None:
    if edit.ontology is None:
        return None
    apart = [ox.NamedNode(iri) for iri in edit.graphs.apart]
    graph = StoreGraph(held, ox.NamedNode(edit.graphs.inferred), apart)
    return reason.apply(graph, edit.ontology, *amendment.premises())


def _edition(edit: _Edit, amendment: Amendment, change: Change | None) -> Edition:
    counts = edit.serving.counts
    (said, unsaid), (more, less) = amendment.said(), amendment.merged()
    follow, follow_no_more = (change.added, change.removed) if change else ((), ())
    return Edition(
        edit.files,
        edit.prefixes,
        Counts(
            counts.asserted + len(said) - len(unsaid),
            counts.inferred + len(follow) - len(follow_no_more),
            counts.merged + len(more) - len(less),
        ),
        edit.found.told(whole=True),
        edit.ontology,
    )


def _catalog(edit: _Edit, held: ox.Store) -> set[ox.Quad]:
    """The graph that describes the others, as it was."""
    if edit.given.settings.names.catalog in edit.graphs.said:
        return set()
    return set(held.quads_for_pattern(None, None, None, _graph(edit)))


def _graph(edit: _Edit) -> ox.NamedNode:
    return ox.NamedNode(edit.given.settings.names.catalog)


def _difference(amendment: Amendment, change: Change | None) -> Difference:
    none: frozenset[ox.Triple] = frozenset()
    follow = (change.added, change.removed) if change else (none, none)
    return Difference(*amendment.said(), *follow)
