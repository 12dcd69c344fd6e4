"""A page's query goes to the pool of engine processes, and its answer comes back whole.

For the threads that make pages; what answers in a format of its own is in `lane`.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections import Counter
from concurrent import futures
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import flask

from kgserver.ask.pool import causes
from kgserver.ask.pool.run import Run
from kgserver.ask.sparql import query
from kgserver.model.refusal import Refusal
from kgserver.serve import travel
from kgserver.serve.frame import site
from kgserver.serve.front.threads import EXCHANGE
from kgserver.serve.sparql import whose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.pool.past import Past
    from kgserver.ask.pool.pool import Pool
    from kgserver.ask.sparql.query import Question
    from kgserver.model.limits import Limits
    from kgserver.model.media import Media
    from kgserver.serve.wire.exchange import Exchange

_ENGINE = "kgserver-engine"
# Bytes of an answer that is put together in memory.
_LONGEST = 64 * 1024 * 1024
# Threads that may wait for a query at a time, and those of one client.
_PLACES, _MINE = 12, 6


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose query it is, over which version of the data, and for which exchange."""

    client: str
    version: int
    exchange: Exchange | None = None


def install(app: flask.Flask, pool: Pool, past: Past) -> None:
    """Let the application's queries go to processes, in the running event loop."""
    app.extensions[_ENGINE] = Engine(pool, past)


def answer(dataset: Dataset, question: Question, form: Media) -> bytes:
    """The whole answer; without a pool, this process evaluates the query."""
    return beginning(dataset, question, form, 0)


def beginning(dataset: Dataset, question: Question, form: Media, most: int) -> bytes:
    """The answer, or about so many bytes of it; its query ends where that is enough.

    0 is all of it, as far as that can be put together in memory.
    """
    engine: Engine | None = flask.current_app.extensions.get(_ENGINE)
    if engine is None:
        return query.answer(dataset, question, form).body
    request = flask.request
    client = whose.client(
        request.remote_addr or "",
        request.headers.get("X-Forwarded-For", ""),
        engine.limits.trusted_proxies,
    )
    asker = Asker(client, dataset.snapshot.version, request.environ.get(EXCHANGE))
    try:
        if not travel.version() or in_service(dataset):
            found = engine.ask(question, form, asker, most)
            # the workers know the newest version alone, which this is to the end
            if not travel.version() or in_service(dataset):
                return found
        return engine.ask(question, form, asker, most, dataset.directory)
    except SyntaxError as fault:
        raise query.explained(dataset, question, fault) from fault


def in_service(dataset: Dataset) -> bool:
    """Whether this is the version that is served now."""
    return site.live().dataset() is dataset


class Engine:
    """The processes that answer, for threads beside their event loop."""

    def __init__(self, pool: Pool, past: Past) -> None:
        self.limits: Limits = pool.limits
        self._pool, self._past = pool, past
        self._loop = asyncio.get_running_loop()
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def ask(
        self,
        question: Question,
        form: Media,
        asker: Asker,
        most: int = 0,
        directory: Path | None = None,
    ) -> bytes:
        """The whole answer, or about so many bytes of it.

        It is that of the asker's version of the data, or of a later one; with a
        directory, that of the version there. Raises a Refusal, or SyntaxError as the
        engine said it. The query ends when the client of the exchange goes away.
        """
        asked = query.task(question, form, self.limits)
        asked = replace(asked, size=min(asked.size or _LONGEST, _LONGEST))
        lowered = 0 < question.query.seconds == asked.seconds
        drop = self._past.drop if directory else self._pool.drop
        whole = _Whole(most, drop)
        run = Run(
            asked, whole, asker.client, question.form, asker.version, lowered=lowered
        )
        with self._place(asker.client):
            submit = functools.partial(self._submit, run, directory, asker.exchange)
            self._loop.call_soon_threadsafe(submit)
            return whole.result.result()

    @contextlib.contextmanager
    def _place(self, client: str) -> Iterator[None]:
        """One of the places for threads that wait; raises Busy where none is left.

        Who waits holds a thread, and some are to be left for pages that ask nothing.
        """
        with self._lock:
            mine, all_ = self._waiting[client], self._waiting.total()
            if (client and mine >= _MINE) or all_ >= _PLACES:
                raise causes.busy(self.limits)
            self._waiting[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[client] -= 1
                self._waiting += Counter()  # those of whom none waits are forgotten

    def _submit(
        self, run: Run, directory: Path | None, exchange: Exchange | None
    ) -> None:
        drop = self._past.drop if directory else self._pool.drop
        try:
            if exchange:
                exchange.watch(lambda: drop(run))
            if directory:
                self._past.submit(run, directory)
            else:
                self._pool.submit(run)
        except Refusal as fault:
            run.listener.failed(run, fault)


class _Whole:
    """An answer that is put together, until there is enough of it."""

    def __init__(self, most: int, drop: Callable[[Run, str], None]) -> None:
        self.result: futures.Future[bytes] = futures.Future()
        self._pieces: list[bytes] = []
        self._size, self._most, self._drop = 0, most, drop

    def piece(self, run: Run, data: bytes) -> None:
        """Keep a piece."""
        self._pieces.append(data)
        self._size += len(data)
        if 0 < self._most <= self._size:
            self._drop(run, "answered")
            self.ended(run, b"")

    def ended(self, _: Run, last: bytes) -> None:
        """Hand over what there is."""
        self.result.set_result(b"".join([*self._pieces, last]))

    def failed(self, _: Run, fault: Refusal | SyntaxError) -> None:
        """Hand over why there is no answer."""
        self._pieces.clear()
        self.result.set_exception(fault)
