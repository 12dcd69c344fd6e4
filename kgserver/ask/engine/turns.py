"""Whose turn it is among the queries that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgserver.ask.engine.run import Run


def choose(
    waiting: Iterable[Run], running: Mapping[str, int], share: int, version: int
) -> Run | None:
    """Of the clients with fewest queries running, the first; None where all wait on.

    No client has more than its share of the workers, and no query goes to workers that
    hold an older version than the one it is about.
    """
    best, fewest = None, share
    for run in waiting:
        count = running.get(run.client, 0)
        if count < fewest and run.wanted <= version:
            best, fewest = run, count
            if not count:
                break
    return best
