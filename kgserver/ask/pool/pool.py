"""The pool: queries wait for a worker, run, and are ended when they have to be.

All of it happens in the web process's event loop, so that nothing here needs a lock. A
query whose worker ended through no doing of its own is put to another, unless a part of
its answer is out already.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from kgserver.ask.engine import task
from kgserver.ask.pool import causes
from kgserver.ask.pool.budget import Budget
from kgserver.ask.pool.ends import Ends
from kgserver.ask.pool.line import Line
from kgserver.ask.pool.member import Member
from kgserver.ask.pool.turns import Turns
from kgserver.model.refusal import Cancelled, EvaluationFailed

if TYPE_CHECKING:
    import socket

    from kgserver.ask.pool.outcome import Recorder
    from kgserver.ask.pool.run import Run
    from kgserver.model.limits import Limits
    from kgserver.model.refusal import Refusal

_SWEEP = 0.25  # seconds between two looks at how long everything takes
_LONG = 0.25  # seconds after which a query lets quicker ones go first
_GRACE = 1.0  # seconds that the kernel's own timers get before we kill
_TRIES, _MOMENT = 3, 0.05  # a try that ends within so many seconds was none


class Pool:
    """The workers, the queries that run, and those that wait."""

    def __init__(self, path: str, limits: Limits, recorder: Recorder) -> None:
        self.limits = limits
        self.waiting: deque[Run] = deque()
        self.running: dict[str, Run] = {}
        self.members: set[Member] = set()
        self._recorder = recorder
        self._idle: list[Member] = []
        self.budget = Budget(limits.client_seconds)
        self._turns = Turns(self.budget, max(1, limits.engine_workers - 1))
        self._generation = self._version = 0
        self._ends = Ends(self._explain)
        self._line = Line(path, self._born, self._told, self._lost_mother)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look after workers; inside a running event loop."""
        for each in (self._line.keep(), self._sweep()):
            self._tasks.append(asyncio.get_running_loop().create_task(each))

    def submit(self, run: Run) -> None:
        """Take a query; raises TooMany or Busy where it may not even wait."""
        patience = self.budget.wait(run.client)
        if patience:
            run.close("limited")
            self._recorder.record(run.outcome("client_seconds"))
            raise causes.too_many(self.limits, patience)
        self.waiting.append(run)
        self._dispatch()
        # idle workers are no place for who has had their share
        if len(self.waiting) > self.limits.queue_length and run in self.waiting:
            self._stop(run, "busy", None, "queue_length")
            raise causes.busy(self.limits)

    def find(self, identifier: str) -> Run | None:
        """The query of this name that runs or waits."""
        waits = (run for run in self.waiting if run.id == identifier)
        return self.running.get(identifier) or next(waits, None)

    def cancel(self, identifier: str) -> bool:
        """End a query for whoever knows its name; False where there is none."""
        run = self.find(identifier)
        if run:
            said = Cancelled("The query was cancelled.", "Ask again whenever you like.")
            self._stop(run, "cancelled", said)
        return run is not None

    def drop(self, run: Run, ending: str = "gone") -> None:
        """End a query whose client has gone, or has enough."""
        self._stop(run, ending, None)

    def _stop(
        self, run: Run, ending: str, fault: Refusal | None, limit: str = ""
    ) -> None:
        if run.over:
            return
        if run in self.waiting:
            self.waiting.remove(run)
        member = next((each for each in self.members if each.run is run), None)
        self._close(run, ending, limit)
        if member:
            member.run = None
            member.kill()
        if fault:
            run.listener.failed(run, fault)

    def _close(self, run: Run, ending: str, limit: str = "") -> None:
        """Note that a query has ended, and what it used."""
        run.close(ending)
        if self.running.pop(run.id, None):
            self.budget.charge(run.client, time.monotonic() - run.began)
        self._recorder.record(run.outcome(limit))

    def _dispatch(self) -> None:
        """Put waiting queries to idle workers."""
        while self.waiting and self._idle:
            running = self.running.values()
            run = self._turns.choose(self.waiting, running, self._version)
            if run is None:
                return
            self.waiting.remove(run)
            member = self._idle.pop()
            run.began, run.tries = time.monotonic(), run.tries + 1
            self.running[run.id] = run
            member.begin(run)

    def _heard(self, member: Member, kind: bytes, payload: bytes) -> None:
        """A worker says something."""
        run = member.run
        if run is None:
            return
        if kind == task.PIECE:
            run.pieces = True
            run.listener.piece(run, payload)
            return
        member.run = None
        if kind == task.END:
            finish, last = task.Finish.read(payload)
            member.retiring |= finish.last
            run.rows, run.size = finish.rows, finish.size
            self._close(run, "answered")
            self._free(member)
            run.listener.ended(run, last)
        else:
            fault = task.Fault.read(payload)
            self._free(member)
            self._fail(run, causes.of_fault(fault, self.limits, run.task))

    def _fail(self, run: Run, fault: Refusal | SyntaxError) -> None:
        limit = getattr(fault, "limit", "")
        refused = isinstance(fault, causes.ASKED_WRONGLY)
        ending = "limited" if limit else "refused" if refused else "failed"
        self._close(run, ending, limit)
        run.listener.failed(run, fault)

    def _free(self, member: Member) -> None:
        """A worker has nothing to do: it waits, or goes where it is not wanted."""
        if member.gone:
            return
        if member.retiring or member.generation != self._generation:
            member.leave()
        else:
            self._idle.append(member)
            self._dispatch()

    def _born(self, process: tuple[int, int, int], channel: socket.socket) -> None:
        channel.setblocking(False)
        member = Member(process, self._heard, self._ended)
        joining = asyncio.get_running_loop().create_task(self._join(member, channel))
        self._tasks = [each for each in self._tasks if not each.done()] + [joining]

    async def _join(self, member: Member, channel: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_unix_connection(lambda: member, sock=channel)
        self.members.add(member)
        if member.generation > self._generation:
            self._generation, self._version = member.generation, member.version
            old, self._idle = self._idle, []
            for each in old:
                each.leave()
        self._free(member)

    def _ended(self, member: Member) -> None:
        """A worker's channel is closed: it has ended, or was let go."""
        self.members.discard(member)
        if member in self._idle:
            self._idle.remove(member)
        self._ends.closed(member)

    def _told(self, pid: int, status: int) -> None:
        """The mother says how a worker ended."""
        self._ends.told(pid, status, self.members)

    def _lost_mother(self) -> None:
        """Her workers end with her, and the next ones begin to count anew."""
        self._generation = 0
        self._ends.forget()

    def _explain(self, member: Member, status: int) -> None:
        """A query's worker has ended before it: say why, or put it to another."""
        run, member.run = member.run, None
        if run is None or run.over:
            return
        fault = causes.of_status(status, run.task, self.limits, lowered=run.lowered)
        if fault is None and not run.pieces and run.tries < _TRIES:
            # one that was gone before the query came is no try
            run.tries -= time.monotonic() - run.began < _MOMENT
            del self.running[run.id]
            self.waiting.appendleft(run)
            self._dispatch()
            return
        lost = EvaluationFailed("The engine's process was ended.", "Ask once more.")
        self._fail(run, fault or lost)

    async def _sweep(self) -> None:
        """Look again and again at how long everything takes."""
        while True:
            await asyncio.sleep(_SWEEP)
            now = time.monotonic()
            for member in list(self.members):
                if member.run:
                    self._look_at(member, member.run, now)
            for run in list(self.waiting):
                if now - run.born > self.limits.queue_seconds:
                    self._stop(run, "busy", causes.busy(self.limits), "queue_seconds")
            self._ends.sweep()

    def _look_at(self, member: Member, run: Run, now: float) -> None:
        taken = now - run.began
        if taken > _LONG and not member.slowed:
            member.slow()
        most = self.limits.transfer_seconds
        if most and taken > most:
            fault = causes.over("transfer_seconds", most)
            self._stop(run, "limited", fault, "transfer_seconds")
        elif not run.pieces and run.task.seconds and taken > run.task.seconds + _GRACE:
            limit = "timeout" if run.lowered else "query_seconds"
            fault = causes.over(limit, run.task.seconds)
            self._stop(run, "limited", fault, limit)
