"""What a process took for its work it gives back when it has nothing to do."""

from __future__ import annotations

import asyncio
import time

from kgserver.ask.engine import memory

_LOOK = 1.0  # seconds between two looks
_QUIET = 0.1  # of a processor's time; who takes less has nothing to do
_WORK = 0.5  # seconds of a processor's time, after which there is something to give


class Rest:
    """Looks from time to time whether there has been work and is none now.

    It takes some milliseconds, in which nobody is answered.
    """

    def __init__(self) -> None:
        self._spent = self._rested = time.process_time()
        self._loop = asyncio.get_running_loop()
        self._loop.call_later(_LOOK, self._look)

    def _look(self) -> None:
        before, self._spent = self._spent, time.process_time()
        quiet = self._spent - before < _QUIET * _LOOK
        if quiet and self._spent - self._rested > _WORK:
            memory.give_back()
            self._rested = time.process_time()
        self._loop.call_later(_LOOK, self._look)
