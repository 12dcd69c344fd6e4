"""An answer on its way: whole where it is small, else piece by piece as it comes.

What comes whole carries a validator and may be kept. What is begun before it is
complete carries none, and where it breaks off, its connection is cut.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from kgserver.serve.front import coding

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.pool.run import Run
    from kgserver.model.refusal import Refusal
    from kgserver.serve.front.finished import Place
    from kgserver.serve.front.threads import Threads
    from kgserver.serve.sparql.asked import Asked
    from kgserver.serve.wire.exchange import Exchange

_WHOLE = 1024 * 1024  # bytes that are gathered before an answer is begun
_PATIENCE = 0.2  # seconds that its first piece waits for the others
# Bytes that wait to be sent: from the one on the worker rests, until the other.
_MANY, _FEW = 512 * 1024, 128 * 1024


@dataclass(slots=True)
class Order:
    """One request for an answer: what is asked, and where its answer goes."""

    exchange: Exchange
    place: Place | None
    dataset: Dataset
    asked: Asked


class Ordered(Protocol):
    """Whatever a sender knows of an answer; to whom it goes, at least."""

    exchange: Exchange


T = TypeVar("T", bound=Ordered)
T_contra = TypeVar("T_contra", bound=Ordered, contravariant=True)


class Sender(Protocol[T_contra]):
    """Who sends answers to clients."""

    threads: Threads

    def complete(self, order: T_contra, body: bytes) -> None:
        """Send a whole answer."""

    def fail(self, order: T_contra, fault: Refusal | SyntaxError) -> None:
        """Say why there is no answer."""

    def unmark(self, order: T_contra) -> None:
        """Take the validator away: a later version answers than the one it is of."""

    def head(self, order: T_contra, used: str) -> bytes:
        """The header of an answer that is begun before it is complete."""


class Answering(Generic[T]):
    """What listens to a query that runs, for the client who asked it."""

    def __init__(self, lane: Sender[T], order: T) -> None:
        self._lane, self._order = lane, order
        self._held: list[bytes] = []
        self._size = 0
        self._begun = self._complete = self._broken = False
        self._resting = False
        self._wakes: asyncio.Event | None = None

    def piece(self, run: Run, data: bytes) -> None:
        """Take a piece of an answer that is not complete yet."""
        self._held.append(data)
        self._size += len(data)
        if self._begun:
            self._wake()
        elif self._size > _WHOLE:
            self._begin(run)
        elif len(self._held) == 1:
            asyncio.get_running_loop().call_later(_PATIENCE, self._begin, run)
        if self._size >= _MANY and self._begun and not self._resting and run.flow:
            self._resting = True
            run.flow.pause()

    def ended(self, run: Run, last: bytes) -> None:
        """Take the last piece."""
        if self._begun:
            self._held.append(last)
            self._complete = True
            self._wake()
        else:
            self._complete = True
            body = b"".join([*self._held, last]) if self._held else last
            self._check_version(run)
            self._lane.complete(self._order, body)

    def failed(self, _: Run, fault: Refusal | SyntaxError) -> None:
        """There is no answer, or what is out of it is cut short."""
        if self._begun:
            self._broken = True
            self._order.exchange.abort()
            self._wake()
        else:
            self._complete = True
            self._lane.fail(self._order, fault)

    def _begin(self, run: Run) -> None:
        """Send what is here, and the rest as it comes."""
        if self._begun or self._complete or run.over:
            return
        self._check_version(run)
        self._begun, self._wakes = True, asyncio.Event()
        self._wakes.set()
        self._lane.threads.begin(self._order.exchange, self._stream(run))

    def _check_version(self, run: Run) -> None:
        if run.version != run.wanted:
            self._lane.unmark(self._order)

    async def _stream(self, run: Run) -> None:
        exchange = self._order.exchange
        wanted = coding.choose(exchange.request.header(b"accept-encoding"))
        coder = None if wanted == coding.IDENTITY else coding.compressor(wanted)
        exchange.begin(200, self._lane.head(self._order, wanted))
        while data := await self._next(run):
            if coder:
                data = await self._lane.threads.run(coder.piece, data)
            await exchange.write(data)
        if self._broken:
            return
        if coder:
            await exchange.write(coder.end())
        exchange.end()

    async def _next(self, run: Run) -> bytes:
        """What has come meanwhile; nothing at the end."""
        assert self._wakes
        while not (self._held or self._complete or self._broken):
            self._wakes.clear()
            await self._wakes.wait()
        data = self._held.pop(0) if self._held else b""
        self._size -= len(data)
        if self._resting and self._size <= _FEW and run.flow:
            self._resting = False
            run.flow.resume()
        return data

    def _wake(self) -> None:
        if self._wakes:
            self._wakes.set()
