"""How much query time each client may still use, and how slow its queries are.

What it may use is a bucket that fills by the minute. How slow its slowest query was
fades away, by half in some forty seconds.
"""

from __future__ import annotations

import math
import time

_MINUTE = 60.0
# A bucket holds the time of so many minutes, for who comes seldom.
_MINUTES = 2.0
_MANY = 10_000  # clients, before those with full buckets are forgotten


class Budget:
    """The query time of clients; `seconds` a minute for each, 0 is no limit."""

    def __init__(self, seconds: float) -> None:
        self._rate = seconds / _MINUTE
        self._most = seconds * _MINUTES
        self._held: dict[str, tuple[float, float]] = {}  # level, as of when
        self._slow: dict[str, tuple[float, float]] = {}  # seconds, as of when

    def wait(self, client: str) -> float:
        """How many seconds a client has to wait before it may ask again; 0 is now."""
        if client not in self._held or not self._rate:
            return 0.0
        level = self._level(client)
        return 0.0 if level > 0 else (1.0 - level) / self._rate

    def charge(self, client: str, seconds: float, longest: float = 0.0) -> None:
        """Take the time that a query used, or several, of which one was the longest."""
        if not client:
            return
        slowest = max(self.slowest(client), longest or seconds)
        self._slow.pop(client, None)
        self._slow[client] = slowest, time.monotonic()
        if len(self._slow) > _MANY:
            del self._slow[next(iter(self._slow))]
        if not self._rate:
            return
        self._held[client] = self._level(client) - seconds, time.monotonic()
        if len(self._held) > _MANY:
            self._forget()

    def slowest(self, client: str) -> float:
        """The seconds of a client's slowest query; what is longer ago counts less."""
        seconds, then = self._slow.get(client, (0.0, 0.0))
        return seconds * math.exp((then - time.monotonic()) / _MINUTE)

    def _level(self, client: str) -> float:
        now = time.monotonic()
        level, then = self._held.get(client, (self._most, now))
        return min(self._most, level + (now - then) * self._rate)

    def _forget(self) -> None:
        full = [each for each in self._held if self._level(each) >= self._most]
        for each in full or list(self._held)[: _MANY // 2]:
            del self._held[each]
