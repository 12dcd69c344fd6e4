"""One client's connection: its requests are answered one after the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kgserver.model.refusal import TooLate
from kgserver.serve import refusals
from kgserver.serve.wire import headers
from kgserver.serve.wire.exchange import Exchange
from kgserver.serve.wire.reader import Reader
from kgserver.serve.wire.request import Ahead, Request
from kgserver.serve.wire.stream import HIGH, Stream

if TYPE_CHECKING:
    from kgserver.model.refusal import Refusal
    from kgserver.serve.wire.crowd import Keeper

# What of a body that is refused is let pass, so that the refusal can be read.
_PASSED_OVER = 64 * 1024 * 1024
_LARGE = 64 * 1024  # bytes of an answer, from which on all that is held is weighed
# Stages: nothing of a request is here, a part of its head is, a part of its body is,
# it is answered, it was the last and what follows passes by.
IDLE, HEAD, BODIED, BUSY, PASSING = range(5)


class Connection(Stream):
    """A connection; `deadline` is when it is cut, in the loop's time, 0 is never.

    `streak` counts the easy requests since the last one that was not, `easy` is what
    the last was answered from; `detached` tells that another process has the client.
    """

    def __init__(self, port: Keeper) -> None:
        super().__init__()
        self.port = port
        self.stage, self.deadline, self.since = IDLE, 0.0, 0.0
        self.lasting, self.peer = True, ("", 0)
        self.streak, self.detached = 0, False
        self.easy: object = None
        self.exchange: Exchange | None = None
        self._reader: Reader
        self._ahead = Ahead()
        self._paused, self._passed = False, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        super().connection_made(transport)
        address = transport.get_extra_info("peername") or ("", 0)
        self.peer = str(address[0]).removeprefix("::ffff:"), int(address[1])
        self._reader = Reader(self, self.peer)
        self.since = self.port.now()
        self.deadline = self.since + self.port.times.head
        self.port.crowd.join(self)

    def data_received(self, data: bytes) -> None:
        """Read what a client says."""
        if not self.lasting or self.stage == PASSING:
            self._passed += len(data)
            if self._passed > _PASSED_OVER:
                self.abort()
            return
        self._reader.feed(data)
        if self._reader.fault and self.stage != PASSING:
            self.refuse(self._reader.fault)
        self.port.crowd.moved(len(data))

    def begun(self) -> None:
        """A request begins."""
        if self._free:
            self.stage, self.since = HEAD, self.port.now()
            self.deadline = self.since + self.port.times.head

    def headed(self, *, expects: bool) -> None:
        """Its body follows."""
        if self._free:
            self.stage = BODIED
            self.deadline = self.port.now() + self.port.times.body
            if expects:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def whole(self, request: Request) -> None:
        """A request is complete."""
        if self._free:
            self.begin(request)
        elif self.stage != PASSING:
            self._ahead.put(request)
            self._hold_back()

    def connection_lost(self, fault: Exception | None) -> None:
        """The client has gone, or was cut off."""
        self.port.crowd.leave(self)
        self._reader.close()
        del self._reader  # which knows this, so that both would stay
        super().connection_lost(fault)
        self._ahead.clear()
        if self.exchange:
            exchange, self.exchange = self.exchange, None
            exchange.lost()
            self.port.note(exchange)

    def missed(self) -> None:
        """Another process had this client, and it could not be taken over."""

    def resume_writing(self) -> None:
        """The client has taken most of it: it gets what it asked meanwhile."""
        super().resume_writing()
        if self.stage == IDLE:
            self._wait(self.port.times.idle)
            self._go_on()

    @property
    def is_still(self) -> bool:
        """Whether nothing of a request or an answer is on its way through here."""
        waits = self._ahead.size or self.unsent
        return self.stage == IDLE and not waits and not self.closing

    def detach(self) -> int:
        """The client's socket for another process; here nothing more comes of it."""
        handle = super().detach()
        self.stage, self.exchange, self.detached = PASSING, None, True
        return handle

    @property
    def busy(self) -> bool:
        """Whether a request of it is being answered."""
        return self.stage == BUSY

    @property
    def weight(self) -> int:
        """About how many bytes it holds: what it asks, and what it does not take."""
        asked = self.exchange.request.size if self.exchange else 0
        waiting = self.unsent
        return self._reader.held + self._ahead.size + asked + waiting

    @property
    def _free(self) -> bool:
        """Whether a request can be answered as soon as it comes."""
        held = self.exchange or self._ahead.size or self.slow
        return not held and self.stage != PASSING

    @property
    def date(self) -> bytes:
        """The header that says what time it is."""
        return self.port.date

    def start(self, data: bytes) -> None:
        """Send the beginning of an answer: from now on its transfer takes time."""
        most = self.port.times.transfer
        self.deadline = self.port.now() + most if most else 0.0
        self.write(data)

    def write(self, data: bytes) -> None:
        """Send."""
        self._transport.write(data)
        if self.slow or len(data) > _LARGE:
            self.port.crowd.moved(len(data))

    def answered(self, *, lasting: bool) -> None:
        """An answer is out: the next request's turn, if the client goes on."""
        exchange, self.exchange = self.exchange, None
        if exchange:
            self.port.note(exchange)
            self.easy = exchange.easy
            self.streak = self.streak + 1 if self.easy else min(self.streak, 0)
        if not lasting or self.port.stopping:
            self._let_go()
        else:
            self.stage, self.since = IDLE, self.port.now()
            self._wait(self.port.times.idle)
            if self._ahead.size and not self.slow:
                asyncio.get_running_loop().call_soon(self._go_on)

    def expire(self) -> None:
        """Its time is over."""
        if self.stage == IDLE and not self.unsent:
            self._transport.close()
        elif self.stage in {HEAD, BODIED} and not self.slow:
            self.refuse(TooLate("The request took too long to come.", "Send it anew."))
        else:
            self.abort()

    def relieve(self, fault: Refusal) -> bool:
        """Give back what is held, and say why where that can be said.

        False where it is a request that is being answered.
        """
        if self.unsent > HIGH:
            self.abort()
        elif self.busy:
            return False
        else:
            self.refuse(fault)
            self._reader.forget()
        return True

    def close_idle(self) -> None:
        """The server stops: who asks nothing just now is let go."""
        if self.stage == IDLE:
            self._transport.close()

    def begin(self, request: Request) -> None:
        """Have a request answered."""
        self.stage, self.deadline = BUSY, 0.0
        self.lasting = request.lasting
        self.exchange = Exchange(self, request, self.port.now())
        self.port.handler(self.exchange)

    def _go_on(self) -> None:
        """Answer the next of the requests that have come ahead of their time."""
        if self._ahead.size and not self.exchange:
            request = self._ahead.take()
            self._hold_back()
            self.begin(request)

    def _hold_back(self) -> None:
        """Read no more where enough has come ahead of its time; else go on reading."""
        full = self._ahead.full
        if full != self._paused and not self.closing:
            self._paused = full
            flow = self._transport
            (flow.pause_reading if full else flow.resume_reading)()

    def refuse(self, fault: Refusal) -> None:
        """Say what is wrong with a request that cannot be taken, and end."""
        if self.exchange or self._ahead.size:  # an earlier one is still to be answered
            self.abort()
            return
        status, fields, body = refusals.document(fault, self._reader.languages)
        target, self.lasting = b"".join(self._reader.target), False
        request = Request("GET", target, "1.1", {}, b"", self.peer, lasting=False)
        self.exchange = Exchange(self, request, self.port.now())
        self.exchange.send(status, headers.encoded(fields), body)

    def _let_go(self) -> None:
        """End, and let the client read what it was told before it hears of that."""
        self.stage = PASSING
        self._ahead.clear()
        self._wait(self.port.times.passing)
        if not self.closing:
            self._transport.write_eof()

    def _wait(self, seconds: float) -> None:
        """Wait for the client; while it has still to take an answer, that counts."""
        if not self.unsent:
            self.deadline = self.port.now() + seconds
