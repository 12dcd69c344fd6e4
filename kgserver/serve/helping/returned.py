"""A client that a helper has given back, with a request that it has read, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.serve.wire.connection import Connection

if TYPE_CHECKING:
    import asyncio

    from kgserver.serve.wire.crowd import Keeper

# Easy requests that it has to send, beyond those of others, before it is lent again.
_PATIENCE = 500


class Returned(Connection):
    """Its connection; `data` was read already, if anything was."""

    def __init__(self, port: Keeper, data: bytes) -> None:
        super().__init__(port)
        self._data, self.streak = data, -_PATIENCE if data else 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is here again: what it has asked comes first."""
        super().connection_made(transport)
        data, self._data = self._data, b""
        if data:
            self.data_received(data)
        else:
            self._wait(self.port.times.idle)
