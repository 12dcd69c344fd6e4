"""One request, and its response on the way out: whole, or piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kgserver.serve.wire import headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.serve.wire.request import Request


# A body of more bytes is not copied: many clients may be sent one that is kept.
_APART = 32 * 1024


class GoneError(ConnectionError):
    """The client went away, or was cut off, before its answer was out."""


class Carrier(Protocol):
    """The connection, as far as an answer needs it."""

    lasting: bool

    @property
    def date(self) -> bytes:
        """The header that says what time it is."""

    def start(self, data: bytes) -> None:
        """Send the beginning of an answer."""

    def write(self, data: bytes) -> None:
        """Send more of it."""

    async def drain(self) -> None:
        """Wait while the client is slow."""

    def answered(self, *, lasting: bool) -> None:
        """The answer is out."""

    def abort(self, *, reset: bool = True) -> None:
        """Cut the connection."""


class Exchange:
    """What is answered to one request; `size` counts the bytes of the body.

    Everything here is called in the event loop.
    """

    __slots__ = (
        "_chunked", "_connection", "_left", "_watching", "born", "broken", "easy",
        "identifier", "kept", "over", "request", "size", "status",
    )  # fmt: skip

    def __init__(self, connection: Carrier, request: Request, born: float) -> None:
        self.request, self.born = request, born
        self.status = self.size = 0
        self.over = self.broken = self.kept = False
        self.identifier = ""  # of the query that it asks
        self.easy: object = None  # what any process could answer it from
        self._connection = connection
        self._chunked = False
        self._left = -1  # bytes that are announced and have still to come
        self._watching: Callable[[], None] | None = None

    def watch(self, gone: Callable[[], None]) -> None:
        """Have this called when the client goes away before the end."""
        self._watching = gone

    def send(
        self, status: int, head: bytes, body: bytes, length: int | None = None
    ) -> None:
        """Answer with all of it at once; `length` is that of a body not sent."""
        if self.over:
            return
        self.status, self.size = status, len(body)
        lasting = self._connection.lasting
        parts = [headers.status_line(status), head, self._connection.date]
        if status not in headers.BODILESS:
            parts.append(
                b"Content-Length: %d\r\n" % (len(body) if length is None else length)
            )
        parts.append(self._ending(lasting=lasting))
        apart = body if len(body) > _APART else b""
        if self.request.method != "HEAD" and not apart:
            parts.append(body)
        self._connection.start(b"".join(parts))
        if self.request.method != "HEAD" and apart:
            self._connection.write(apart)
        self._finish(lasting=lasting)

    def begin(self, status: int, head: bytes, length: int | None = None) -> None:
        """Begin an answer whose body comes piece by piece.

        Without a length it is sent in chunks, so that one that breaks off has no end; a
        client of HTTP/1.0 gets it until the connection closes.
        """
        self.status = status
        parts = [headers.status_line(status), head, self._connection.date]
        lasting = self._connection.lasting
        if length is not None:
            parts.append(b"Content-Length: %d\r\n" % length)
            self._left = length
        elif self.request.version == "1.1":
            parts.append(b"Transfer-Encoding: chunked\r\n")
            self._chunked = True
        else:
            lasting = self._connection.lasting = False
        parts.append(self._ending(lasting=lasting))
        self._connection.start(b"".join(parts))

    async def write(self, data: bytes) -> None:
        """Send a piece, and wait while the client is slow; raises GoneError."""
        if self.over:
            raise GoneError
        if data and self.request.method != "HEAD":
            self.size += len(data)
            self._left -= len(data)
            chunk = b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data
            self._connection.write(chunk)
        await self._connection.drain()
        if self.over:
            raise GoneError

    def end(self) -> None:
        """Nothing more comes: the answer is complete."""
        if self.over:
            return
        if self._left > 0 and self.request.method != "HEAD":
            self.abort()
            return
        if self._chunked and self.request.method != "HEAD":
            self._connection.write(b"0\r\n\r\n")
        self._finish(lasting=self._connection.lasting)

    def abort(self) -> None:
        """Cut the connection, so that nobody takes what is out for an answer.

        Where neither chunks nor a length tell a whole answer, a reset has to.
        """
        if not self.over:
            self._connection.abort(reset=not self._chunked and self._left < 0)

    def lost(self) -> None:
        """The connection is no more: whoever works on an answer may stop."""
        if self.over:
            return
        self.over = self.broken = True
        watching, self._watching = self._watching, None
        if watching:
            watching()

    def _ending(self, *, lasting: bool) -> bytes:
        if not lasting:
            return b"Connection: close\r\n\r\n"
        old = self.request.version == "1.0"
        return b"Connection: keep-alive\r\n\r\n" if old else b"\r\n"

    def _finish(self, *, lasting: bool) -> None:
        self.over, self._watching = True, None
        self._connection.answered(lasting=lasting)
