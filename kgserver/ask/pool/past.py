"""A query over a version that is not in service, by a process of its own.

The workers hold the version in service alone. Who asks for another one pays for a
process that opens it from disk, answers this one query in the envelope of every worker,
and ends: a quarter of a second more. Few run at a time, and few more may wait. All of
it happens in the web process's event loop.
"""

from __future__ import annotations

import asyncio
import socket
import time
from typing import TYPE_CHECKING, Any

from kgserver.ask.engine import once, task
from kgserver.ask.pool import causes
from kgserver.ask.pool.member import Member
from kgserver.model.refusal import Cancelled, EvaluationFailed

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from kgserver.ask.pool.budget import Budget
    from kgserver.ask.pool.outcome import Recorder
    from kgserver.ask.pool.run import Run
    from kgserver.model.limits import Limits
    from kgserver.model.refusal import Refusal

_RUNNING, _WAITING = 2, 6
_MINE = 4  # of these together, for one client
_OPENING = 30.0  # seconds that the process has to open the version
_GRACE = 2.0  # seconds that the kernel's own timers get


class Past:
    """The queries about versions of before: those that run, and those that wait."""

    def __init__(self, limits: Limits, recorder: Recorder, budget: Budget) -> None:
        self._limits, self._recorder, self._budget = limits, recorder, budget
        self._places = asyncio.Semaphore(_RUNNING)
        self._runs: dict[Run, asyncio.Task[None]] = {}

    def submit(self, run: Run, directory: Path) -> None:
        """Take a query about the version in a directory; raises TooMany or Busy."""
        patience = self._budget.wait(run.client)
        if patience:
            self._close(run, "limited", "client_seconds")
            raise causes.too_many(self._limits, patience)
        mine = sum(each.client == run.client for each in self._runs if run.client)
        if len(self._runs) >= _RUNNING + _WAITING or mine >= _MINE:
            self._close(run, "busy", "queue_length")
            raise causes.busy(self._limits)
        answering = self._answer(run, directory)
        self._runs[run] = asyncio.get_running_loop().create_task(answering)
        self._runs[run].add_done_callback(lambda _: self._runs.pop(run))

    def find(self, identifier: str) -> Run | None:
        """The query of this name that runs or waits."""
        return next((run for run in self._runs if run.id == identifier), None)

    def cancel(self, identifier: str) -> bool:
        """End a query for whoever knows its name; False where there is none."""
        run = self.find(identifier)
        if run:
            self.drop(run, "cancelled")
            said = Cancelled("The query was cancelled.", "Ask again whenever you like.")
            run.listener.failed(run, said)
        return run is not None

    def drop(self, run: Run, ending: str = "gone") -> None:
        """End a query whose client has gone, or has enough."""
        if run in self._runs and not run.over:
            self._close(run, ending)
            self._runs[run].cancel()

    async def _answer(self, run: Run, directory: Path) -> None:
        try:
            async with asyncio.timeout(self._limits.queue_seconds):
                await self._places.acquire()
        except TimeoutError:
            self._fail(run, causes.busy(self._limits), "busy", "queue_seconds")
            return
        try:
            await self._run(run, directory)
        except OSError as fault:
            said = f"The engine's process could not begin: {fault}."
            self._fail(run, EvaluationFailed(said, "Ask once more."), "failed")
        finally:
            self._places.release()

    async def _run(self, run: Run, directory: Path) -> None:
        near, far = socket.socketpair()
        near.setblocking(False)
        with far:
            process = once.begin(far, directory, self._limits.query_memory)
        run.began = time.monotonic()
        visit = _Visit(run)
        member = Member((process.pid, 0, run.wanted), visit.heard, visit.lost)
        try:
            loop = asyncio.get_running_loop()
            await loop.create_unix_connection(lambda: member, sock=near)
            await visit.opened()
            member.begin(run)
            said = await self._wait(visit)
            member.leave()
        finally:
            status = await _ended(process)
        if isinstance(said, bytes):
            self._close(run, "answered")
            run.listener.ended(run, said)
        else:
            fault = self._why(run, said, status)
            limit = getattr(fault, "limit", "")
            refused = isinstance(fault, causes.ASKED_WRONGLY)
            ending = "limited" if limit else "refused" if refused else "failed"
            self._fail(run, fault, ending, limit)

    async def _wait(self, visit: _Visit) -> bytes | task.Fault | Refusal | None:
        """The last piece, what is wrong, or None where the process has ended before."""
        run, limits = visit.run, self._limits
        seconds = run.task.seconds
        await asyncio.wait([visit.end], timeout=seconds + _GRACE if seconds else None)
        if run.pieces and not visit.end.done():
            left = limits.transfer_seconds - (time.monotonic() - run.began)
            most = max(left, 0.0) if limits.transfer_seconds else None
            await asyncio.wait([visit.end], timeout=most)
        if visit.end.done():
            return visit.end.result()
        if run.pieces:
            return causes.over("transfer_seconds", limits.transfer_seconds)
        return causes.over("timeout" if run.lowered else "query_seconds", seconds)

    def _why(
        self, run: Run, said: task.Fault | Refusal | None, status: int
    ) -> Refusal | SyntaxError:
        if isinstance(said, task.Fault):
            return causes.of_fault(said, self._limits, run.task)
        lowered = run.lowered
        ended = causes.of_status(status, run.task, self._limits, lowered=lowered)
        return said or ended or causes.over("query_seconds", run.task.seconds)

    def _fail(
        self, run: Run, fault: Refusal | SyntaxError, ending: str, limit: str = ""
    ) -> None:
        if not run.over:
            self._close(run, ending, limit)
            run.listener.failed(run, fault)

    def _close(self, run: Run, ending: str, limit: str = "") -> None:
        """Note that a query has ended, and what it used."""
        run.close(ending)
        if run.began:
            self._budget.charge(run.client, time.monotonic() - run.began)
        self._recorder.record(run.outcome(limit))


class _Visit:
    """What the process of one query says: that it is ready, and at the end the last."""

    def __init__(self, run: Run) -> None:
        self.run = run
        loop = asyncio.get_running_loop()
        self.end: asyncio.Future[bytes | task.Fault | None] = loop.create_future()
        self._ready: asyncio.Future[None] = loop.create_future()

    async def opened(self) -> None:
        """Wait until it can be asked; raises ChildProcessError where it never can."""
        either: list[asyncio.Future[Any]] = [self._ready, self.end]
        first = asyncio.FIRST_COMPLETED
        await asyncio.wait(either, timeout=_OPENING, return_when=first)
        if not self._ready.done():
            said = "it has not opened the version"
            raise ChildProcessError(said)

    def heard(self, _: Member, kind: bytes, payload: bytes) -> None:
        """The process says something."""
        if self.run.over or self.end.done():
            return
        if kind == task.READY:
            self._ready.set_result(None)
        elif kind == task.PIECE:
            self.run.pieces = True
            self.run.listener.piece(self.run, payload)
        elif kind == task.FAULT:
            self.end.set_result(task.Fault.read(payload))
        else:
            finish, last = task.Finish.read(payload)
            self.run.rows, self.run.size = finish.rows, finish.size
            self.end.set_result(last)

    def lost(self, _: Member) -> None:
        """The process has ended."""
        if not self.end.done():
            self.end.set_result(None)


async def _ended(process: subprocess.Popen[bytes]) -> int:
    """End a process, if it has not ended by itself; its wait status."""
    loop = asyncio.get_running_loop()
    code = process.poll()
    if code is None:
        process.kill()
        code = await loop.run_in_executor(None, process.wait)
    return -code if code < 0 else code << 8
