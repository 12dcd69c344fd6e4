"""The service: its connections, its clock, and who answers a request."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from kgserver.serve.wire.connection import Connection
from kgserver.serve.wire.exchange import date_now
from kgserver.serve.wire.request import UnreadableError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from kgserver.serve.wire.exchange import Exchange
    from kgserver.serve.wire.ready import Ready

_TICK = 0.25  # seconds between two looks at the clock
_STATE = 0.01  # seconds between two looks at the state of the data
_HEAD_SECONDS = 20  # for a request to come in whole
_IDLE_SECONDS = 75  # between two requests
_STALL_SECONDS = 30  # without taking anything of an answer
_LINGER_SECONDS = 2  # after the last answer
_MOST = 4000  # connections


class Service:
    """All connections; `answer` is given each exchange."""

    def __init__(
        self, answer: Callable[[Exchange], None], ready: Ready, longest_body: int
    ) -> None:
        self.answer, self.ready, self.longest_body = answer, ready, longest_body
        self.connections: set[Connection] = set()
        self.lingering: set[Connection] = set()
        self.now = time.monotonic()
        self.date = date_now()
        self._server: asyncio.Server

    async def listen(self, listener: socket.socket) -> None:
        """Take connections on a socket that listens."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Connection(self), sock=listener, backlog=1024
        )
        self._clocks = [
            loop.create_task(self._keep_time()), loop.create_task(self._keep_state())
        ]  # fmt: skip

    async def stop(self, seconds: float) -> None:
        """Take no more connections, and let those that are answered end."""
        self._server.close()
        end = time.monotonic() + seconds
        for each in list(self.connections):
            if each.exchange is None:
                each.drop()
        while self.connections and time.monotonic() < end:
            await asyncio.sleep(0.02)
            for each in list(self.connections):
                if each.exchange is None:
                    each.drop()
        for each in list(self.connections):
            each.abort()

    def welcome(self, connection: Connection) -> None:
        """Count a connection; one too many is sent away."""
        self.connections.add(connection)
        if len(self.connections) > _MOST:
            connection.abort()

    def too_large(self) -> UnreadableError:
        """What is said of a body over the limit."""
        most = self.longest_body
        return UnreadableError(413, f"The body is over {most} bytes. Send less.")

    async def _keep_state(self) -> None:
        while True:
            await asyncio.sleep(_STATE)
            self.ready.look()

    async def _keep_time(self) -> None:
        while True:
            self.now = time.monotonic()
            self.date = date_now()
            for each in list(self.connections):
                self._look_at(each)
            await asyncio.sleep(_TICK)

    def _look_at(self, connection: Connection) -> None:
        waited = self.now - connection.since
        if connection.stalled:
            if waited > _STALL_SECONDS:
                connection.abort()
        elif connection in self.lingering:
            if waited > _LINGER_SECONDS:
                self.lingering.discard(connection)
                connection.drop()
        elif connection.reading:
            if waited > _HEAD_SECONDS:
                connection.refuse(UnreadableError(408, "The request took too long."))
                connection.proceed()
        elif connection.exchange is None and waited > _IDLE_SECONDS:
            connection.drop()
