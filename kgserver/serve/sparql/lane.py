"""The way of a query through the event loop: asked, put to the pool, answered.

Nothing else stands on it: a small answer goes from the worker's socket to the client's
in a few calls, a large one as its pieces come, no faster than the client takes them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from kgserver.ask.pool.outcome import Outcome, new_id
from kgserver.ask.pool.run import Run
from kgserver.ask.sparql import query
from kgserver.model.refusal import BadRequest, Refusal
from kgserver.serve import refusals, rendering
from kgserver.serve.front import coding
from kgserver.serve.sparql import asked, replies, whose
from kgserver.serve.sparql.answering import Answering, Order
from kgserver.serve.sparql.endpoint import REFUSAL
from kgserver.serve.sparql.lookups import Lookups
from kgserver.serve.sparql.replies import Replies
from kgserver.serve.wire import headers

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.pool.outcome import Recorder
    from kgserver.ask.pool.pool import Pool
    from kgserver.model.settings import Settings
    from kgserver.serve.front.finished import Place
    from kgserver.serve.front.threads import Threads
    from kgserver.serve.live import Live
    from kgserver.serve.sparql.asked import Asked
    from kgserver.serve.wire.exchange import Exchange
    from kgserver.serve.wire.request import Request

_NAMES = 1000  # names that clients gave their queries, of which is known that they did
# A request this long is looked at in a thread: its tokens take longer than a moment.
_LONG = 8 * 1024
_SAID = f"{replies.VARY}, Accept-Language"  # a refusal is in the reader's language


class Lane:
    """The way; everything on it happens in the event loop, but for long texts.

    `named` are the last names that clients gave their queries.
    """

    def __init__(
        self,
        settings: Settings,
        live: Live,
        pool: Pool,
        threads: Threads,
        recorder: Recorder,
    ) -> None:
        self.threads = threads
        self._settings, self._live = settings, live
        self._pool, self._recorder = pool, recorder
        self._lookups = Lookups(settings, recorder, pool.budget)
        self._endpoints = settings.service_endpoints
        self._looking = asyncio.Semaphore()
        self.named: deque[str] = deque(maxlen=_NAMES)
        self._replies = Replies(settings)

    def take(self, exchange: Exchange, place: Place | None) -> None:
        """Answer a request to the endpoint."""
        request = exchange.request
        if is_apart(request):
            self.threads.take(exchange, place)
            return
        dataset = self._live.at_hand()
        size = len(request.target) + len(request.body)
        if dataset is None or size > _LONG:
            self.threads.begin(exchange, self._look(exchange, place))
            return
        try:
            found = self._considered(exchange, dataset)
        except Refusal as fault:
            self.refuse(exchange, fault)
            return
        self._go_on(exchange, place, (dataset, found))

    def _considered(self, exchange: Exchange, dataset: Dataset) -> Asked | None:
        lookups = self._lookups.free
        return asked.read(exchange.request, dataset, self._endpoints, lookups=lookups)

    async def _look(self, exchange: Exchange, place: Place | None) -> None:
        """Look at a long request in a thread: one at a time, as each takes memory."""

        def look() -> tuple[Dataset, Asked | None]:
            dataset = self._live.dataset()
            return dataset, self._considered(exchange, dataset)

        try:
            async with self._looking:
                found = await self.threads.run(look)
        except Refusal as fault:
            self.refuse(exchange, fault)
            return
        self._go_on(exchange, place, found)

    def _go_on(
        self,
        exchange: Exchange,
        place: Place | None,
        found: tuple[Dataset, Asked | None],
    ) -> None:
        """Leave to the application what is for people; put the rest to the pool."""
        dataset, question = found
        if question is None or question.apart:
            self.threads.take(exchange, place)
            return
        order = Order(exchange, place, dataset, question)
        known = self._replies.known(order)
        if known:
            known.send(exchange, coding.IDENTITY)
            return
        if question.is_lookup:
            body = self._lookups.answer(order)
            if body is not None:
                self.complete(order, body)
                return
            try:
                order.asked = asked.reconsider(question, self._endpoints)
            except Refusal as fault:
                self.refuse(exchange, fault)
                return
        self._submit(order)

    def _submit(self, order: Order) -> None:
        exchange, question = order.exchange, order.asked.question
        request, limits = exchange.request, self._settings
        task = query.task(question, order.asked.form, limits)
        if len(task.text) > _LONG:
            order.asked = order.asked.without_tokens()
        name = question.query.name
        run = Run(
            task,
            Answering(self, order),
            whose.asks(request, limits.trusted_proxies),
            question.form,
            order.dataset.snapshot.version,
            lowered=0 < question.query.seconds == task.seconds,
        )
        if name:
            run.id = name
            self.named.append(name)
        exchange.identifier = run.id
        try:
            if name and self._pool.find(name):
                raise BadRequest(
                    "A query of this name is running already.", "Take another name."
                )
            exchange.watch(lambda: self._pool.drop(run))
            self._pool.submit(run)
        except Refusal as fault:
            self.refuse(exchange, fault, recorded=not isinstance(fault, BadRequest))

    def complete(self, order: Order, body: bytes) -> None:
        """Send a whole answer; it is kept where it may be."""
        kept, exchange = self._replies.keep(order, body), order.exchange
        wanted = coding.choose(exchange.request.header(b"accept-encoding"))
        self.threads.give(exchange, kept, wanted, replies.query_id(exchange))

    def fail(self, order: Order, fault: Refusal | SyntaxError) -> None:
        """Say why there is no answer."""
        if isinstance(fault, SyntaxError):
            self.threads.begin(order.exchange, self._explain(order, fault))
        else:
            self.refuse(order.exchange, fault, recorded=True)

    async def _explain(self, order: Order, fault: SyntaxError) -> None:
        said = await self.threads.run(
            query.explained, order.dataset, order.asked.question, fault
        )
        self.refuse(order.exchange, said, recorded=True)

    def refuse(
        self, exchange: Exchange, fault: Refusal, *, recorded: bool = False
    ) -> None:
        """Refuse a request: with a problem document, or a page for who reads pages."""
        exchange.identifier = exchange.identifier or new_id()
        if not recorded:
            self._recorder.record(Outcome(exchange.identifier, "", "refused"))
        if refusals.wants_page(exchange.request.header(b"accept")):
            self.threads.take(exchange, None, **{REFUSAL: fault})
            return
        language = exchange.request.header(b"accept-language")
        status, fields, body = refusals.document(fault, language)
        fields += [("Vary", _SAID), *rendering.fields(self._settings, status)]
        head = headers.encoded(fields) + replies.query_id(exchange)
        exchange.send(status, head, body)

    def unmark(self, order: Order) -> None:
        """Take the validator away: a later version answers than the one it is of."""
        order.asked = replace(order.asked, tag="")

    def head(self, order: Order, used: str) -> bytes:
        """The header of an answer that is begun before it is complete."""
        return self._replies.head(order, used)


def is_apart(request: Request) -> bool:
    """Whether a request to the endpoint is none to the engine."""
    bare = request.method in {"GET", "HEAD"} and b"?" not in request.target
    return bare or request.method == "OPTIONS" or b"accept-datetime" in request.headers
