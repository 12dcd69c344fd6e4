"""Answers that are sent again, byte for byte, to a request that is byte for byte equal.

An answer hangs on the request and on the state of the data. So where both are the same,
it is the same, whatever the request's header fields mean. Nothing is parsed for it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_REQUEST = 8 * 1024
_OVERHEAD = 500
_SHARE = 16  # one answer may take this share of all


class Ready:
    """Heads and bodies by request; `state` tells what the data is now."""

    def __init__(self, state: Callable[[], object], most: int) -> None:
        self._read_state, self._most = state, most
        self.state = state()
        self._held: OrderedDict[bytes, tuple[bytes, bytes]] = OrderedDict()
        self._size = 0
        self.hits = 0

    def look(self) -> object:
        """The state of the data; where it has changed, everything is forgotten."""
        state = self._read_state()
        if state != self.state:
            self.state, self._size = state, 0
            self._held.clear()
        return state

    def get(self, raw: bytes) -> tuple[bytes, bytes] | None:
        """The head, all but its date, and the body."""
        return self._held.get(raw)

    def put(self, raw: bytes, head: bytes, body: bytes, state: object) -> None:
        """Keep what was answered in a state; for it, those go that were kept first."""
        size = _OVERHEAD + len(raw) + len(head) + len(body)
        fits = 0 < len(raw) <= _LONGEST_REQUEST and size * _SHARE <= self._most
        if not fits or self.look() != state or raw in self._held:
            return
        self._held[raw] = head, body
        self._size += size
        while self._size > self._most:
            gone, (head, body) = self._held.popitem(last=False)
            self._size -= _OVERHEAD + len(gone) + len(head) + len(body)
