"""The bytes to a client: sent no faster than it takes them, cut off, or handed over."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import cast

_RESET = struct.pack("ii", 1, 0)  # struct linger: close at once, with a reset
HIGH, LOW = 256 * 1024, 64 * 1024
"""Bytes on their way: from the one on a client is slow, until the other."""


class Stream(asyncio.Protocol):
    """One client's; `slow` is whether it has still to take much of what was sent."""

    def __init__(self) -> None:
        self.slow = False
        self._transport: asyncio.Transport
        self._waiting: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has come."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(HIGH, LOW)

    def connection_lost(self, _: Exception | None) -> None:
        """The client has gone, or was cut off."""
        self._wake()

    def pause_writing(self) -> None:
        """The client is slow to take what is sent."""
        self.slow = True

    def resume_writing(self) -> None:
        """The client has taken most of it."""
        self.slow = False
        self._wake()

    @property
    def unsent(self) -> int:
        """Bytes that the client has still to take."""
        return self._transport.get_write_buffer_size()

    @property
    def closing(self) -> bool:
        """Whether it ends."""
        return self._transport.is_closing()

    async def drain(self) -> None:
        """Wait while the client is slow."""
        if self.slow and not self.closing:
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting

    def abort(self, *, reset: bool = True) -> None:
        """Cut the connection at once; what the client has not taken yet is lost."""
        handle = self._transport.get_extra_info("socket")
        if reset and handle is not None and not self.closing:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def detach(self) -> int:
        """The client's socket for another process; here nothing more comes of it."""
        handle = os.dup(self._transport.get_extra_info("socket").fileno())
        self._transport.abort()
        return handle

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting and not waiting.done():
            waiting.set_result(None)
