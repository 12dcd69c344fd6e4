"""The line to the mother: she tells of workers that come and of those that end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

from kgserver.ask.engine.notices import BORN, NOTICE

if TYPE_CHECKING:
    from collections.abc import Callable

_AGAIN = 0.02  # seconds between two tries to reach a mother that is not there yet
_BYTES, _HANDLES = 4096, 16


class Line:
    """The connection, made anew whenever it is lost.

    `born` gets process, generation and version, and a socket; `gone` a process and its
    wait status; `lost` is called when the mother herself has ended.
    """

    def __init__(
        self,
        path: str,
        born: Callable[[tuple[int, int, int], socket.socket], None],
        gone: Callable[[int, int], None],
        lost: Callable[[], None],
    ) -> None:
        self._path = path
        self._born, self._gone, self._lost = born, gone, lost
        self._held = b""
        self._handles: list[int] = []

    async def keep(self) -> None:
        """Listen to the mother for ever."""
        loop = asyncio.get_running_loop()
        while True:
            with socket.socket(socket.AF_UNIX) as line:
                line.setblocking(False)
                try:
                    await loop.sock_connect(line, self._path)
                except OSError:
                    await asyncio.sleep(_AGAIN)
                    continue
                await self._listen(line)
            self._lost()

    async def _listen(self, line: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        self._held = b""

        def look() -> None:
            if not self._read(line):
                ended.set()

        loop.add_reader(line, look)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(line)
            for handle in self._handles:
                with contextlib.suppress(OSError):
                    socket.close(handle)
            self._handles.clear()

    def _read(self, line: socket.socket) -> bool:
        """Take what has come; False at the end of the line."""
        try:
            data, handles, _, _ = socket.recv_fds(line, _BYTES, _HANDLES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._handles += handles
        self._held += data
        while len(self._held) >= NOTICE.size:
            notice, self._held = self._held[: NOTICE.size], self._held[NOTICE.size :]
            kind, pid, generation, version, status = NOTICE.unpack(notice)
            if kind == BORN:
                channel = socket.socket(fileno=self._handles.pop(0))
                self._born((pid, generation, version), channel)
            else:
                self._gone(pid, status)
        return bool(data)
