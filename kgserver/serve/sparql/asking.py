"""A page's query goes to the pool of engine processes, and its answer comes back whole.

For the threads that make pages; what answers in a format of its own is in `lane`.
"""

from __future__ import annotations

import asyncio
from concurrent import futures
from dataclasses import replace
from typing import TYPE_CHECKING

import flask

from kgserver.ask.engine import past
from kgserver.ask.engine.run import Run
from kgserver.ask.sparql import query
from kgserver.model.refusal import Refusal, TooBig
from kgserver.serve import site, travel
from kgserver.serve.front.threads import EXCHANGE
from kgserver.serve.sparql import whose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.engine.pool import Pool
    from kgserver.ask.engine.task import Task
    from kgserver.ask.sparql.query import Question
    from kgserver.model.limits import Limits
    from kgserver.model.media import Media
    from kgserver.serve.wire.exchange import Exchange

_MEGABYTE = 1024 * 1024
_LONGEST = 16 * _MEGABYTE  # of an answer that a page is made from, in this process
_ENGINE = "kgserver-engine"


def install(app: flask.Flask, pool: Pool) -> None:
    """Let the application's queries go to a pool, in the running event loop."""
    app.extensions[_ENGINE] = Engine(pool)


def answer(dataset: Dataset, question: Question, form: Media) -> bytes:
    """The whole answer; without a pool, this process evaluates the query."""
    engine: Engine | None = flask.current_app.extensions.get(_ENGINE)
    if engine is None:
        return query.answer(dataset, question, form).body
    request = flask.request
    client = whose.client(
        request.remote_addr or "",
        request.headers.get("X-Forwarded-For", ""),
        engine.limits.trusted_proxies,
    )
    exchange: Exchange | None = request.environ.get(EXCHANGE)
    version = dataset.snapshot.version
    try:
        if not travel.version() or _in_service(dataset):
            found = engine.ask(question, form, client, version, exchange)
            # the workers know the newest version alone, which this is to the end
            if not travel.version() or _in_service(dataset):
                return found
        asked = query.task(question, form, engine.limits)
        return engine.then(asked, dataset.directory, client, exchange)
    except SyntaxError as fault:
        raise query.explained(dataset, question, fault) from fault


def _in_service(dataset: Dataset) -> bool:
    return site.live().dataset() is dataset


class Engine:
    """The pool, for threads beside its event loop."""

    def __init__(self, pool: Pool) -> None:
        self.limits: Limits = pool.limits
        self.past = past.Past(pool.limits)
        self._pool = pool
        self._loop = asyncio.get_running_loop()

    def ask(
        self,
        question: Question,
        form: Media,
        client: str,
        version: int,
        exchange: Exchange | None = None,
    ) -> bytes:
        """The whole answer, from this version of the data or a later one.

        Raises a Refusal, or SyntaxError as the engine said it. The query ends when the
        client of the exchange goes away.
        """
        asked = query.task(question, form, self.limits)
        asked = replace(asked, size=min(asked.size or _LONGEST, _LONGEST))
        whole = _Whole()
        lowered = 0 < question.query.seconds == asked.seconds
        run = Run(asked, whole, client, question.form, version, lowered=lowered)
        self._loop.call_soon_threadsafe(self._submit, run, whole, exchange)
        try:
            return whole.result.result()
        except TooBig as fault:
            if fault.limit == "result_megabytes" and asked.size == _LONGEST:
                raise _over_a_page() from fault
            raise

    def then(
        self, asked: Task, directory: Path, client: str, exchange: Exchange | None
    ) -> bytes:
        """The whole answer from a version that is not in service, like `ask`."""

        def begun(end: Callable[[], None]) -> None:
            if exchange:
                self._loop.call_soon_threadsafe(exchange.watch, end)

        return self.past.ask(asked, directory, client, begun)

    def _submit(self, run: Run, whole: _Whole, exchange: Exchange | None) -> None:
        try:
            if exchange:
                exchange.watch(lambda: self._pool.drop(run))
            self._pool.submit(run)
        except Refusal as fault:
            whole.failed(run, fault)


def _over_a_page() -> TooBig:
    most = _LONGEST // _MEGABYTE
    return TooBig(
        "result_megabytes",
        most,
        f"The answer is longer than the {most} MB that a page can be made of.",
        "Ask for less, with LIMIT, or download it: as JSON, CSV or TSV it may be long.",
    )


class _Whole:
    """An answer that is put together."""

    def __init__(self) -> None:
        self.result: futures.Future[bytes] = futures.Future()
        self._pieces: list[bytes] = []

    def piece(self, _: Run, data: bytes) -> None:
        """Keep a piece."""
        self._pieces.append(data)

    def ended(self, _: Run, last: bytes) -> None:
        """Hand over all of it."""
        self.result.set_result(b"".join([*self._pieces, last]))

    def failed(self, _: Run, fault: Refusal | SyntaxError) -> None:
        """Hand over why there is no answer."""
        self._pieces.clear()
        self.result.set_exception(fault)
