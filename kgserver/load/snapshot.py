"""The story of a build: files are found, read, reasoned over, checked, published."""

from __future__ import annotations

import datetime
from concurrent import futures
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import (
    catalog,
    checks,
    contradictions,
    inputs,
    modified,
    provenance,
    reason,
    shapes,
    sources,
    store,
    survey,
    turtle,
    versions,
)
from kgserver.load.modified import Made
from kgserver.load.reason import record
from kgserver.model import problem
from kgserver.model.manifest import Counts, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kgserver.load.difference import Difference
    from kgserver.load.reason.ontology import Ontology
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Source
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Build:
    """How a build ended: the version now in service, and what was found.

    `served` tells whether that version is what the files say; where it is not, an
    older one stays in service, or none. `fresh` tells whether it was made just now,
    and then `difference` what came and went since the version before, if that is known.
    """

    snapshot: Snapshot | None
    problems: tuple[Problem, ...]
    served: bool
    fresh: bool = False
    difference: Difference | None = None

    def as_text(self, seconds: float) -> str:
        """How the build ended and how long it took, in a few lines for a terminal."""
        found = [each.as_text() for each in self.problems]
        return "\n".join([*found, self._outcome(seconds)])

    def _outcome(self, seconds: float) -> str:
        if self.snapshot is None:
            return "not built; there is no version to serve"
        version, counts = self.snapshot.version, self.snapshot.counts
        if not self.served:
            return f"not built; version {version} stays in service"
        return (
            f"version {version} is in service: "
            f"{problem.counted(len(self.snapshot.sources), 'file')}, "
            f"{problem.counted(counts.asserted, 'statement')}, "
            f"{counts.inferred:,} inferred ({seconds:.2f} s)"
        )


def build(settings: Settings) -> Build:
    """Bring the folder's version in service up to what its files say.

    Unchanged input builds nothing. A fatal problem leaves the version in service as it
    is. Only one builder works on a folder at a time; another waits.
    """
    with versions.locked(settings.state):
        given = inputs.find(settings)
        serving = inputs.serving(settings)
        if serving and serving.digest == given.digest:
            versions.record(settings.state, serving.problems, served=True)
            return Build(serving, serving.problems, served=True)
        finding = examine(settings, given)
        if finding.fatal:
            versions.record(settings.state, finding.problems, served=False)
            return Build(serving, finding.problems, served=False)
        snapshot = _publish(settings, finding, given)
        versions.record(settings.state, finding.problems, served=True)
        return Build(snapshot, finding.problems, served=True, fresh=True)


def check(settings: Settings) -> tuple[Problem, ...]:
    """What a build would find, without building."""
    return examine(settings, inputs.find(settings)).problems


@dataclass(frozen=True, slots=True)
class Finding:
    """What the files say, what follows, and what is wrong with it."""

    readings: tuple[Reading, ...]
    contents: store.Contents
    counts: Counts
    problems: tuple[Problem, ...]
    ontology: Ontology | None = None

    @property
    def fatal(self) -> bool:
        """Whether this must not go into service."""
        return any(problem.fatal for problem in self.problems)


def examine(settings: Settings, given: inputs.Inputs) -> Finding:
    """Read, reason and check; a stage that finds a fatal problem is the last."""
    folder = settings.folder
    readings = tuple(turtle.read(source, folder) for source in given.sources)
    problems = [*sources.problems(settings, given.sources)]
    problems += _weighed(settings, _all_problems(readings))
    if _any_fatal(problems):
        return _stopped(readings, problems)

    asserted = list(dict.fromkeys(_triples(readings)))
    inference = reason.infer(settings.reasoning, _premises(settings, readings))
    problems += contradictions.check(inference.clashes, readings, folder)
    if _any_fatal(problems):
        return _stopped(readings, problems)

    inferred = frozenset(inference.triples)
    contents = store.contents(settings, readings, inferred)
    problems += _checked(given, readings, contents)
    merged = len(inferred.union(asserted))
    counts = Counts(len(asserted), len(inferred), merged)
    return Finding(readings, contents, counts, tuple(problems), inference.ontology)


def _checked(
    given: inputs.Inputs, readings: Sequence[Reading], contents: store.Contents
) -> list[Problem]:
    """What the shapes and the folder's own checks find in the merged graph.

    The two run side by side: the engine leaves Python's lock to pySHACL meanwhile. The
    store is filled before, since filling it would fight for that lock.
    """
    folder = given.settings.folder
    held = contents.in_memory() if given.checks else ox.Store()
    with futures.ThreadPoolExecutor(1) as beside:
        found = beside.submit(checks.run, given.checks, held, readings, folder)
        return [*shapes.check(readings, contents, folder), *found.result()]


def _publish(settings: Settings, finding: Finding, given: inputs.Inputs) -> Snapshot:
    state, prefixes = settings.state, _prefixes(finding.readings)
    contents = catalog.added(
        settings, finding.contents, prefixes, given.examples, finding.counts.merged
    )
    contents = provenance.added(settings, contents, finding.readings)
    held = store.bring(state / "work", contents)
    read = tuple(reading.source for reading in finding.readings)
    snapshot = Snapshot(
        version=versions.next_number(state),
        digest=replace(given, sources=read).digest,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        base_iri=settings.base_iri,
        reasoning=settings.reasoning,
        counts=finding.counts,
        sources=read,
        prefixes=prefixes,
        problems=finding.problems,
        apart=(
            settings.names.catalog,
            settings.names.provenance,
            *(source.graph for source in read if _apart(settings, source)),
        ),
        merged=settings.default_graph == "merged",
        examples=given.examples,
    )
    before = versions.current(state)

    def fill(directory: Path) -> None:
        held.backup(str(directory / versions.STORE))
        if finding.ontology:
            (directory / versions.ONTOLOGY).write_bytes(record.dump(finding.ontology))
        survey.write(directory, finding.readings, settings.folder, before)
        made = Made(snapshot.created, snapshot.counts.merged, settings.names.inferred)
        modified.write(directory, before, held, made)

    versions.publish(state, snapshot, fill)
    versions.prune(state, settings.keep_versions)
    return snapshot


def _premises(settings: Settings, readings: Iterable[Reading]) -> list[ox.Triple]:
    """The statements that conclusions are drawn from."""
    read = [reading for reading in readings if not _apart(settings, reading.source)]
    return list(dict.fromkeys(_triples(read)))


def _apart(settings: Settings, source: Source) -> bool:
    """Whether no conclusion is drawn from a file."""
    globs = settings.reasoning_excludes
    return source.role == "shapes" or any(fnmatch(source.path, each) for each in globs)


def _triples(readings: Iterable[Reading]) -> Iterator[ox.Triple]:
    """What is in the merged graph of the files: all but the shapes."""
    for reading in readings:
        if reading.source.role != "shapes":
            yield from (quad.triple for quad in reading.quads)


def _prefixes(readings: Iterable[Reading]) -> dict[str, str]:
    """Every prefix that the files declare; where they differ, its commonest meaning."""
    votes: dict[str, dict[str, int]] = {}
    for reading in readings:
        for prefix, namespace in reading.prefixes.items():
            counted = votes.setdefault(prefix, {})
            counted[namespace] = counted.get(namespace, 0) + 1
    return {p: max(counted, key=lambda ns: counted[ns]) for p, counted in votes.items()}


def _all_problems(readings: Iterable[Reading]) -> Iterator[Problem]:
    for reading in readings:
        yield from reading.problems


def _weighed(settings: Settings, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems; where nothing is concluded, an ill-typed literal is only odd.

    It contradicts nothing before datatypes are interpreted (RDF 1.1 Semantics, §7).
    """
    for each in problems:
        odd = each.code == "ill-typed" and settings.reasoning == "none"
        yield replace(each, severity="warning") if odd else each


def _any_fatal(problems: Iterable[Problem]) -> bool:
    return any(problem.fatal for problem in problems)


def _stopped(readings: tuple[Reading, ...], problems: Sequence[Problem]) -> Finding:
    return Finding(readings, store.Contents({}, ()), Counts(0, 0, 0), tuple(problems))
