"""One client's connection: its requests are answered one after the other."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from kgserver.model.refusal import TooLate
from kgserver.serve import refusals
from kgserver.serve.wire import headers
from kgserver.serve.wire.exchange import Exchange
from kgserver.serve.wire.reader import Reader
from kgserver.serve.wire.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.refusal import Refusal

# What of a body that is refused is let pass, so that the refusal can be read.
_PASSED_OVER = 64 * 1024 * 1024
_AHEAD = 32  # requests that a client may send before the first is answered
_HIGH, _LOW = 256 * 1024, 64 * 1024  # bytes on their way, between slow and quick
_RESET = struct.pack("ii", 1, 0)  # struct linger: close at once, with a reset
# Stages: nothing of a request is here, a part of its head is, a part of its body is,
# it is answered, it was the last and what follows passes by.
IDLE, HEAD, BODIED, BUSY, PASSING = range(5)


@dataclass(frozen=True, slots=True)
class Times:
    """How many seconds each may take; 0 for `transfer` is as long as it likes."""

    head: float = 10  # until the last header field is here
    body: float = 60  # from there until the body is
    idle: float = 60  # until the next request begins
    passing: float = 2  # until a client closes that was told to
    transfer: float = 600  # until an answer is out


class Keeper(Protocol):
    """Who keeps the connections, knows the time, and what answers."""

    times: Times
    stopping: bool
    date: bytes
    now: Callable[[], float]
    handler: Callable[[Exchange], None]
    note: Callable[[Exchange], None]

    def joined(self, connection: Connection) -> None:
        """A client has come."""

    def left(self, connection: Connection) -> None:
        """A client has gone."""


class Connection(asyncio.Protocol):
    """A connection; `deadline` is when it is cut, in the loop's time, 0 is never."""

    def __init__(self, port: Keeper) -> None:
        self.port = port
        self.stage, self.deadline, self.since = IDLE, 0.0, 0.0
        self.lasting = True
        self.exchange: Exchange | None = None
        self._transport: asyncio.Transport
        self._reader: Reader
        self._ahead: deque[Request] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._slow, self._passed = False, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(_HIGH, _LOW)
        address = transport.get_extra_info("peername") or ("", 0)
        peer = str(address[0]).removeprefix("::ffff:"), int(address[1])
        self._reader = Reader(self, peer)
        self.since = self.port.now()
        self.deadline = self.since + self.port.times.head
        self.port.joined(self)

    def data_received(self, data: bytes) -> None:
        """Read what a client says."""
        if not self.lasting or self.stage == PASSING:
            self._passed += len(data)
            if self._passed > _PASSED_OVER:
                self.abort()
            return
        self._reader.feed(data)
        if self._reader.fault:
            self._refuse(self._reader.fault)

    def begun(self) -> None:
        """A request begins."""
        if self.exchange is None:
            self.stage, self.since = HEAD, self.port.now()
            self.deadline = self.since + self.port.times.head

    def headed(self, *, expects: bool) -> None:
        """Its body follows."""
        if self.exchange is None:
            self.stage = BODIED
            self.deadline = self.port.now() + self.port.times.body
            if expects:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def whole(self, request: Request) -> None:
        """A request is complete."""
        if self.exchange or self._ahead:
            self._ahead.append(request)
            if len(self._ahead) == _AHEAD:
                self._transport.pause_reading()
        else:
            self._begin(request)

    def connection_lost(self, _: Exception | None) -> None:
        """The client has gone, or was cut off."""
        self.port.left(self)
        self._wake()
        self._ahead.clear()
        if self.exchange:
            exchange, self.exchange = self.exchange, None
            exchange.lost()
            self.port.note(exchange)

    def pause_writing(self) -> None:
        """The client is slow to take what is sent."""
        self._slow = True

    def resume_writing(self) -> None:
        """The client has taken most of it."""
        self._slow = False
        self._wake()

    async def drain(self) -> None:
        """Wait while the client is slow."""
        if self._slow and not self._transport.is_closing():
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting

    @property
    def date(self) -> bytes:
        """The header that says what time it is."""
        return self.port.date

    def start(self, data: bytes) -> None:
        """Send the beginning of an answer: from now on its transfer takes time."""
        most = self.port.times.transfer
        self.deadline = self.port.now() + most if most else 0.0
        self._transport.write(data)

    def write(self, data: bytes) -> None:
        """Send."""
        self._transport.write(data)

    def answered(self, *, lasting: bool) -> None:
        """An answer is out: the next request's turn, if the client goes on."""
        exchange, self.exchange = self.exchange, None
        if exchange:
            self.port.note(exchange)
        if not lasting or self.port.stopping:
            self._let_go()
        elif self._ahead:
            asyncio.get_running_loop().call_soon(self._go_on)
        else:
            self.stage, self.since = IDLE, self.port.now()
            self._wait(self.port.times.idle)

    def abort(self, *, reset: bool = True) -> None:
        """Cut the connection at once; what the client has not taken yet is lost."""
        handle = self._transport.get_extra_info("socket")
        if reset and handle is not None and not self._transport.is_closing():
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def expire(self) -> None:
        """Its time is over."""
        if self.stage == IDLE and not self._transport.get_write_buffer_size():
            self._transport.close()
        elif self.stage in {HEAD, BODIED} and not self._slow:
            self._refuse(TooLate("The request took too long to come.", "Send it anew."))
        else:
            self.abort()

    def close_idle(self) -> None:
        """The server stops: who asks nothing just now is let go."""
        if self.stage == IDLE:
            self._transport.close()

    def _begin(self, request: Request) -> None:
        self.stage, self.deadline = BUSY, 0.0
        self.lasting = request.lasting
        self.exchange = Exchange(self, request, self.port.now())
        self.port.handler(self.exchange)

    def _go_on(self) -> None:
        """Answer the next of the requests that have come ahead of their time."""
        if self._ahead:
            request = self._ahead.popleft()
            if len(self._ahead) == _AHEAD - 1:
                self._transport.resume_reading()
            self._begin(request)

    def _refuse(self, fault: Refusal) -> None:
        """Say what is wrong with a request that cannot be taken, and end."""
        if self.exchange or self._ahead:  # an earlier one is still to be answered
            self.abort()
            return
        status, fields, body = refusals.document(fault)
        target, self.lasting = b"".join(self._reader.target), False
        request = Request("GET", target, "1.1", {}, b"", ("", 0), lasting=False)
        self.exchange = Exchange(self, request, self.port.now())
        self.exchange.send(status, headers.encoded(fields), body)

    def _let_go(self) -> None:
        """End, and let the client read what it was told before it hears of that."""
        self.stage = PASSING
        self._ahead.clear()
        self._wait(self.port.times.passing)
        if not self._transport.is_closing():
            self._transport.write_eof()

    def _wait(self, seconds: float) -> None:
        """Wait for the client; while it has still to take an answer, that counts."""
        if not self._transport.get_write_buffer_size():
            self.deadline = self.port.now() + seconds

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting and not waiting.done():
            waiting.set_result(None)
