"""A client's query goes to the pool of engine processes, and its answer comes back.

An answer is put together here before it is sent: the server in front ends a body that
breaks off as if it were complete, so nothing that may yet break off is begun.
"""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from concurrent import futures
from typing import TYPE_CHECKING

import flask

from kgserver.ask.engine import past
from kgserver.ask.engine.pool import Pool
from kgserver.ask.engine.run import Run
from kgserver.ask.sparql import query
from kgserver.model.refusal import NotReady, Refusal
from kgserver.serve import site, travel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.engine.outcome import Outcome
    from kgserver.ask.sparql.query import Question
    from kgserver.model.limits import Limits
    from kgserver.model.media import Media

_ENGINE = "kgserver-engine"
# seconds that the workers of a new version may take to come, and between two looks
_MOMENT, _AGAIN = 10.0, 0.02
_LOCAL = ("127.0.0.1", "::1")


def install(app: flask.Flask, path: str, limits: Limits) -> None:
    """Let the application's queries go to the pool whose mother listens at a path."""
    app.extensions[_ENGINE] = Engine(path, limits)


def answer(dataset: Dataset, question: Question, form: Media) -> bytes:
    """The whole answer; without a pool, this process evaluates the query."""
    engine: Engine | None = flask.current_app.extensions.get(_ENGINE)
    if engine is None:
        return query.answer(dataset, question, form).body
    client = _client(engine.limits.trusted_proxies)
    try:
        if not travel.version() or _in_service(dataset):
            found = engine.ask(question, form, client, dataset.snapshot.version)
            # the workers know the newest version alone, which this is to the end
            if not travel.version() or _in_service(dataset):
                return found
        asked = query.task(question, form, engine.limits)
        return engine.past.ask(asked, dataset.directory, client)
    except SyntaxError as fault:
        raise query.explained(dataset, question, fault) from fault


def _in_service(dataset: Dataset) -> bool:
    return site.live().dataset() is dataset


def _client(trusted: Sequence[str]) -> str:
    """Whose query time it is: the last address that no trusted proxy has.

    A client on this machine is the operator's own and has no name.
    """
    address = flask.request.remote_addr or ""
    if not _within(address, trusted):
        return "" if address in _LOCAL else address
    said = flask.request.headers.get("X-Forwarded-For", "").split(",")
    foreign = (each.strip() for each in reversed(said))
    return next((each for each in foreign if each and not _within(each, trusted)), "")


def _within(address: str, networks: Sequence[str]) -> bool:
    try:
        found = ipaddress.ip_address(address)
        return any(
            found in ipaddress.ip_network(each, strict=False) for each in networks
        )
    except ValueError:
        return False


class Engine:
    """The pool, in an event loop of its own, for the threads that answer requests."""

    def __init__(self, path: str, limits: Limits) -> None:
        self.limits = limits
        self.past = past.Past(limits)
        self._loop = asyncio.new_event_loop()
        self.pool = Pool(path, limits, _Nobody())
        self._loop.call_soon(self.pool.start)
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def ask(self, question: Question, form: Media, client: str, version: int) -> bytes:
        """The whole answer, from this version of the data or a later one.

        Raises a Refusal, or SyntaxError as the engine said it. The workers of a new
        version come a moment after it; an answer of those before them must not be
        taken for one of the new version.
        """
        asked = query.task(question, form, self.limits)
        end = time.monotonic() + _MOMENT
        while True:
            whole = _Whole()
            run = Run(asked, whole, client, question.form)
            self._loop.call_soon_threadsafe(self._submit, run, whole)
            body = whole.result.result()
            if run.version >= version:
                return body
            if time.monotonic() > end:
                raise NotReady("The new version is being opened.", "Ask again soon.")
            time.sleep(_AGAIN)

    def _submit(self, run: Run, whole: _Whole) -> None:
        try:
            self.pool.submit(run)
        except Refusal as fault:
            whole.failed(run, fault)


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


class _Nobody:
    """Takes no note of how queries end."""

    def record(self, _: Outcome) -> None:
        """Nothing is noted."""
