"""Finished responses are found by what is asked, before anything else is done.

What may be kept is what is public and carries a strong validator: the application says
so of all that hangs on nothing but the data and the request. It is kept by address,
host, and the formats and languages asked for. With a new version, or a new finding in
the files, everything is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kgserver.serve.front import shelf

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.serve.front.shelf import Kept, Key, Shelf
    from kgserver.serve.wire.request import Request

# A part is not kept, nor what is led to the version of a moment.
_APART = frozenset([b"range", b"accept-datetime"])
# A key this long is not worth its memory.
_LONGEST_KEY = 16_384


class Place(NamedTuple):
    """Where on the shelf the answer to a request is, or would be."""

    shelf: Shelf
    key: Key

    def find(self) -> Kept | None:
        """What is kept there."""
        return self.shelf.get(self.key)

    def takes(self, size: int) -> bool:
        """Whether a body of so many bytes may be kept."""
        short = sum(map(len, self.key)) < _LONGEST_KEY
        return short and size * shelf.SHARE < self.shelf.most

    def put(self, kept: Kept) -> None:
        """Keep a response there."""
        self.shelf.put(self.key, kept)


class Finished:
    """The shelf; `state` tells what the data is now, `most` how many bytes are kept."""

    def __init__(self, state: Callable[[], object], most: int) -> None:
        self._state = state
        self._shelf = shelf.Shelf(None, most)

    @property
    def size(self) -> int:
        """About how many bytes are kept."""
        return self._shelf.size

    def place(self, request: Request) -> Place | None:
        """Where the answer to a request is kept; None where it may not be.

        A part of a representation is not kept, nor what a date alone decides.
        """
        headers = request.headers
        if request.method not in {"GET", "HEAD"} or not _APART.isdisjoint(headers):
            return None
        if b"if-modified-since" in headers and b"if-none-match" not in headers:
            return None
        found = headers.get
        key = (
            request.target,
            found(b"accept", b""),
            found(b"accept-language", b""),
            found(b"host", b""),
        )
        return Place(self._current(), key)

    def at(self, state: object, key: Key) -> Place | None:
        """Where that is which is kept under a key, if the data is in that state now."""
        current = self._current()
        return Place(current, key) if current.state == state else None

    def _current(self) -> Shelf:
        """The shelf for the data as it is now.

        A request that began before the data changed puts what it gets on the shelf of
        then, where nobody looks any more.
        """
        state = self._state()
        if self._shelf.state != state:
            self._shelf = shelf.Shelf(state, self._shelf.most)
        return self._shelf
