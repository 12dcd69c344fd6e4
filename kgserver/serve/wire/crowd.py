"""Who is connected: how many at once, from one address, and what they hold together.

A client costs memory before it has asked anything, and after it was answered: of its
request what has come so far, of its answer what it has not taken yet. Where that gets
too much in all, whoever holds most of it has to go.
"""

from __future__ import annotations

import resource
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from kgserver.model.refusal import Busy, TooManyConnections

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.refusal import Refusal
    from kgserver.serve.wire.bounds import Bounds, Times
    from kgserver.serve.wire.exchange import Exchange

_CONNECTIONS, _OTHERS = 2000, 200  # connections at most; other files that may be open
# Who holds less than this does not go for holding too much.
_LITTLE = 256 * 1024
_SECONDS = 1.0  # until a client that was turned away may come again


class Client(Protocol):
    """A connection, as far as it matters to the others."""

    peer: tuple[str, int]
    since: float
    deadline: float

    @property
    def busy(self) -> bool:
        """Whether a request of it is being answered."""

    @property
    def weight(self) -> int:
        """About how many bytes it holds."""

    def refuse(self, fault: Refusal) -> None:
        """Say why it has to go."""

    def relieve(self, fault: Refusal) -> bool:
        """Give back what is held; False where that cannot be."""

    def expire(self) -> None:
        """Its time is over."""

    def close_idle(self) -> None:
        """Let it go if it asks nothing."""

    def abort(self) -> None:
        """Cut it."""


class Keeper(Protocol):
    """Who keeps the connections, knows the time, and what answers."""

    times: Times
    stopping: bool
    date: bytes
    now: Callable[[], float]
    handler: Callable[[Exchange], None]
    note: Callable[[Exchange], None]
    crowd: Crowd


class Crowd:
    """The connections that there are; who is one too many is sent away."""

    def __init__(self, bounds: Bounds) -> None:
        self.connections: dict[Client, str] = {}
        self._bounds, self._most = bounds, bounds.connections or _room()
        self._owned: Counter[str] = Counter()
        self._moved = self._lent = 0

    def join(self, client: Client) -> None:
        """Take a client in; where there are too many, one that asks nothing goes.

        One beyond those that its owner may have is told so, but not endlessly.
        """
        owner = self._bounds.whose(client.peer[0])
        self.connections[client] = owner
        self._owned[owner] += 1
        most, owned = self._bounds.each, self._owned[owner]
        if owner and 0 < most < owned:
            if owned <= 2 * most:
                client.refuse(_too_many(most))
            else:
                client.abort()
        elif len(self.connections) + self._lent > self._most:
            idle = (each for each in self.connections if not each.busy)
            min(idle, key=lambda each: each.since, default=client).abort()

    def leave(self, client: Client) -> None:
        """Let a client go."""
        owner = self.connections.pop(client, None)
        if owner is not None:
            self._disown(owner)

    def _disown(self, owner: str) -> None:
        self._owned[owner] -= 1
        if not self._owned[owner]:
            del self._owned[owner]

    def lend(self, client: Client) -> str:
        """Let a client go to another process; whose it is, for it still counts."""
        self._lent += 1
        return self.connections.pop(client)

    def forget(self, owner: str) -> None:
        """A client that was lent counts no more: it has gone, or comes back."""
        self._lent -= 1
        self._disown(owner)

    def moved(self, size: int) -> None:
        """Note that so many bytes came in or are to go out; now and then, weigh all."""
        self._moved += size
        if self._moved * 16 > self._bounds.held:
            self._moved = 0
            self._make_room()

    def _make_room(self) -> None:
        weights = {each: each.weight for each in self.connections}
        total = sum(weights.values())
        for each in sorted(weights, key=lambda each: -weights[each]):
            if total <= self._bounds.held or weights[each] < _LITTLE:
                return
            if each.relieve(_FULL):
                total -= weights[each]


_FULL = Busy(
    "The server holds as much as it can of requests and answers on their way.",
    "Ask again in some seconds.",
    _SECONDS,
)


def _too_many(most: int) -> TooManyConnections:
    return TooManyConnections(
        f"Your address has more than {most} connections to this server.",
        "Close some, or ask several things on one.",
        _SECONDS,
    )


def _room() -> int:
    """How many connections there may be: as many as files that may be open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _OTHERS
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(most - _OTHERS, 16)
