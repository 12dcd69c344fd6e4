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


def of(dataset: Dataset, origin: Origin) -> Commit | None:
    """The commit that wrote a line; None where it is not committed, or not known."""
    source = _sources(dataset).get(origin.path)
    if source is None or origin.line == 0:
        return None
    state = dataset.directory.parent.parent
    stamps = _stamps(state, source, ledger.standing(state))
    return stamps[origin.line - 1] if origin.line <= len(stamps) else None


def _sources(dataset: Dataset) -> dict[str, Source]:
    return dataset.once(
        "sources by path",
        lambda: {source.path: source for source in dataset.snapshot.sources},
    )


@lru_cache(maxsize=512)
def _stamps(state: Path, source: Source, _standing: int) -> Sequence[Commit | None]:
    """The commits of a file's lines, kept until the ledger is written again."""
    return blame.stamps(state, source)
