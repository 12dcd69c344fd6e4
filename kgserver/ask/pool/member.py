"""A worker as the web process sees it: a channel on which one query runs at a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, cast

from kgserver.ask.engine import task

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.ask.pool.run import Run

_NICE = 10


class Member(asyncio.Protocol):
    """One worker; `heard` gets its frames, `lost` is called when its channel ends."""

    def __init__(
        self,
        process: tuple[int, int, int],
        heard: Callable[[Member, bytes, bytes], None],
        lost: Callable[[Member], None],
    ) -> None:
        self.pid, self.generation, self.version = process
        self.run: Run | None = None
        self.retiring = self.gone = self.slowed = self._paused = False
        self._heard, self._lost = heard, lost
        self._inbox = task.Inbox()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the channel's near end."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Hand on what the worker says."""
        for kind, payload in self._inbox.feed(data):
            self._heard(self, kind, payload)

    def connection_lost(self, _: Exception | None) -> None:
        """The worker has ended, or was let go."""
        self.gone = True
        self._lost(self)

    def begin(self, run: Run) -> None:
        """Put a query to the worker."""
        self.run = run
        run.flow, run.version = self, self.version
        self.resume()
        self._transport.write(run.task.packed())

    def pause(self) -> None:
        """Take no more of the answer for now; the worker waits."""
        if not (self.gone or self._paused):
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Take more of the answer."""
        if self._paused and not self.gone:
            self._paused = False
            self._transport.resume_reading()

    def slow(self) -> None:
        """Let quicker queries go first; who was slowed is not used again."""
        self.slowed = self.retiring = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICE)

    def kill(self) -> None:
        """End the worker at once, whatever it does."""
        self.retiring = True
        if not self.gone:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def leave(self) -> None:
        """Let the worker go: it ends when its channel does."""
        self._transport.close()
