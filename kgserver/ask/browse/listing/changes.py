"""What came and what went from one kept version to the next, the newest first.

Only graphs whose file changed are compared, so that a change of one file of a large
folder is found in the time that this file takes. What only follows is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask import dataset as opening
from kgserver.load import versions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.model.manifest import Snapshot

# A file of more statements is not compared: the two of them would fill the memory.
_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Change:
    """How a version differs from the one kept before it: statements of files.

    `files` are the paths whose text is another, new or gone, `large` those among them
    that are too large to be compared here; `inferred` is by how much the number of
    statements that follow grew.
    """

    version: int
    created: str
    digest: str
    added: tuple[ox.Triple, ...]
    removed: tuple[ox.Triple, ...]
    files: tuple[str, ...]
    large: tuple[str, ...]
    inferred: int


_known: dict[tuple[str, str], Change] = {}


def latest(state: Path, most: int) -> list[Change]:
    """The last changes among the versions that are kept on disk.

    A version that was only built anew, by a newer program, is no change.
    """
    kept = sorted(versions.numbers(state))[-most - 1 :]
    found = []
    for before, after in pairwise(kept):
        change = _between(versions.directory(state, before), state, after)
        if change and (change.files or change.inferred):
            found.append(change)
    return found[::-1]


def _between(earlier: Path, state: Path, after: int) -> Change | None:
    """The change between two versions, the same for ever; None if one is not there."""
    later = versions.directory(state, after)
    try:
        old, new = versions.read(earlier), versions.read(later)
        key = old.digest, f"{new.digest} {new.version} {state}"
        if key not in _known:
            if len(_known) > 100:
                _known.clear()
            one, other = opening.opened(earlier), opening.opened(later)
            _known[key] = _compare(one, other)
    except (OSError, ValueError, RuntimeError):  # pruned meanwhile, or damaged
        return None
    return _known[key]


def _compare(one: Dataset, other: Dataset) -> Change:
    old, new = one.snapshot, other.snapshot
    files = _differing(old, new)
    before: set[ox.Triple] = set()
    after: set[ox.Triple] = set()
    large = []
    for path, graph in files.items():
        was, now = _triples(one, graph), _triples(other, graph)
        if was is None or now is None:
            large.append(path)
        else:
            before |= was
            after |= now
    return Change(
        version=new.version,
        created=new.created,
        digest=new.digest,
        added=tuple(sorted(after - before, key=str)),
        removed=tuple(sorted(before - after, key=str)),
        files=tuple(files),
        large=tuple(large),
        inferred=new.counts.inferred - old.counts.inferred,
    )


def _differing(old: Snapshot, new: Snapshot) -> Mapping[str, ox.NamedNode]:
    """The graphs of the files that are not the same in both, by path."""
    was = {source.path: source for source in old.sources}
    now = {source.path: source for source in new.sources}
    return {
        path: ox.NamedNode((now.get(path) or was[path]).graph)
        for path in sorted({*was, *now})
        if path not in was or path not in now or was[path].digest != now[path].digest
    }


def _triples(held: Dataset, graph: ox.NamedNode) -> set[ox.Triple] | None:
    quads = held.store.quads_for_pattern(None, None, None, graph)
    found = {quad.triple for quad in islice(quads, _MOST + 1)}
    return found if len(found) <= _MOST else None
