"""The versions that are kept, by the names under which they are cited.

A name is the number of a version and the beginning of its digest, `7-1a2b3c4d`: numbers
begin anew where somebody deleted what was built, a name is never given twice. The
number alone is understood, too.
"""

from __future__ import annotations

import datetime
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load import versions
from kgserver.model.refusal import BadRequest, NoVersion, PrunedVersion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgserver.model.manifest import Snapshot

_NAME = re.compile(r"v?([1-9][0-9]{0,8})(?:-([0-9a-f]{8}))?", re.ASCII)
_LENGTH = 8  # digits of the digest in a name


@dataclass(frozen=True, slots=True)
class Edition:
    """A kept version: where it is, its number, its name, when it was made in UTC."""

    directory: Path
    number: int
    name: str
    created: datetime.datetime


def name_of(snapshot: Snapshot) -> str:
    """The name of a version."""
    return f"{snapshot.version}-{snapshot.digest[:_LENGTH]}"


def iri_in(snapshot: Snapshot, iri: str) -> str:
    """The IRI that leads to a thing as one version has it.

    An IRI that is not below the base, or has a query or a fragment, stays as it is.
    """
    ours = iri.startswith(snapshot.base_iri) and not set(iri) & set("?#")
    return f"{iri}?version={name_of(snapshot)}" if ours else iri


def is_name(text: str) -> bool:
    """Whether a text has the form of a version's name, or of its number."""
    return _NAME.fullmatch(text) is not None


def is_lasting(text: str) -> bool:
    """Whether a text names one version for good: more than a number."""
    return is_name(text) and "-" in text


def kept(state: Path) -> Sequence[Edition]:
    """The versions on disk, the oldest first."""
    found = []
    for number in sorted(versions.numbers(state)):
        directory = versions.directory(state, number)
        try:
            marked = (directory / versions.MANIFEST).stat().st_mtime_ns
            found.append(_read(directory, marked))
        except (OSError, ValueError):  # it was pruned meanwhile, or is damaged
            continue
    return found


def find(state: Path, text: str) -> Edition:
    """The version of a name; raises BadRequest, NoVersion or PrunedVersion."""
    asked = _NAME.fullmatch(text)
    if asked is None:
        raise BadRequest(
            f"{text!r} names no version.", "A version is named by a number: version=7."
        )
    there = kept(state)
    number, digest = int(asked[1]), asked[2] or ""
    named = (each for each in there if each.number == number)
    found = next((e for e in named if e.name.endswith(digest)), None)
    if found:
        return found
    names = [each.name for each in there]
    numbers = [each.number for each in there]
    if there and number < numbers[-1] and number not in numbers:
        raise PrunedVersion(f"Version {text} is no longer kept.", names)
    raise NoVersion(f"There is no version {text}.", names)


def at(there: Sequence[Edition], moment: datetime.datetime) -> Edition:
    """The version that was in service at a moment, or the first one (RFC 7089, §4.5.3).

    Raises ValueError where there is none.
    """
    before = [each for each in there if each.created <= moment]
    if not there:
        raise ValueError(moment)
    return before[-1] if before else there[0]


@functools.lru_cache(maxsize=256)
def _read(directory: Path, _marked: int) -> Edition:
    snapshot = versions.read(directory)
    created = datetime.datetime.fromisoformat(snapshot.created)
    second = created.astimezone(datetime.UTC).replace(microsecond=0)
    return Edition(directory, snapshot.version, name_of(snapshot), second)
