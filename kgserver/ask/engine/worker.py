"""A worker: one process that answers one query at a time, and may be killed at any.

It is the mother's child and holds her dataset. The kernel watches over it: a timer of
wall time and one of processor time end it even inside the engine, and its address space
is bounded. What it has sent by then has no END frame, so nobody takes it for an answer.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.ask.engine import evaluation, task
from kgserver.ask.engine.relay import Relay
from kgserver.ask.engine.task import Fault, Finish, Task
from kgserver.model.refusal import BadRequest, NotAcceptable, Refusal

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset

_PIECE = 64 * 1024
_MEGABYTE = 1024 * 1024
# A worker that has grown by so many bytes is not used again.
_GROWN = 64 * _MEGABYTE
_NOWHERE = Relay((), 0, "/")
_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (SyntaxError, "syntax"), (BadRequest, "graph"), (NotAcceptable, "format"),
    (MemoryError, "query_memory"),
)  # fmt: skip
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_DEFAULTS = (
    signal.SIGALRM, signal.SIGPROF, signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE,
)  # fmt: skip


def confine(megabytes: int) -> None:
    """Bound what this process may take, and let it end with its mother."""
    for number in _DEFAULTS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
        # where the machine runs out of memory, this process is the one to go
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
        if megabytes:
            most = _address_space() + megabytes * _MEGABYTE
            resource.setrlimit(resource.RLIMIT_AS, (most, most))


def shut_in(more: int) -> None:
    """Let this process open no file or connection beyond so many more."""
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + more, free + more))


def live(channel: socket.socket, dataset: Dataset, way: Relay | None) -> None:
    """Answer tasks until the other side closes the channel, or memory was taken.

    `way` is the relay through which SERVICE may ask, if there is one.
    """
    begun = _peak()
    for each in _tasks(channel):
        output = _Output(channel, each, begun)
        _watch(each.seconds, each.processor)
        fault = _answer(dataset, _led(each, way), output)
        if fault and way:
            fault = _about_service(fault, way)
        _unwatch()
        if fault:
            channel.sendall(fault.packed())
        else:
            output.finish()
        if _peak() - begun > _GROWN:
            return


def _answer(dataset: Dataset, asked: Task, output: _Output) -> Fault | None:
    try:
        evaluation.write(dataset, asked, output)
    except (BrokenPipeError, ConnectionError):
        raise
    except BaseException as fault:  # a panic of the engine is no Exception
        # where it is over a limit, the engine may hand on another than it was given
        return Fault(output.over, "") if output.over else _told(fault)
    return None


def _told(fault: BaseException) -> Fault:
    """What there is to say of an exception."""
    kind = next((kind for type_, kind in _KINDS if isinstance(fault, type_)), "engine")
    hint = f"\n{fault.hint}" if isinstance(fault, Refusal) else ""
    return Fault(kind, f"{fault}{hint}")


def _led(asked: Task, way: Relay | None) -> Task:
    """The task with the relay in the place of endpoints; nowhere if it is only read."""
    way = way if way and asked.form else _NOWHERE
    return replace(asked, text=way.readdress(asked.text, asked.services))


def _about_service(fault: Fault, way: Relay) -> Fault:
    """The same fault, in terms of the endpoint where it speaks of the relay."""
    told = way.told(fault.said)
    return Fault("service", told) if told else fault


def _tasks(channel: socket.socket) -> Iterator[Task]:
    inbox = task.Inbox()
    while data := channel.recv(_PIECE):
        for _, payload in inbox.feed(data):
            yield task.unpacked(payload)


def _watch(seconds: float, processor: float) -> None:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.setitimer(signal.ITIMER_PROF, processor)


def _unwatch() -> tuple[float, float]:
    """Stop the timers; how many seconds of wall and of processor time were left."""
    processor, _ = signal.setitimer(signal.ITIMER_PROF, 0)
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    return left, processor


def _peak() -> int:
    """The most bytes that this process has held at once."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()


class _OverLimitError(Exception):
    """An answer is over a limit, which is named."""


class _Output:
    """The answer on its way into the channel, counted and cut into pieces."""

    def __init__(self, channel: socket.socket, asked: Task, begun: int) -> None:
        self._channel, self._asked, self._begun_with = channel, asked, begun
        self._held = bytearray()
        self._rows = self._size = 0
        self.over = ""

    def write(self, data: bytes) -> int:
        """Take some bytes of the answer; raises where it gets too long."""
        self._held += data
        self._size += len(data)
        if 0 < self._asked.size < self._size:
            self._stop("result_megabytes")
        # one value may be many pieces long, and who reads puts each together
        while len(self._held) >= _PIECE:
            self._send(task.frame(task.PIECE, bytes(self._held[:_PIECE])))
            del self._held[:_PIECE]
        return len(data)

    def count(self, number: int) -> None:
        """Take note of so many more rows; raises where there are too many."""
        self._rows += number
        if 0 < self._asked.rows < self._rows:
            self._stop("result_rows")

    def flush(self) -> None:
        """Nothing goes out before a piece is full."""

    def finish(self) -> None:
        """Send the last piece, and with it that the answer is complete."""
        last = _peak() - self._begun_with > _GROWN
        end = Finish(self._rows, self._size, last)
        self._channel.sendall(end.packed(bytes(self._held)))

    def _stop(self, limit: str) -> None:
        self.over = limit
        raise _OverLimitError(limit)

    def _send(self, data: bytes) -> None:
        """Send; while the client is slow to take it, no time counts as the query's."""
        left = _unwatch()
        self._channel.sendall(data)
        _watch(*left)
