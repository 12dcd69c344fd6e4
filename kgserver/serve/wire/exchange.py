"""One request and its answer: whole, or piece by piece, or broken off."""

from __future__ import annotations

from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from kgserver.serve.wire.connection import Connection
    from kgserver.serve.wire.request import Request

    Fields = Iterable[tuple[str, str]]

_BODILESS = frozenset([204, 304])
_LINES = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n".encode() for s in HTTPStatus}


def _nothing() -> None:
    """What is done where nothing is to be done."""


def date_now() -> bytes:
    """The Date field and the end of a head (RFC 9110 §6.6.1)."""
    return f"Date: {formatdate(usegmt=True)}\r\n\r\n".encode()


class Exchange:
    """A request on its connection, and what is sent for it.

    `gone` is called when the client leaves before the end, `full` when it takes no more
    for now, `ready` when it does again.
    """

    __slots__ = (
        "_chunked", "_connection", "_silent", "_state", "begun", "full", "gone",
        "ready", "request", "room",
    )  # fmt: skip

    def __init__(self, connection: Connection, request: Request) -> None:
        self._connection, self.request = connection, request
        self._chunked = False
        self._silent = request.method == "HEAD"
        self._state = connection.service.ready.state
        self.begun = False
        self.room: threading.Event | None = None
        self.gone: Callable[[], None] = _nothing
        self.full: Callable[[], None] = _nothing
        self.ready: Callable[[], None] = _nothing

    @property
    def left(self) -> bool:
        """Whether the client is gone."""
        return self._connection.exchange is not self

    def reply(
        self,
        status: int,
        fields: Fields,
        body: bytes,
        *,
        length: int | None = None,
        keep: bool = False,
    ) -> None:
        """Send a whole answer; one to `keep` is sent again to an equal request.

        `length` is that of the body where a HEAD request is answered without it.
        """
        if self.left:
            return
        head = _head(status, fields)
        if status not in _BODILESS:
            head += f"Content-Length: {length or len(body)}\r\n".encode()
        if not self.request.keeps:
            head += b"Connection: close\r\n"
        sent = b"" if self._silent or status in _BODILESS else body
        self._connection.send(head + self._connection.service.date + sent)
        if keep and self.request.keeps:
            ready = self._connection.service.ready
            ready.put(self.request.raw, head, sent, self._state)
        self._connection.finish(self)

    def begin(self, status: int, fields: Fields, length: int | None = None) -> None:
        """Begin an answer that comes in pieces."""
        if self.left:
            return
        self.begun = True
        head = _head(status, fields)
        if length is not None:
            head += f"Content-Length: {length}\r\n".encode()
        elif self.request.version == "1.1":
            self._chunked = True
            head += b"Transfer-Encoding: chunked\r\n"
        else:
            self.request.keeps = False
        if not self.request.keeps:
            head += b"Connection: close\r\n"
        self._connection.send(head + self._connection.service.date)

    def write(self, data: bytes) -> None:
        """Send a piece."""
        if self.left or not data or self._silent:
            return
        if self._chunked:
            data = b"%x\r\n%b\r\n" % (len(data), data)
        self._connection.send(data)

    def end(self) -> None:
        """The answer is complete."""
        if self.left:
            return
        if self._chunked and not self._silent:
            self._connection.send(b"0\r\n\r\n")
        self._connection.finish(self)

    def abort(self) -> None:
        """Break off, so that nobody takes what was sent for all of it."""
        if not self.left:
            self._connection.abort()


def _head(status: int, fields: Fields) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in fields])
    return _LINES[status] + lines.encode("latin-1")
