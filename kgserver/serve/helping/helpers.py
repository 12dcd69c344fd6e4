"""The helpers as the web process sees them: called, lent clients, heard, missed."""

from __future__ import annotations

import asyncio
import itertools
import os
from typing import TYPE_CHECKING

from kgserver.serve import processes
from kgserver.serve.front.finished import Place
from kgserver.serve.helping.line import (
    Back,
    Copy,
    Idle,
    Left,
    Lent,
    Line,
    Recall,
    Report,
)
from kgserver.serve.helping.load import Load
from kgserver.serve.helping.returned import Returned
from kgserver.serve.operations import metrics
from kgserver.serve.wire.connection import Connection

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from kgserver.ask.pool.budget import Budget
    from kgserver.serve.helping.line import Message
    from kgserver.serve.processes import Ways
    from kgserver.serve.wire.port import Port

_LOOK = 0.25  # seconds between two looks
# Of a processor's time: what the event loop takes where it wants help, and from when on
# it makes use of that which is there.
_BUSY, _LIVELY = 0.5, 0.2
_LOOKS = 3  # in which it was busy, before a helper is called
_STREAK = 20  # easy requests one after the other, before a client is lent
_LATELY = 2.0  # seconds within which a client has asked that is lent
_COMING = 120  # looks that a helper may take to come
_SMALL = 64 * 1024  # bytes of a response that goes with a client


class _Helper:
    """One of them: its line, and the owner of each connection that it has."""

    def __init__(
        self,
        number: int,
        channel: socket.socket,
        hear: Callable[[_Helper, Message, int], None],
        miss: Callable[[_Helper], None],
    ) -> None:
        self.number = number
        self.share = 0.0  # of a processor's time
        self.lent: dict[int, str] = {}
        self.line = Line(
            channel,
            lambda message, handle: hear(self, message, handle),
            lambda: miss(self),
        )


class Helpers:
    """All of them, `most` at a time, and no more than there are other processors."""

    def __init__(self, port: Port, budget: Budget, ways: Ways, most: int) -> None:
        self._port, self._budget = port, budget
        self._call = ways.call
        self._helpers: list[_Helper] = []
        self._most = min(processes.processors() - 1, most) if ways.helpers else 0
        self._numbers = itertools.count(1)
        self._busy = self._coming = 0
        self._load = Load()
        self._loop = asyncio.get_running_loop()
        if ways.helpers:
            ways.helpers.setblocking(False)
            self._loop.add_reader(ways.helpers, self._accept, ways.helpers)
        self._look()

    @property
    def lent(self) -> int:
        """How many connections helpers have."""
        return sum(len(each.lent) for each in self._helpers)

    def _accept(self, listener: socket.socket) -> None:
        """A helper has come."""
        try:
            channel, _ = listener.accept()
        except OSError:  # and has gone
            return
        if len(self._helpers) >= self._most:  # it took so long that another was called
            channel.close()
            return
        number = next(self._numbers)
        self._helpers.append(_Helper(number, channel, self._hear, self._miss))
        self._coming = 0

    def _hear(self, helper: _Helper, message: Message, handle: int) -> None:
        """A helper gives a client back, or tells something."""
        if isinstance(message, Back):
            self._forget(helper, message.number)
            self._port.adopt(handle, Returned(self._port, message.data))
        elif isinstance(message, Left):
            self._forget(helper, message.number)
        elif isinstance(message, Report):
            helper.share = message.share
            metrics.hear(helper.number, message.counts)
            for client, (seconds, longest) in message.spent.items():
                self._budget.charge(client, seconds, longest)
        elif isinstance(message, Idle) and not helper.lent:
            helper.line.close()
            self._miss(helper)

    def _forget(self, helper: _Helper, number: int) -> None:
        owner = helper.lent.pop(number, None)
        if owner is not None:
            self._port.crowd.forget(owner)

    def _miss(self, helper: _Helper) -> None:
        """A helper has ended, and its clients with it."""
        for number in list(helper.lent):
            self._forget(helper, number)
        if helper in self._helpers:
            self._helpers.remove(helper)
        metrics.keep(helper.number)

    def _look(self) -> None:
        """Look whether help is wanted, and have it."""
        self._loop.call_later(_LOOK, self._look)
        share = self._load.share()
        self._busy = self._busy + 1 if share > _BUSY else 0
        if share > _LIVELY and self._most > 0:
            self._lend_some(list(self._easy()))
        for each in self._helpers:
            if each.share > max(_BUSY, share + _LIVELY):
                each.line.say(Recall(len(each.lent) // 2))
                each.share = 0.0  # until it reports anew
        self._coming = max(self._coming - 1, 0)

    def _easy(self) -> Iterable[Connection]:
        """The connections of those who ask a lot, and nothing that is not easy."""
        since = self._port.now() - _LATELY
        for each in self._port.crowd.connections:
            if not isinstance(each, Connection) or each.streak < _STREAK:
                continue
            if each.since > since and each.is_still:
                yield each

    def _lend_some(self, easy: list[Connection]) -> None:
        """Lend as many as make all processes have about as many."""
        missing = len(self._helpers) + (self._coming > 0) < self._most
        if missing and self._busy >= _LOOKS and len(easy) > len(self._helpers) + 1:
            self._coming = _COMING
            os.write(self._call, b".")
        left = len(easy)
        for each in easy:
            ready = [h for h in self._helpers if not h.line.full]
            helper = min(ready, key=lambda h: len(h.lent), default=None)
            if helper is None or len(helper.lent) + 1 >= left:
                return
            self._lend(each, helper)
            left -= 1

    def _lend(self, client: Connection, helper: _Helper) -> None:
        number, handle = next(self._numbers), client.detach()
        copy = _copy(client.easy) if isinstance(client.easy, Place) else None
        helper.lent[number] = self._port.crowd.lend(client)
        helper.line.say(Lent(number, copy), handle)


def _copy(place: Place) -> Copy | None:
    """What is kept there, for a helper, if it is small."""
    kept = place.find()
    small = kept is not None and kept.size < _SMALL
    return Copy(place.shelf.state, place.key, kept.plain()) if kept and small else None
