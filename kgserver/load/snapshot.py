"""The story of a build: files are found, read, reasoned over, checked, published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import difference, inputs, opinion, reason, versions
from kgserver.load.checking import contradictions, validation
from kgserver.load.checking.findings import Findings
from kgserver.load.edits import mergers, rehearsal, revision
from kgserver.load.edits.revision import Revision
from kgserver.load.history import provenance
from kgserver.load.publishing import publication, survey
from kgserver.load.publishing.publication import Edition
from kgserver.load.readings import Readings
from kgserver.load.storage import store
from kgserver.load.storage.filling import Filling
from kgserver.load.terms.statements import Batches
from kgserver.model import problem
from kgserver.model.manifest import Counts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgserver.load.checking.verdict import Faulty
    from kgserver.load.difference import Difference
    from kgserver.load.reason.rules.ontology import Ontology
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Snapshot
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

# Triples of two versions that are compared with each other where all is built anew.
_COMPARED = 100_000


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
        prefixes = self.snapshot.prefixes if self.snapshot else {}
        came = self.difference.as_text(prefixes) if self.difference else ""
        return "\n".join([*found, *filter(None, [came]), self._outcome(seconds)])

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

    Unchanged input builds nothing, while the code is the same. A fatal problem leaves
    the version in service as it is. Only one builder works on a folder at a time;
    another waits.
    """
    with versions.locked(settings.state):
        given = inputs.find(settings)
        serving = inputs.serving(settings)
        if serving and inputs.made(serving, given):
            found = _noted(settings, serving.problems, served=True)
            return Build(serving, found, served=True)
        revised = revision.revise(given, serving) if serving else None
        revised = revised or _anew(given, serving)
        if revised.edition is None or revised.held is None:
            found = _noted(settings, revised.problems, served=False)
            return Build(serving, found, served=False)
        snapshot = publication.publish(
            given, revised.edition, revised.held, revised.surveyed
        )
        return Build(
            snapshot,
            _noted(settings, revised.problems, served=True),
            served=True,
            fresh=True,
            difference=revised.difference,
        )


def _noted(
    settings: Settings, problems: tuple[Problem, ...], *, served: bool
) -> tuple[Problem, ...]:
    """Note how a build ended; all that is wrong, the second opinion among it."""
    found = (*problems, *(opinion.recalled(settings) or ()))
    versions.record(settings.state, found, served=served)
    return found


def _anew(given: inputs.Inputs, serving: Snapshot | None) -> Revision:
    """Build everything from the files."""
    settings = given.settings
    filling = Filling(settings.state)
    finding = examine(settings, given, filling)
    if finding.fatal:
        filling.discard()
        return Revision(finding.problems)
    files = tuple(reading.source for reading in finding.readings)
    declared = publication.prefixes(reading.prefixes for reading in finding.readings)
    edition = Edition(
        files, declared, finding.counts, finding.problems, finding.ontology,
        finding.faulty,
    )  # fmt: skip
    before, work = _state(settings, serving), settings.state / "work"
    survey.write(
        filling.aside, files, settings.folder, versions.current(settings.state)
    )
    held = filling.finish(finding.contents)
    held.extend(publication.described(given, edition, store.merged(held)))
    held.extend(provenance.quads(settings, finding.readings))
    store.settle(work, held, publication.digest(given, files))
    after = difference.state(held, settings.names.inferred) if before else None
    told = difference.between(before, after) if before and after else None
    return Revision(finding.problems, edition, told, held, work)


def _state(settings: Settings, serving: Snapshot | None) -> difference.State | None:
    """What the version in service says, where it is small enough to be compared."""
    directory = versions.current(settings.state)
    if serving is None or directory is None or serving.counts.merged > _COMPARED:
        return None
    held = ox.Store.read_only(str(directory / versions.STORE))
    return difference.state(held, serving.base_iri + "graph/inferred")


def check(settings: Settings, *, anew: bool = False) -> tuple[Problem, ...]:
    """What a build would find, without building.

    Only what differs from the version in service is looked at, where the same code
    checked that one, unless `anew`.
    """
    given = inputs.find(settings)
    serving = None if anew else inputs.serving(settings)
    if serving is None or serving.checker != versions.checker():
        return _examined(settings, given)
    if serving.digest == given.digest:
        return (*serving.problems, *opinion.looked_up(settings))
    told = rehearsal.problems(given, serving)
    if told is None:
        return _examined(settings, given)
    return (*told, *opinion.looked_up(settings))


def _examined(settings: Settings, given: inputs.Inputs) -> tuple[Problem, ...]:
    """All that is wrong with the files, and what owlrl makes of their ontology."""
    finding = examine(settings, given)
    if finding.ontology is None or settings.reasoning != "rules":
        return finding.problems
    return (*finding.problems, *opinion.looked_up(settings, finding.ontology))


@dataclass(frozen=True, slots=True)
class Finding:
    """What the files say, what follows, and what is wrong with it."""

    readings: tuple[Reading, ...]
    contents: store.Contents
    counts: Counts
    problems: tuple[Problem, ...]
    ontology: Ontology | None = None
    faulty: Faulty | None = None

    @property
    def fatal(self) -> bool:
        """Whether this must not go into service."""
        return any(problem.fatal for problem in self.problems)


def examine(
    settings: Settings, given: inputs.Inputs, filling: Filling | None = None
) -> Finding:
    """Read, reason and check; a stage that finds a fatal problem is the last.

    Meanwhile a store is filled, if one is wanted.
    """
    folder = settings.folder
    if filling:
        filling.begin(given)
    readings = Readings(given.sources, folder).read()
    found = Findings(settings, given.sources, readings)
    if found.fatal:
        return _stopped(readings, found)

    inference = reason.infer(settings.reasoning, _premises(settings, readings))
    found.add(contradictions.check(inference.clashes, readings, folder))
    if found.fatal:
        return _stopped(readings, found)

    contents = store.contents(settings, readings, inference.triples)
    if filling:
        filling.take(contents)
    held = contents.in_memory() if given.checks else ox.Store()
    files = Readings(tuple(reading.source for reading in readings), folder)
    verdict = validation.check(given.checks, files, held, contents.merged())
    found.add(verdict.problems)
    counts = survey.count(readings, inference.triples)
    found.add(mergers.found(inference.merges, readings, folder))
    told = found.told(whole=True)
    return Finding(readings, contents, counts, told, inference.ontology, verdict.faulty)


def _premises(settings: Settings, readings: Iterable[Reading]) -> Batches:
    """The statements that conclusions are drawn from."""
    kept = (r for r in readings if not publication.excluded(settings, r.source))
    return Batches(tuple(reading.quads for reading in kept))


def _stopped(readings: tuple[Reading, ...], found: Findings) -> Finding:
    return Finding(readings, store.Contents(), Counts(0, 0, 0), found.told())
