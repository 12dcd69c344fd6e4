"""Whose turn it is among the queries that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kgserver.ask.engine.run import Run


def choose(
    waiting: Iterable[Run],
    running: Mapping[str, int],
    share: int,
    version: int,
    heavy: Callable[[str], bool],
) -> Run | None:
    """Of the clients with fewest queries running, the first; None where all wait on.

    No client has more than its share of the workers, and neither have all together
    that have used much time of late: whoever asks little finds a worker. No query goes
    to workers that hold an older version than the one it is about.
    """
    taken = sum(count for client, count in running.items() if heavy(client))
    best, rank = None, (True, share)
    for run in waiting:
        mine = heavy(run.client), running.get(run.client, 0)
        late = mine[0] and taken >= share
        if run.wanted > version or late or mine[1] >= share:
            continue
        if mine < rank:
            best, rank = run, mine
        if not any(rank):
            break
    return best
