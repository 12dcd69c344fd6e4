"""All that a version is made from, its digest, and whether the one in service has it.

Light to import, so that a server which is up to date starts without the builder's
libraries.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load import examples, positions, sources, versions
from kgserver.load.checking import checks
from kgserver.load.history import git

if TYPE_CHECKING:
    from kgserver.model.manifest import Example, Snapshot, Source
    from kgserver.model.settings import Settings

# Raised when the same files come to make another version, so that all are built anew.
_GENERATION = f"3 {positions.FINGERPRINT}"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files, the checks and the settings that shape a version.

    `past` is what a version hangs on that no file says; mostly it is empty.
    """

    sources: tuple[Source, ...]
    checks: tuple[checks.Check, ...]
    settings: Settings
    examples: tuple[Example, ...] = ()
    past: str = ""

    @property
    def digest(self) -> str:
        """One digest over all of it, the same on every machine: BLAKE2b in hex."""
        parts = [f"{source.path}\0{source.digest}" for source in self.sources]
        parts += [check.text for check in self.checks]
        parts += [f"{each.name}\0{each.text}" for each in self.examples]
        parts += [self.settings.base_iri, self.settings.reasoning]
        parts += [self.settings.default_graph, *self.settings.reasoning_excludes]
        parts += [f"ignore {each}" for each in self.settings.ignore]
        parts += [self.past] if self.past else []
        joined = "\0\n".join([_GENERATION, *parts])
        return hashlib.blake2b(joined.encode(), digest_size=16).hexdigest()


def find(settings: Settings) -> Inputs:
    """What the next version would be made from."""
    folder = settings.folder
    return Inputs(
        sources.find(settings),
        checks.find(folder),
        settings,
        examples.find(folder),
        _past(settings),
    )


def _past(settings: Settings) -> str:
    """The commit that is checked out, where a version says who wrote its statements."""
    if not settings.provenance:
        return ""
    try:
        return f"provenance {git.find(settings.folder).head}"
    except git.NoHistory:
        return "provenance"


def serving(settings: Settings) -> Snapshot | None:
    """The version in service; None before the first build, or where it is damaged."""
    directory = versions.current(settings.state)
    try:
        return versions.read(directory) if directory else None
    except (OSError, ValueError):
        return None


def up_to_date(settings: Settings) -> bool:
    """Whether the version in service is what the files say."""
    snapshot = serving(settings)
    return snapshot is not None and made(snapshot, find(settings))


def made(snapshot: Snapshot, given: Inputs) -> bool:
    """Whether a version was made from these inputs, by the code that there is now.

    Other code may find other problems and draw other conclusions.
    """
    same = snapshot.checker == versions.checker()
    return same and snapshot.digest == given.digest
