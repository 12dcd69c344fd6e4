"""The port: it listens, and ends what takes too long."""

from __future__ import annotations

import asyncio
import socket
from email.utils import formatdate
from typing import TYPE_CHECKING

from kgserver.serve.wire.bounds import Bounds
from kgserver.serve.wire.connection import Connection
from kgserver.serve.wire.crowd import Crowd

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.serve.wire.bounds import Times
    from kgserver.serve.wire.exchange import Exchange

_SWEEP = 0.25  # seconds between two looks at all connections
_BACKLOG = 1024


class Port:
    """What listens; `handler` is given each request, `note` each that is over."""

    def __init__(
        self,
        handler: Callable[[Exchange], None],
        note: Callable[[Exchange], None],
        times: Times,
        bounds: Bounds | None = None,
    ) -> None:
        self.handler, self.note, self.times = handler, note, times
        self.stopping = False
        self.date = b""
        self.crowd = Crowd(bounds or Bounds())
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self._server: asyncio.Server | None = None
        self._coming: set[asyncio.Task[object]] = set()

    async def open(self, listener: socket.socket) -> None:
        """Begin to answer what comes to a listening socket."""
        self._server = await self._loop.create_server(
            lambda: Connection(self), sock=listener, backlog=_BACKLOG
        )
        self.begin()

    def begin(self) -> None:
        """Begin to look after connections."""
        self._sweep()

    def adopt(self, handle: int, client: Connection) -> None:
        """Take a client over from another process, by its socket."""
        task = self._loop.create_task(self._adopt(handle, client))
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _adopt(self, handle: int, client: Connection) -> None:
        try:
            taken = socket.socket(fileno=handle)
        except (OSError, ValueError):  # it was lost on its way
            client.missed()
            return
        try:
            await self._loop.connect_accepted_socket(lambda: client, taken)
        except OSError:
            taken.close()
            client.missed()

    async def close(self, grace: float) -> None:
        """Take nothing new; who is being answered gets so many seconds."""
        self.stopping = True
        if self._server:
            self._server.close()
        for each in list(self.crowd.connections):
            each.close_idle()
        end = self.now() + grace
        while self.crowd.connections and self.now() < end:
            await asyncio.sleep(0.01)
        for each in list(self.crowd.connections):
            each.abort()

    def _sweep(self) -> None:
        self._loop.call_later(_SWEEP, self._sweep)
        now = self.now()
        stamp = formatdate(usegmt=True)
        self.date = f"Date: {stamp}\r\n".encode("ascii")
        for each in [c for c in self.crowd.connections if 0 < c.deadline < now]:
            each.expire()
