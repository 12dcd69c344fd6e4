"""The web process: one event loop on which all that is asked comes in and goes out.

What is finished is sent at once, a query goes its lane to the pool of engine processes,
and pages are made by Flask in threads beside the loop.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from typing import TYPE_CHECKING

import uvloop

from kgserver.ask.engine import memory
from kgserver.ask.pool.past import Past
from kgserver.ask.pool.pool import Pool
from kgserver.serve import app
from kgserver.serve.front import coding, threads
from kgserver.serve.front.finished import Finished
from kgserver.serve.front.rest import Rest
from kgserver.serve.front.threads import Threads
from kgserver.serve.helping.helpers import Helpers
from kgserver.serve.live import Live
from kgserver.serve.operations import metrics
from kgserver.serve.operations.journal import Journal
from kgserver.serve.sparql import asking, cancelling, lane, replies, whose
from kgserver.serve.sparql.handing import Handing
from kgserver.serve.wire.bounds import Bounds, Times
from kgserver.serve.wire.port import Port

if TYPE_CHECKING:
    import socket
    from multiprocessing.connection import Connection

    from kgserver.model.settings import Settings
    from kgserver.serve.front.finished import Place
    from kgserver.serve.front.shelf import Kept
    from kgserver.serve.processes import Ways
    from kgserver.serve.wire.exchange import Exchange

_GRACE = 3.0  # seconds that requests in flight have to end when the server stops
# Seconds that a thread may hold Python's lock while the event loop waits for it.
_TURN = 0.001
_QUERIES = cancelling.QUERIES.encode()


def run(
    settings: Settings, listener: socket.socket, ways: Ways, ready: Connection
) -> None:
    """Answer until told to stop."""
    memory.share_one_arena()
    sys.setswitchinterval(_TURN)
    uvloop.run(_serve(settings, listener, ways, ready))


async def _serve(
    settings: Settings, listener: socket.socket, ways: Ways, ready: Connection
) -> None:
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    web = Web(settings, ways)
    await web.port.open(listener)
    memory.settle()
    gc.set_threshold(20_000, 20, 50)
    Rest()
    ready.send(True)
    ready.close()
    await told.wait()
    await web.port.close(_GRACE)


class Web:
    """What is there to answer with."""

    def __init__(self, settings: Settings, ways: Ways) -> None:
        live = Live(settings.state)
        self._journal = Journal(settings)
        self._finished = Finished(live.glance, settings.kept_responses * 1024 * 1024)
        self._settings = settings
        self._pool = pool = Pool(ways.engine, settings, self._journal)
        pool.start()
        application = app.create_app(settings, live)
        self._past = past = Past(settings, self._journal, pool.budget)
        asking.install(application, pool, past)
        self._threads = Threads(application)
        self._lane = lane.Lane(settings, live, pool, self._threads, self._journal)
        Handing(settings, self._lane, self._threads, pool, past)
        times = Times(transfer=settings.transfer_seconds)
        bounds = Bounds(each=settings.client_connections, whose=self._whose)
        self.port = Port(self._answer, self._journal.note, times, bounds)
        helpers = Helpers(self.port, pool.budget, ways, settings.helpers)
        metrics.watch(
            lambda: len(pool.running),
            lambda: len(pool.waiting),
            lambda: len(self.port.crowd.connections) + helpers.lent,
            lambda: self._finished.size,
        )

    def _cancel(self, name: str) -> bool:
        """End the query of this name; False where there is none."""
        return self._pool.cancel(name) or self._past.cancel(name)

    def _whose(self, address: str) -> str:
        """Whose connections come from an address; a proxy's are everybody's."""
        return whose.client(address, "", self._settings.trusted_proxies)

    def _answer(self, exchange: Exchange) -> None:
        """Answer a request; a fault of ours must not end the connection unseen."""
        try:
            self._choose(exchange)
        except Exception:
            threads.fail(exchange)

    def _choose(self, exchange: Exchange) -> None:
        place = self._finished.place(exchange.request)
        kept = place.find() if place else None
        path = exchange.request.target.partition(b"?")[0]
        if kept:
            self._give(exchange, kept, place)
        elif path == replies.PATH:
            self._lane.take(exchange, place)
        elif path.startswith(_QUERIES):
            named, settings = self._lane.named, self._settings
            cancelling.answer(exchange, self._cancel, named, settings)
        else:
            self._threads.take(exchange, place)

    def _give(self, exchange: Exchange, kept: Kept, place: Place | None) -> None:
        extra = replies.recall(exchange, self._journal.kept)
        exchange.easy = place
        wanted = exchange.request.header(b"accept-encoding")
        chosen = coding.choose(wanted) if wanted else coding.IDENTITY
        self._threads.give(exchange, kept, chosen, extra)
