"""How workers ended: that a channel is closed and why come in either order."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kgserver.ask.pool.member import Member

_GRACE = 1.0  # seconds that the mother gets to say how a worker ended


class Ends:
    """Pairs the two; `explain` gets each worker whose query it left, with its status.

    Where the mother does not say how one ended, that is 0.
    """

    def __init__(self, explain: Callable[[Member, int], None]) -> None:
        self._explain = explain
        self._statuses: dict[int, int] = {}
        self._unclear: dict[int, tuple[Member, float]] = {}

    def closed(self, member: Member) -> None:
        """A worker's channel is closed."""
        status = self._statuses.pop(member.pid, None)
        if member.run is None:
            return
        if status is None:
            self._unclear[member.pid] = member, time.monotonic()
        else:
            self._explain(member, status)

    def told(self, pid: int, status: int, members: Collection[Member]) -> None:
        """The mother says how a worker ended; `members` are those still connected."""
        if pid in self._unclear:
            member, _ = self._unclear.pop(pid)
            self._explain(member, status)
        elif any(member.pid == pid for member in members):
            self._statuses[pid] = status

    def forget(self) -> None:
        """There is nobody left to say more; the next workers' numbers are others'."""
        self._statuses.clear()
        self._give_up(list(self._unclear))

    def sweep(self) -> None:
        """Wait no longer for a word that does not come."""
        due = time.monotonic() - _GRACE
        self._give_up([pid for pid, (_, since) in self._unclear.items() if since < due])

    def _give_up(self, pids: Collection[int]) -> None:
        for pid in pids:
            member, _ = self._unclear.pop(pid)
            self._explain(member, 0)
