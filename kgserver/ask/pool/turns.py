"""Whose turn it is among the queries that wait."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Reversible

    from kgserver.ask.pool.budget import Budget
    from kgserver.ask.pool.run import Run

# A client with a query of so many seconds is a slow one, for a while.
_SLOW = 0.5


@dataclass(frozen=True, slots=True)
class Turns:
    """The order of queries; no more than a `share` of the workers for one client.

    Neither have all together more whose queries have been slow of late: whoever asks
    what is quick finds a worker.
    """

    budget: Budget
    share: int

    def choose(
        self, waiting: Reversible[Run], running: Collection[Run], version: int
    ) -> Run | None:
        """Of the clients with fewest queries running, the first; None if all wait on.

        No query goes to workers that hold an older version than the one it is about.
        """
        each = Counter(run.client for run in running)
        late = {run.client for run in running if run.began < time.monotonic() - _SLOW}
        late |= {client for client in each if self.budget.slowest(client) > _SLOW}
        taken = sum(each[client] for client in late)
        # of many queries of one client only the first is looked at
        firsts = {run.client: run for run in reversed(waiting) if run.wanted <= version}
        ranked: list[tuple[bool, int, float, Run]] = []
        for client, run in firsts.items():
            slow = client in late or self.budget.slowest(client) > _SLOW
            if each[client] < self.share and not (slow and taken >= self.share):
                ranked.append((slow, each[client], run.born, run))
        return min(ranked, key=lambda ranks: ranks[:3])[3] if ranked else None
