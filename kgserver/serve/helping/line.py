"""The line between the web process and a helper: messages, and clients' sockets."""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kgserver.serve.front.shelf import Kept, Key
    from kgserver.serve.operations.metrics import Counts

_PIECE = 64 * 1024  # bytes of a message that go together
# What stands before a piece: whether it is the last of its message.
_MORE, _LAST = b"+", b"."
_TOGETHER = 64  # messages that are heard before others have their turn


class Copy(NamedTuple):
    """A finished response, what it is kept under, and the state of the data then."""

    state: object
    key: Key
    kept: Kept


class Lent(NamedTuple):
    """A client for a helper, and what it was answered with last."""

    number: int
    copy: Copy | None = None


class Recall(NamedTuple):
    """So many clients are wanted back."""

    clients: int


class Back(NamedTuple):
    """A client for the web process, and the request that it has just sent, if any."""

    number: int
    data: bytes


class Left(NamedTuple):
    """A client has gone."""

    number: int


class Report(NamedTuple):
    """The query time of clients since the last report, and all that was counted.

    Of a client it is how long all of its queries took, and the longest. `share` is how
    much of a processor's time the helper has used.
    """

    share: float
    spent: Mapping[str, tuple[float, float]]
    counts: Counts


class Idle(NamedTuple):
    """A helper has no client, and would end."""


Message: TypeAlias = Lent | Recall | Back | Left | Report | Idle
Piece = tuple[bytes, int]


class Line:
    """One end: `hear` is given each message with a socket or -1, `lost` is the end."""

    def __init__(
        self,
        channel: socket.socket,
        hear: Callable[[Message, int], None],
        lost: Callable[[], None],
    ) -> None:
        self._channel, self._hear, self._lost = channel, hear, lost
        self._waiting: deque[Piece] = deque()
        self._heard = bytearray()  # of a message whose last piece is still to come
        self._loop = asyncio.get_running_loop()
        channel.setblocking(False)
        self._loop.add_reader(channel, self._read)

    @property
    def full(self) -> bool:
        """Whether what was said waits to be taken."""
        return bool(self._waiting)

    def say(self, message: Message, handle: int = -1) -> None:
        """Say something, with a socket, which is closed here as soon as it is out."""
        waits = self.full
        self._waiting += _cut(ForkingPickler.dumps(message), handle)
        if not waits:
            self._write()

    def close(self) -> None:
        """Say and hear no more."""
        if self._channel.fileno() >= 0:
            self._loop.remove_reader(self._channel)
            self._loop.remove_writer(self._channel)
            self._channel.close()
        for _, handle in self._waiting:
            _close(handle)
        self._waiting.clear()

    def _write(self) -> None:
        while self._waiting:
            data, handle = self._waiting[0]
            try:
                if self._channel.fileno() >= 0:
                    handles = [handle] if handle >= 0 else []
                    socket.send_fds(self._channel, [data], handles)
            except BlockingIOError:
                self._loop.add_writer(self._channel, self._write)
                return
            except OSError:
                pass  # the other one has gone, which is heard at once
            self._waiting.popleft()
            _close(handle)
        if self._channel.fileno() >= 0:
            self._loop.remove_writer(self._channel)

    def _read(self) -> None:
        for _ in range(_TOGETHER):
            if self._channel.fileno() < 0:
                return
            try:
                data, handles, _, _ = socket.recv_fds(self._channel, _PIECE + 1, 1)
            except BlockingIOError:
                return
            except OSError:
                data, handles = b"", []
            if not data:
                self.close()
                self._lost()
                return
            self._heard += data[1:]
            if data.startswith(_LAST):
                message = ForkingPickler.loads(bytes(self._heard))
                self._heard.clear()
                self._hear(message, handles[0] if handles else -1)


def _cut(data: memoryview, handle: int) -> Iterator[Piece]:
    """The pieces of a message; the socket goes with the last."""
    for end in range(_PIECE, len(data), _PIECE):
        yield _MORE + data[end - _PIECE : end], -1
    yield _LAST + data[(len(data) - 1) // _PIECE * _PIECE :], handle


def _close(handle: int) -> None:
    if handle >= 0:
        os.close(handle)
