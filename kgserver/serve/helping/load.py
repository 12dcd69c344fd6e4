"""How much of the time an event loop has something to do."""

from __future__ import annotations

import time
from pathlib import Path

_LEAST = 0.1  # seconds over which a share is told
# Nanoseconds on a processor, and waiting for one (Linux, Documentation/scheduler).
_RAN = Path("/proc/thread-self/schedstat")


class Load:
    """What the thread that asks has run, or wanted to, since it asked last."""

    def __init__(self) -> None:
        self._ran, self._looked = _ran(), time.monotonic()

    def share(self) -> float:
        """The part of the time that has passed: between 0 and 1."""
        ran, now = _ran(), time.monotonic()
        share = (ran - self._ran) / max(now - self._looked, _LEAST)
        self._ran, self._looked = ran, now
        return share


def _ran() -> float:
    """Seconds; where the kernel does not tell of waiting, only those on a processor."""
    try:
        on, waiting, _ = _RAN.read_text("ascii").split()
    except (OSError, ValueError):
        return time.thread_time()
    return (int(on) + int(waiting)) / 1e9
