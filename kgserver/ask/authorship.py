"""Who wrote the lines that state something: their commits, as the ledger has them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kgserver.load.history import blame, ledger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.origins import Origin
    from kgserver.load.history.entries import Commit
    from kgserver.model.manifest import Source


def standing(dataset: Dataset) -> int:
    """When what is known of commits was written last; looked up once for many lines."""
    return ledger.standing(_state(dataset))


def of(dataset: Dataset, origin: Origin, known: int | None = None) -> Commit | None:
    """The commit that wrote a line; None where it is not committed, or not known.

    `known` is the standing of the ledger, where that has been looked up.
    """
    source = _sources(dataset).get(origin.path)
    if source is None or origin.line == 0:
        return None
    now = standing(dataset) if known is None else known
    stamps = _stamps(_state(dataset), source, now)
    return stamps[origin.line - 1] if origin.line <= len(stamps) else None


def _state(dataset: Dataset) -> Path:
    return dataset.directory.parent.parent


def _sources(dataset: Dataset) -> dict[str, Source]:
    return dataset.once(
        "sources by path",
        lambda: {source.path: source for source in dataset.snapshot.sources},
    )


@lru_cache(maxsize=512)
def _stamps(state: Path, source: Source, _standing: int) -> Sequence[Commit | None]:
    """The commits of a file's lines, kept until the ledger is written again."""
    return blame.stamps(state, source)
