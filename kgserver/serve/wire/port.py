"""The port: it listens, knows every connection, and ends those that take too long."""

from __future__ import annotations

import asyncio
import resource
from email.utils import formatdate
from typing import TYPE_CHECKING

from kgserver.serve.wire.connection import BUSY, Connection

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from kgserver.serve.wire.connection import Times
    from kgserver.serve.wire.exchange import Exchange

_SWEEP = 0.25  # seconds between two looks at all connections
_CONNECTIONS, _OTHERS = 2000, 200  # connections at most; other files that may be open
_BACKLOG = 1024


class Port:
    """What listens; `handler` is given each request, `note` each that is over.

    `most` is how many connections there may be, 0 as many as the system lets.
    """

    def __init__(
        self,
        handler: Callable[[Exchange], None],
        note: Callable[[Exchange], None],
        times: Times,
        most: int = 0,
    ) -> None:
        self.handler, self.note, self.times = handler, note, times
        self.stopping = False
        self.date = b""
        self.connections: dict[Connection, None] = {}
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self._most = most or _room()
        self._server: asyncio.Server

    async def open(self, listener: socket.socket) -> None:
        """Begin to answer what comes to a listening socket."""
        self._server = await self._loop.create_server(
            lambda: Connection(self), sock=listener, backlog=_BACKLOG
        )
        self._sweep()

    async def close(self, grace: float) -> None:
        """Take nothing new; who is being answered gets so many seconds."""
        self.stopping = True
        self._server.close()
        for each in list(self.connections):
            each.close_idle()
        end = self.now() + grace
        while self.connections and self.now() < end:
            await asyncio.sleep(0.01)
        for each in list(self.connections):
            each.abort()

    def joined(self, connection: Connection) -> None:
        """A client has come; where there are too many, one that asks nothing goes."""
        self.connections[connection] = None
        if len(self.connections) > self._most:
            idle = (each for each in self.connections if each.stage != BUSY)
            oldest = min(idle, key=lambda each: each.since)
            oldest.abort()

    def left(self, connection: Connection) -> None:
        """A client has gone."""
        self.connections.pop(connection, None)

    def _sweep(self) -> None:
        now = self.now()
        stamp = formatdate(usegmt=True)
        self.date = f"Date: {stamp}\r\n".encode("ascii")
        for each in [c for c in self.connections if 0 < c.deadline < now]:
            each.expire()
        self._loop.call_later(_SWEEP, self._sweep)


def _room() -> int:
    """How many connections there may be: as many as files that may be open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _OTHERS
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(most - _OTHERS, 16)
