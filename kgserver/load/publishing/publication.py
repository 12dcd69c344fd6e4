"""A version is published: store, lines and ontology, whole or not at all."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from kgserver.load import positions, versions
from kgserver.load.checking import verdict
from kgserver.load.publishing import catalog, modified, survey
from kgserver.load.publishing.modified import Made
from kgserver.load.reason.rules import record
from kgserver.model import rule
from kgserver.model.manifest import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pyoxigraph as ox

    from kgserver.load.checking.verdict import Faulty
    from kgserver.load.inputs import Inputs
    from kgserver.load.reason.rules.ontology import Ontology
    from kgserver.model.manifest import Counts, Source
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Edition:
    """What a version says of itself; `sources` are the files as they were read.

    `changed` is what came into the merged graph and went from it since the version
    before, where that is known.
    """

    sources: tuple[Source, ...]
    prefixes: Mapping[str, str]
    counts: Counts
    problems: tuple[Problem, ...]
    ontology: Ontology | None
    faulty: Faulty | None = None
    changed: frozenset[ox.Triple] | None = None


def digest(given: Inputs, sources: tuple[Source, ...]) -> str:
    """The digest of the version, which is made of what was read."""
    return replace(given, sources=sources).digest


def publish(
    given: Inputs, edition: Edition, held: ox.Store, surveyed: Path | None = None
) -> Snapshot:
    """Put the version that the store holds into service.

    `surveyed` is a directory in which all files of it have been surveyed already.
    """
    settings, sources = given.settings, edition.sources
    state, folder = settings.state, settings.folder
    snapshot = Snapshot(
        version=versions.next_number(state),
        digest=digest(given, sources),
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        base_iri=settings.base_iri,
        reasoning=settings.reasoning,
        counts=edition.counts,
        sources=sources,
        prefixes=edition.prefixes,
        problems=rule.lasting(edition.problems),
        apart=apart(settings, sources),
        merged=settings.default_graph == "merged",
        examples=given.examples,
        checker=versions.checker(),
        past=given.past,
    )
    before = versions.current(state)

    def fill(directory: Path) -> None:
        held.backup(str(directory / versions.STORE))
        if edition.ontology:
            (directory / versions.ONTOLOGY).write_bytes(record.dump(edition.ontology))
        verdict.write(directory, edition.faulty)
        survey.write(directory, sources, folder, surveyed or before)
        modified.write(directory, before, held, _made(given, snapshot, edition))

    versions.publish(state, snapshot, fill)
    versions.prune(state, settings.keep_versions)
    if surveyed:
        shutil.rmtree(surveyed / positions.FOLDER, ignore_errors=True)
    return snapshot


def _made(given: Inputs, snapshot: Snapshot, edition: Edition) -> Made:
    size, inferred = edition.counts.merged, given.settings.names.inferred
    return Made(snapshot.created, size, inferred, edition.changed)


def described(
    given: Inputs, edition: Edition, merged: Iterable[ox.Triple]
) -> list[ox.Quad]:
    """The graph that describes the others; none where a file fills it itself."""
    settings = given.settings
    if any(source.graph == settings.names.catalog for source in edition.sources):
        return []
    return catalog.quads(
        settings, merged, edition.prefixes, given.examples, edition.counts.merged
    )


def apart(settings: Settings, sources: Iterable[Source]) -> tuple[str, ...]:
    """The graphs that no conclusion is drawn from."""
    files = list(sources)
    left_out = [source.graph for source in files if excluded(settings, source)]
    own = {source.graph for source in files}
    described = (settings.names.catalog, settings.names.provenance)
    return (*(graph for graph in described if graph not in own), *left_out)


def excluded(settings: Settings, source: Source) -> bool:
    """Whether no conclusion is drawn from a file."""
    globs = settings.reasoning_excludes
    return source.role == "shapes" or any(fnmatch(source.path, each) for each in globs)


def prefixes(declared: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Every prefix that files declare; where they differ, its commonest meaning."""
    votes: dict[str, dict[str, int]] = {}
    for each in declared:
        for prefix, namespace in each.items():
            counted = votes.setdefault(prefix, {})
            counted[namespace] = counted.get(namespace, 0) + 1
    return {p: max(counted, key=lambda ns: counted[ns]) for p, counted in votes.items()}
