"""A helper's process: it answers what is kept, and lookups, on its own event loop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from typing import TYPE_CHECKING

import uvloop

from kgserver.ask.engine import memory
from kgserver.model.refusal import Refusal
from kgserver.serve.front import coding
from kgserver.serve.front.finished import Finished
from kgserver.serve.helping.borrowed import Borrowed
from kgserver.serve.helping.line import Back, Idle, Left, Lent, Line, Recall, Report
from kgserver.serve.helping.load import Load
from kgserver.serve.helping.spending import Spending
from kgserver.serve.live import Live
from kgserver.serve.operations import metrics
from kgserver.serve.operations.journal import Journal
from kgserver.serve.processes import KIND
from kgserver.serve.sparql import asked, lane, replies
from kgserver.serve.sparql.answering import Order
from kgserver.serve.sparql.lookups import Lookups
from kgserver.serve.sparql.replies import Replies
from kgserver.serve.wire.bounds import Bounds, Times
from kgserver.serve.wire.port import Port

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.ask.dataset import Dataset
    from kgserver.model.settings import Settings
    from kgserver.serve.front.finished import Place
    from kgserver.serve.front.shelf import Kept
    from kgserver.serve.helping.line import Message
    from kgserver.serve.wire.exchange import Exchange

_GRACE = 3.0  # seconds that requests in flight have to end when the server stops
_TURN = 0.001  # seconds that a thread may hold Python's lock
_EVERY = 0.25  # seconds between two reports
_IDLE = 10.0  # seconds without a client, after which it ends
_HELD = 64 * 1024 * 1024  # bytes of requests and answers on their way


def run(settings: Settings, address: str) -> None:
    """Help until told to stop; at `address` the web process waits for helpers."""
    memory.share_one_arena()
    sys.setswitchinterval(_TURN)
    uvloop.run(_serve(settings, address))


async def _serve(settings: Settings, address: str) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    channel = socket.socket(*KIND)
    channel.connect(address)
    helper = Helper(settings, channel, told.set)
    memory.settle()
    gc.set_threshold(20_000, 20, 50)
    await told.wait()
    await helper.port.close(_GRACE)


class Helper:
    """What is there to answer with; `stop` is called when nobody needs it."""

    def __init__(
        self, settings: Settings, channel: socket.socket, stop: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._live = Live(settings.state)
        self._journal = Journal(settings)
        self._spending = Spending(settings.client_seconds)
        self._lookups = Lookups(settings, self._journal, self._spending)
        self._replies = Replies(settings)
        room = settings.kept_responses * 1024 * 1024
        self._finished = Finished(self._live.glance, room)
        times = Times(transfer=settings.transfer_seconds)
        self.port = Port(self._answer, self._journal.note, times, Bounds(held=_HELD))
        self.port.begin()
        self._line = Line(channel, self._hear, stop)
        self._idle_since = self._loop.time()
        self._load = Load()
        self._opening: asyncio.Future[Dataset] | None = None
        self._open()
        self._report()

    def _hear(self, message: Message, handle: int) -> None:
        """The web process lends a client, or wants some back."""
        if isinstance(message, Recall):
            self._return(message.clients)
        elif isinstance(message, Lent):
            self._borrow(message, handle)

    def _return(self, number: int) -> None:
        clients = [c for c in self.port.crowd.connections if isinstance(c, Borrowed)]
        for each in clients[:number]:
            each.leave()

    def _borrow(self, message: Lent, handle: int) -> None:
        if message.copy:
            place = self._finished.at(message.copy.state, message.copy.key)
            if place:
                place.put(message.copy.kept)
        number = message.number
        client = Borrowed(
            self.port,
            lambda data, back: self._line.say(Back(number, data), back),
            lambda: self._line.say(Left(number)),
        )
        self.port.adopt(handle, client)

    def _answer(self, exchange: Exchange) -> None:
        """Answer what can be answered at once; nothing else is touched."""
        place = self._finished.place(exchange.request)
        kept = place.find() if place else None
        path = exchange.request.target.partition(b"?")[0]
        if kept:
            extra = replies.recall(exchange, self._journal.kept)
            _send(exchange, kept, extra)
        elif path == replies.PATH and not lane.is_apart(exchange.request):
            self._look_up(exchange, place)

    def _look_up(self, exchange: Exchange, place: Place | None) -> None:
        dataset = self._live.at_hand()
        if dataset is None:
            self._open()
            return
        endpoints = self._settings.service_endpoints
        try:
            found = asked.read(exchange.request, dataset, endpoints, lookups=True)
        except Refusal:
            return
        if found is None or found.apart or not found.is_lookup:
            return
        order = Order(exchange, place, dataset, found)
        known = self._replies.known(order)
        if known:
            known.send(exchange, coding.IDENTITY)
            return
        body = self._lookups.answer(order)
        if body is not None:
            kept = self._replies.keep(order, body)
            _send(exchange, kept, replies.query_id(exchange))

    def _open(self) -> None:
        """Open the version in service in a thread: meanwhile all clients go back."""
        if self._opening is None or self._opening.done():
            self._opening = self._loop.run_in_executor(None, self._live.dataset)
            self._opening.add_done_callback(asyncio.Future.exception)

    def _report(self) -> None:
        """Tell the web process again and again what was used, and of idleness."""
        self._loop.call_later(_EVERY, self._report)
        spent, counts = self._spending.take(), metrics.counts()
        self._line.say(Report(self._load.share(), spent, counts))
        now = self._loop.time()
        if self.port.crowd.connections:
            self._idle_since = now
        elif now - self._idle_since > _IDLE:
            self._idle_since = now
            self._line.say(Idle())


def _send(exchange: Exchange, kept: Kept, extra: bytes) -> None:
    wanted = exchange.request.header(b"accept-encoding")
    chosen = coding.choose(wanted) if wanted else coding.IDENTITY
    kept.code(chosen)
    kept.send(exchange, chosen, extra)
