"""One side of a comparison: a version, a git revision, or the files of a folder.

A version is opened as it was built. A revision is written out to a temporary folder
and, like the files of a folder, read, reasoned over and checked in memory, with the
settings of its own; nothing is published.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask import dataset as datasets
from kgserver.ask import suite
from kgserver.load import difference, inputs, snapshot, versions
from kgserver.load.history import git, revisions
from kgserver.load.terms import nodes
from kgserver.model import rule
from kgserver.model import settings as setting
from kgserver.model.manifest import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.suite import Case
    from kgserver.load.difference import State
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

_DEFAULT = ox.DefaultGraph()


class NoSide(Exception):
    """There is nothing of that name to compare: why, and what to name instead."""


@dataclass(frozen=True, slots=True)
class Side:
    """A state of the graph: its name, what it holds, what is wrong with it.

    `whole` is False where a fault kept the files from being reasoned over: then nothing
    follows, and what stands behind a fault of syntax is not there.
    """

    name: str
    dataset: Dataset
    problems: Sequence[Problem]
    cases: Sequence[Case]
    whole: bool = True

    def state(self) -> State:
        """What is said and what follows, blank nodes named by what is said of them."""
        said, follows = self.plain()
        if not any(map(_nameless, said)):
            return said, follows
        listed = [*said, *follows]
        named = nodes.by_content(listed)
        return frozenset(named[: len(said)]), frozenset(named[len(said) :])

    def plain(self) -> State:
        """What is said and what follows, with the labels that the store has."""
        return difference.state(self.dataset.store, self.dataset.names.inferred)


@contextlib.contextmanager
def opened(settings: Settings, name: str) -> Iterator[Side]:
    """The side of that name: a version's number, a folder, a revision; the files if "".

    Raises NoSide where there is none.
    """
    if not name:
        yield _examined(settings, "the files")
    elif name.isdecimal() and (settings.state / "snapshots" / name).is_dir():
        yield _version(settings, settings.state / "snapshots" / name)
    elif Path(name).is_dir():
        try:
            read = setting.read(Path(name))
        except setting.SettingsError as fault:
            raise NoSide(str(fault)) from fault
        yield _examined(read, name)
    else:
        with _revision(settings, name) as side:
            yield side


@contextlib.contextmanager
def in_service(settings: Settings) -> Iterator[Side]:
    """The version in service; raises NoSide before the first build."""
    directory = versions.current(settings.state)
    if directory is None:
        msg = "No version is in service. Run kgserver build, or name two sides."
        raise NoSide(msg)
    yield _version(settings, directory)


@contextlib.contextmanager
def _revision(settings: Settings, name: str) -> Iterator[Side]:
    try:
        repository = git.find(settings.folder)
        commit = revisions.resolved(repository, name)
        with tempfile.TemporaryDirectory(prefix="kgserver-") as made:
            folder = Path(made) / "folder"
            folder.mkdir()
            revisions.write(repository, commit, folder)
            short = "" if commit.startswith(name) else f" ({commit[:10]})"
            yield _examined(setting.read(folder), f"{name}{short}")
    except git.NoHistory as fault:
        known = ", ".join(_numbers(settings.state)) or "none"
        msg = f"{name} is no version ({known}), no folder, no revision: {fault}"
        raise NoSide(msg) from fault
    except setting.SettingsError as fault:
        msg = f"The settings of {name} cannot be used: {fault}"
        raise NoSide(msg) from fault


def _version(settings: Settings, directory: Path) -> Side:
    dataset = datasets.opened(directory)
    held = dataset.snapshot
    name = f"version {held.version} ({held.created[:10]})"
    return Side(name, dataset, held.problems, suite.find(settings.folder))


def _examined(settings: Settings, name: str) -> Side:
    given = inputs.find(settings)
    finding = snapshot.examine(settings, given)
    whole = bool(finding.contents.parts)
    store = finding.contents.in_memory()
    if not whole:
        for reading in finding.readings:
            if reading.source.role != "shapes":
                store.bulk_extend(map(_merged, reading.quads))
    prefixes = {p: ns for each in finding.readings for p, ns in each.prefixes.items()}
    described = Snapshot(
        version=0,
        digest=given.digest,
        created="",
        base_iri=settings.base_iri,
        reasoning=settings.reasoning,
        counts=finding.counts,
        sources=given.sources,
        prefixes=prefixes,
        problems=rule.lasting(finding.problems),
    )
    dataset = datasets.Dataset(described, store)
    cases = suite.find(settings.folder)
    return Side(name, dataset, described.problems, cases, whole)


def _merged(quad: ox.Quad) -> ox.Quad:
    return ox.Quad(quad.subject, quad.predicate, quad.object, _DEFAULT)


def _nameless(triple: ox.Triple) -> bool:
    return isinstance(triple.subject, ox.BlankNode) or isinstance(
        triple.object, ox.BlankNode
    )


def _numbers(state: Path) -> list[str]:
    found = (state / "snapshots").glob("[0-9]*")
    return sorted((path.name for path in found), key=int)
