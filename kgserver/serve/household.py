"""Processes that are kept alive: started, replaced where they are killed, ended."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import time
from typing import TYPE_CHECKING

from kgserver.serve import processes

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

_CONTEXT = multiprocessing.get_context("fork")
# Seconds before a process that keeps ending is replaced: at first none, then more.
_FIRST, _LONGEST = 0.5, 4.0
_STEADY = 10.0  # seconds after which a process counts as one that does not keep ending
_UNHEARD = 1.0  # seconds between two looks for what was not heard
_MANY = 16  # processes that are asked for at once
_GRACE = 5.0  # seconds that a process has to end when it is told to


class Kept:
    """A process of the server: it is told what to do, and tells when it is ready.

    One that `lasts` ends only when it is told to by us.
    """

    def __init__(
        self, life: Callable[..., None], given: tuple[object, ...], *, lasts: bool
    ) -> None:
        self._life, self._given, self._lasts = life, given, lasts
        self.pause = self.due = 0.0
        self.over = False
        self.start()

    def start(self) -> None:
        """Fork it."""
        self.ready, sender = _CONTEXT.Pipe(duplex=False)
        given = (self._life, *self._given, sender)
        self.process: ForkProcess = _CONTEXT.Process(target=_begin, args=given)
        self.process.start()
        self.born, self.due = time.monotonic(), 0.0
        sender.close()

    def look(self) -> None:
        """Start it again where it was killed or failed; soon, where it keeps ending.

        One that need not last is `over` once it has ended well.
        """
        if self.over or self.process.is_alive():
            return
        self.over = not (self.process.exitcode or self._lasts)
        if self.over:
            return
        now = time.monotonic()
        if not self.due:
            keeps = now - self.born < _STEADY
            self.due = now + (self.pause if keeps else 0.0)
            self.pause = min(max(self.pause * 2, _FIRST), _LONGEST) if keeps else 0.0
        if now >= self.due:
            self.start()

    def end(self) -> None:
        """End it, and wait until it has."""
        self.process.terminate()
        self.process.join(_GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Household:
    """The processes of a server; `told` is whether it was told to stop."""

    def __init__(self) -> None:
        self.told = False
        self._kept: list[Kept] = []
        self._hears, self._says = os.pipe()
        self._calls, self._wants = os.pipe()
        os.set_blocking(self._calls, False)
        self._called: tuple[Callable[..., None], tuple[object, ...]]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def keep(
        self, life: Callable[..., None], *given: object, lasts: bool = True
    ) -> Kept:
        """Start a process and look after it; the last to come is the first to end."""
        self._kept.append(Kept(life, given, lasts=lasts))
        return self._kept[-1]

    def call(self, life: Callable[..., None], *given: object) -> int:
        """A pipe: for each byte that is written to it, one such process is started."""
        self._called = life, given
        return self._wants

    def wait(self, kept: Kept) -> bool:
        """Wait until a process is ready; False where it ends or is told to before."""
        while not (self.told or kept.ready.poll()):
            self._rest(kept.ready)
        try:
            return not self.told and bool(kept.ready.recv())
        except EOFError:
            return False

    def mind(self) -> None:
        """Replace what ends that should not, until told to stop."""
        while not self.told:
            self._answer_calls()
            for each in self._kept:
                each.look()
            self._kept = [each for each in self._kept if not each.over]
            # one that has died since that look is heard at once
            known = [each.process.sentinel for each in self._kept if not each.due]
            self._rest(*known, self._calls)

    def _answer_calls(self) -> None:
        """Start what was asked for; one that ends well is not wanted any more."""
        life, given = self._called
        with contextlib.suppress(BlockingIOError):
            for _ in os.read(self._calls, _MANY):
                self.keep(life, *given, lasts=False)

    def end(self) -> None:
        """End all of them."""
        while self._kept:
            self._kept.pop().end()

    def _stop(self, *_: object) -> None:
        self.told = True
        os.write(self._says, b".")

    def _rest(self, *heard: Connection | int) -> None:
        """Wait until something happens, or has happened though it was not heard.

        The end of a process is heard when all that it started have ended as well.
        """
        waits = any(each.due for each in self._kept)
        multiprocessing.connection.wait(
            [*heard, self._hears], _FIRST if waits else _UNHEARD
        )


def _begin(life: Callable[..., None], *given: object) -> None:
    """A process begins: Ctrl-C is for the first one, which tells the others."""
    processes.ignore_interrupt()
    life(*given)
