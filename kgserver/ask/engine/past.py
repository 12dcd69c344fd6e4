"""A query over a version that is not in service, by a process of its own.

The workers hold the version in service alone. Who asks for another one pays for a
process that opens it from disk, answers this one query in the envelope of every worker,
and ends: a quarter of a second more. Few run at a time, and few more may wait.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.ask import dataset
from kgserver.ask.engine import causes, confinement, task, worker
from kgserver.ask.engine.budget import Budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgserver.ask.engine.task import Task
    from kgserver.model.limits import Limits

_RUNNING, _WAITING = 2, 6
_GRACE = 2.0  # seconds that the kernel's own timers get, and the process to begin
_PIECE = 256 * 1024
# Megabytes of an answer, which is put together in memory.
_LONGEST = 64


class Past:
    """The processes that answer for versions of before, and who may have one."""

    def __init__(self, limits: Limits) -> None:
        most = min(limits.result_megabytes or _LONGEST, _LONGEST)
        self._limits = replace(limits, result_megabytes=most)
        self._budget = Budget(limits.client_seconds)
        self._charging = threading.Lock()
        self._running = threading.Semaphore(_RUNNING)
        self._places = threading.Semaphore(_RUNNING + _WAITING)

    def ask(
        self,
        asked: Task,
        directory: Path,
        client: str,
        begun: Callable[[Callable[[], None]], object],
    ) -> bytes:
        """The whole answer of the version in a directory.

        `begun` gets what ends the query at once. Raises a Refusal, or SyntaxError as
        the engine said it.
        """
        patience = self._budget.wait(client)
        if patience:
            raise causes.too_many(self._limits, patience)
        with (
            self._taken(self._places, 0),
            self._taken(self._running, self._limits.queue_seconds),
        ):
            began = time.monotonic()
            try:
                return self._answer(asked, directory, begun)
            finally:
                with self._charging:
                    self._budget.charge(client, time.monotonic() - began)

    @contextlib.contextmanager
    def _taken(self, places: threading.Semaphore, seconds: float) -> Iterator[None]:
        if not places.acquire(timeout=seconds):
            raise causes.busy(self._limits)
        try:
            yield
        finally:
            places.release()

    def _answer(
        self,
        asked: Task,
        directory: Path,
        begun: Callable[[Callable[[], None]], object],
    ) -> bytes:
        limits = self._limits
        size = limits.result_megabytes * 1024 * 1024
        bounded = replace(asked, size=min(asked.size or size, size))
        near, far = socket.socketpair()
        with near:
            with far:
                child = _begin(far, directory, limits.query_memory)
            begun(child.process.kill)
            with _ended(child):
                found = _heard(near, bounded)
                if isinstance(found, bytes):
                    return found
                if found is not None:
                    raise causes.of_fault(found, limits)
            lowered = bounded.seconds < limits.query_seconds
            fault = causes.of_status(child.ended, bounded, limits, lowered=lowered)
            raise fault or causes.over("query_seconds", bounded.seconds)


class _Child:
    """The process; `ended` is its wait status once it has ended."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self.ended = process, 0


@contextlib.contextmanager
def _ended(child: _Child) -> Iterator[None]:
    """End the process at the end of the block, if it has not ended by itself."""
    try:
        yield
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(0.2)
        child.process.kill()
        code = child.process.wait()
        child.ended = -code if code < 0 else code << 8


def _begin(channel: socket.socket, directory: Path, megabytes: int) -> _Child:
    command = [sys.executable, "-m", __name__, str(channel.fileno())]
    nowhere = subprocess.DEVNULL
    return _Child(
        subprocess.Popen(
            [*command, str(directory), str(megabytes)],
            pass_fds=[channel.fileno()],
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
        )
    )


def _heard(channel: socket.socket, asked: Task) -> bytes | task.Fault | None:
    """The answer, or what is wrong; None where the process has ended before it."""
    end = time.monotonic() + asked.seconds + _GRACE if asked.seconds else None
    inbox, pieces = task.Inbox(), []
    try:
        channel.sendall(asked.packed())
        while True:
            channel.settimeout(max(0.001, end - time.monotonic()) if end else None)
            data = channel.recv(_PIECE)
            if not data:
                return None
            for kind, payload in inbox.feed(data):
                if kind == task.FAULT:
                    return task.Fault.read(payload)
                if kind == task.PIECE:
                    pieces.append(payload)
                else:
                    _, last = task.Finish.read(payload)
                    return b"".join([*pieces, last])
    except OSError:
        return None


def _live(handle: int, directory: Path, megabytes: int) -> None:
    """The life of the process: confined like a worker before it reads the query."""
    confinement.confine(0)
    held = dataset.opened(directory)
    worker.confine(megabytes)
    with socket.socket(fileno=handle) as channel, contextlib.suppress(ConnectionError):
        worker.live(channel, held, None)
    os._exit(0)


if __name__ == "__main__":
    _live(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
