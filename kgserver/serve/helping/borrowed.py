"""A client that a helper has borrowed: it is answered at once, or goes back.

The web process gets it with the request as it came. So a request is taken up only where
all of it has come in one piece, and nothing else with it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kgserver.serve.wire.connection import BODIED, HEAD, PASSING, Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.serve.wire.crowd import Keeper
    from kgserver.serve.wire.request import Request

LONGEST = 16 * 1024
"""Bytes of a request that is taken up."""
_METHODS = (b"GET ", b"HEAD ")
_END = b"\r\n\r\n"
_AGAIN = 0.01  # seconds between two looks whether a client has taken its answer


class Borrowed(Connection):
    """Its connection; `give` takes it back with a request, `gone` hears of its end."""

    def __init__(
        self, port: Keeper, give: Callable[[bytes, int], None], gone: Callable[[], None]
    ) -> None:
        super().__init__(port)
        self._give, self._gone = give, gone
        self._data = b""
        self._leaves = False

    def leave(self) -> None:
        """Go back, now or with the next request."""
        if self.is_still and not self._data:
            self._give_back()
        else:
            self._leaves = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It has come, and was answered before."""
        super().connection_made(transport)
        self._wait(self.port.times.idle)

    def data_received(self, data: bytes) -> None:
        """Read what it says, as soon as it has taken what it was told before."""
        if self.stage == PASSING:
            super().data_received(data)
            return
        self._data += data
        if self.unsent:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(_AGAIN, self._look_again)
        else:
            self._take()

    def begin(self, request: Request) -> None:
        """Answer a request, or give the client back with it."""
        super().begin(request)
        if self.exchange:
            self._give_back()

    def connection_lost(self, fault: Exception | None) -> None:
        """It has gone, or another process has it."""
        super().connection_lost(fault)
        if not self.detached:
            self._gone()

    def missed(self) -> None:
        """It had gone before."""
        self._gone()

    def _take(self) -> None:
        """Take up what has come; it is forgotten once it is answered."""
        fits = is_simple(self._data) and not self._leaves
        if fits:
            super().data_received(self._data)
        if not fits or self.stage in {HEAD, BODIED}:
            self._give_back()
        self._data = b""

    def _look_again(self) -> None:
        if self.closing:
            return
        if self.unsent:
            asyncio.get_running_loop().call_later(_AGAIN, self._look_again)
            return
        self._transport.resume_reading()
        self._take()

    def _give_back(self) -> None:
        self._give(self._data, self.detach())


def is_simple(data: bytes) -> bool:
    """Whether what has come is the head of one request, and all of it."""
    end = len(data) - len(_END)
    return data.startswith(_METHODS) and end <= LONGEST and 0 < data.find(_END) == end
