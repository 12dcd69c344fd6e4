"""The version in service: a request asks for it and gets one whole dataset.

A new version is noticed at the next request, by reading where the link `current`
points: a request that has its dataset keeps it to the end.
"""

from __future__ import annotations

import threading
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from kgserver.ask import dataset, editions
from kgserver.load import versions
from kgserver.load.history import chronicle, ledger
from kgserver.model.refusal import NotReady, PrunedVersion

if TYPE_CHECKING:
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.editions import Edition
    from kgserver.model.problem import Problem

_LOOK = 0.02  # seconds for which a glance is good
_OLDER = 3  # versions that are held open beside the one in service


class Live:
    """What is in service in one process."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._opening = threading.Lock()
        self._looked, self._glance = 0.0, self.standing()
        self._held: tuple[Path, Dataset] | None = None
        self._older: dict[Edition, Dataset] = {}

    def glance(self) -> tuple[object, ...]:
        """What `standing` told a moment ago, for whoever asks all the time."""
        now = time.monotonic()
        if now - self._looked > _LOOK:
            self._looked, self._glance = now, self.standing()
        return self._glance

    def at_hand(self) -> Dataset | None:
        """The dataset that was in service at the last glance, if it is open."""
        held, glance = self._held, self.glance()
        return held[1] if held and held[0].name == glance[0] else None

    def dataset(self) -> Dataset:
        """The dataset in service now; raises NotReady where there is none."""
        directory = versions.current(self.state)
        if directory is None:
            raise NotReady(
                "Nothing has been built yet.",
                "Mend what kgserver check reports; the first good build is served.",
            )
        held = self._held
        if held and held[0] == directory:
            return held[1]
        with self._opening:
            if not (self._held and self._held[0] == directory):
                self._held = directory, _opened(directory)
            return self._held[1]

    def version(self, name: str) -> Dataset:
        """The dataset of a version by its name; raises NoVersion where it is not kept.

        The one asked for longest ago is closed where too many are open.
        """
        edition = editions.find(self.state, name)
        now = self.dataset()
        if editions.name_of(now.snapshot) == edition.name:
            return now
        with self._opening:
            found = self._older.pop(edition, None)
            if len(self._older) >= _OLDER:
                self._older.pop(next(iter(self._older)))
            self._older[edition] = found or self._older_one(edition)
            return self._older[edition]

    def _older_one(self, edition: Edition) -> Dataset:
        try:
            return dataset.opened(edition.directory)
        except (OSError, ValueError) as fault:
            there = [e.name for e in editions.kept(self.state) if e != edition]
            said = f"Version {edition.name} is damaged."
            raise PrunedVersion(said, there) from fault

    def standing(self) -> tuple[object, ...]:
        """What tells, at a look, whether anything that is served may have changed."""
        return *versions.standing(self.state), ledger.standing(self.state)

    @property
    def history(self) -> str:
        """The commit up to which the past of the folder is known, or nothing."""
        return _head(self.state, ledger.standing(self.state))

    def last_attempt(self) -> tuple[bool, tuple[Problem, ...]]:
        """Whether the last build went into service, and what it found."""
        return versions.last_attempt(self.state)

    def trouble(self) -> tuple[Problem, ...]:
        """What the last build found, if it was kept out of service for it."""
        served, problems = self.last_attempt()
        return () if served else problems


def _opened(directory: Path) -> Dataset:
    try:
        return dataset.opened(directory)
    except (OSError, ValueError) as fault:
        raise NotReady(
            "The version in service is damaged.",
            "Start kgserver again: it builds the version anew from the files.",
        ) from fault


@lru_cache(maxsize=8)
def _head(state: Path, _standing: int) -> str:
    """The last commit that is known, looked up once a state of the ledger."""
    return chronicle.head(state)
