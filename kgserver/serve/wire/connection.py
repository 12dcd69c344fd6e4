"""One client's connection: bytes become requests, which are answered one by one.

Nothing of a client is trusted: heads, bodies and waiting requests are bounded in size,
and the service's clock ends what takes too long.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, cast

import httptools

from kgserver.serve.wire.exchange import Exchange
from kgserver.serve.wire.request import Request, UnreadableError

if TYPE_CHECKING:
    from kgserver.serve.wire.service import Service

_MOST_WAITING = 32  # requests sent ahead of their answers
_TEXT = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]


class Connection(asyncio.Protocol):
    """The near end of a connection; httptools calls its `on_…` methods."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.exchange: Exchange | None = None
        self.since = service.now  # when it began to wait for what it waits for
        self.reading = False  # whether a request has come in part
        self.stalled = False  # whether the client takes nothing for now
        self.closing = False  # nothing is read any more
        self._peer = ""
        self._waiting: deque[Request] = deque()
        self._parser = httptools.HttpRequestParser(self)
        self._request = Request()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        self._peer = name[0] if isinstance(name, tuple) else ""
        self.service.welcome(self)

    def connection_lost(self, _: Exception | None) -> None:
        """The client has gone, or was let go."""
        self.service.connections.discard(self)
        self.service.lingering.discard(self)
        self.closing = True
        left, self.exchange = self.exchange, None
        if left:
            if left.room:
                left.room.set()
            left.gone()

    def data_received(self, data: bytes) -> None:
        """The client says something."""
        if self.closing:
            return
        idle = self.exchange is None and not self.reading
        if idle and (kept := self.service.ready.get(data)):
            head, body = kept
            self.since = self.service.now
            self.service.ready.hits += 1
            self._transport.write(head + self.service.date + body)
            return
        self._read(data)
        if idle and len(self._waiting) == 1 and not self.reading:
            only = self._waiting[0]
            only.raw = b"" if only.body else data
        self.proceed()

    def _read(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # an upgrade is not refused but not made either (RFC 9110 §7.8)
        except httptools.HttpParserError as fault:
            inner = fault.__context__
            if not isinstance(inner, UnreadableError):
                inner = UnreadableError(400, f"The request is no HTTP: {fault}.")
            self.refuse(inner)
        if len(self._waiting) > _MOST_WAITING:
            self._transport.pause_reading()

    def on_message_begin(self) -> None:
        """A request begins."""
        self._request = Request(peer=self._peer)
        self.reading, self.since = True, self.service.now

    def on_url(self, part: bytes) -> None:
        """A part of the target."""
        self._request.lengthen(part)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field."""
        self._request.add(name, value)

    def on_headers_complete(self) -> None:
        """The head is there."""
        request = self._request
        request.method = self._parser.get_method().decode("ascii")
        request.version = self._parser.get_http_version()
        request.keeps = self._parser.should_keep_alive()
        request.check()
        length = request.fields.get("content-length", "")
        if length.isdecimal() and int(length) > self.service.longest_body:
            raise self.service.too_large()
        if request.fields.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.since = self.service.now

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        self._request.body += part
        if len(self._request.body) > self.service.longest_body:
            raise self.service.too_large()

    def on_message_complete(self) -> None:
        """The request is there."""
        self.reading = False
        self._waiting.append(self._request)

    def refuse(self, fault: UnreadableError) -> None:
        """Say why there is no going on, as soon as what came before is answered."""
        broken = Request(method="GET", keeps=False, peer=self._peer)
        self._waiting.append(broken)
        broken.fields["\0"] = f"{fault.status} {fault.said}"
        self.reading = False
        self.closing = True

    def proceed(self) -> None:
        """Have the next request answered, one after the other."""
        while self._waiting and self.exchange is None:
            request = self._waiting.popleft()
            self.exchange = exchange = Exchange(self, request)
            self.since = self.service.now
            said = request.fields.get("\0")
            if said:
                status, _, why = said.partition(" ")
                exchange.reply(int(status), _TEXT, f"{why}\n".encode())
            else:
                self.service.answer(exchange)

    def send(self, data: bytes) -> None:
        """Send some bytes of an answer."""
        self._transport.write(data)

    def finish(self, exchange: Exchange) -> None:
        """An answer is complete: wait for the next request, or close."""
        self.exchange = None
        self.since = self.service.now
        if not exchange.request.keeps:
            self.close()
        elif self._waiting:
            if len(self._waiting) < _MOST_WAITING:
                self._transport.resume_reading()
            asyncio.get_running_loop().call_soon(self.proceed)

    def close(self) -> None:
        """Close when what was sent has gone out.

        A client that is still sending would lose the answer to a reset, so the sending
        side is closed first, and what comes is thrown away until the clock ends it.
        """
        self.closing = True
        self.since = self.service.now
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()
        self.service.lingering.add(self)

    def drop(self) -> None:
        """Close at once, in peace."""
        self._transport.close()

    def abort(self) -> None:
        """Break off."""
        self._transport.abort()

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        self.stalled, self.since = True, self.service.now
        if self.exchange:
            if self.exchange.room:
                self.exchange.room.clear()
            self.exchange.full()

    def resume_writing(self) -> None:
        """The client takes more."""
        self.stalled, self.since = False, self.service.now
        if self.exchange:
            if self.exchange.room:
                self.exchange.room.set()
            self.exchange.ready()
