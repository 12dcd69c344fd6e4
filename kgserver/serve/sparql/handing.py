"""The body of an answer whose head a view has made: see `serve/data/handed.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from kgserver.ask.pool.outcome import new_id
from kgserver.ask.pool.run import Run
from kgserver.ask.sparql import query
from kgserver.model.refusal import BadRequest, Busy, Refusal
from kgserver.serve.front import coding, response, shelf
from kgserver.serve.sparql import replies, whose
from kgserver.serve.sparql.answering import Answering
from kgserver.serve.wire import headers

if TYPE_CHECKING:
    from kgserver.ask.pool.past import Past
    from kgserver.ask.pool.pool import Pool
    from kgserver.model.settings import Settings
    from kgserver.serve.data.handed import Handed
    from kgserver.serve.front.finished import Place
    from kgserver.serve.front.response import Response
    from kgserver.serve.front.threads import Threads
    from kgserver.serve.sparql.lane import Lane
    from kgserver.serve.wire.exchange import Exchange


@dataclass(slots=True)
class _Order:
    """One request whose answer's body is on its way."""

    exchange: Exchange
    place: Place | None
    answer: Response
    handed: Handed


class Handing:
    """Takes over from the application; everything here is in the event loop."""

    def __init__(
        self, settings: Settings, way: Lane, threads: Threads, pool: Pool, past: Past
    ) -> None:
        self.threads = threads
        self._settings, self._lane, self._pool, self._past = settings, way, pool, past
        threads.hand_over = self.take

    def take(
        self, exchange: Exchange, place: Place | None, made: Response, left: object
    ) -> None:
        """Bring the body to the head that the application made."""
        handed = cast("Handed", left)
        made.headers.remove("Content-Length")
        order = _Order(exchange, place, made, handed)
        if exchange.request.method == "HEAD":
            exchange.identifier = new_id()
            exchange.begin(200, self.head(order, coding.IDENTITY))
            exchange.end()
            return
        run, drop = self._run(order), (self._past if handed.past else self._pool).drop
        exchange.identifier = run.id
        exchange.watch(lambda: drop(run))
        try:
            self._check_name(handed)
            if handed.past:
                self._past.submit(run, handed.dataset.directory)
            else:
                self._pool.submit(run)
        except Refusal as fault:
            self.fail(order, fault)

    def _run(self, order: _Order) -> Run:
        handed, request = order.handed, order.exchange.request
        question, limits = handed.question, self._settings
        exact = handed.exact and not handed.past
        run = Run(
            handed.task,
            _Exactly(self, order, self._pool) if exact else Answering(self, order),
            whose.asks(request, limits.trusted_proxies),
            question.form if question else "graph",
            handed.dataset.snapshot.version,
        )
        if question:
            run.lowered = 0 < question.query.seconds == handed.task.seconds
            run.id = question.query.name or run.id
        return run

    def _check_name(self, handed: Handed) -> None:
        """Note what a client calls its query; raises BadRequest where one has it."""
        name = handed.question.query.name if handed.question else ""
        if name and (self._pool.find(name) or self._past.find(name)):
            said = "A query of this name is running already."
            raise BadRequest(said, "Take another name.")
        if name:
            self._lane.named.append(name)

    def complete(self, order: _Order, body: bytes) -> None:
        """Send a whole answer; it is kept where it may be."""
        answer, place, exchange = order.answer, order.place, order.exchange
        answer.body = [body]
        keepable = place and answer.keepable and place.takes(len(body))
        answer.headers["Content-Length"] = str(len(body))
        kept = shelf.keep(answer)
        if place and keepable:
            place.put(kept)
        wanted = coding.choose(exchange.request.header(b"accept-encoding"))
        self.threads.give(exchange, kept, wanted, replies.query_id(exchange))

    def fail(self, order: _Order, fault: Refusal | SyntaxError) -> None:
        """Say why there is no answer."""
        if isinstance(fault, SyntaxError):
            self.threads.begin(order.exchange, self._explain(order, fault))
        else:
            self._lane.refuse(order.exchange, fault, recorded=True)

    async def _explain(self, order: _Order, fault: SyntaxError) -> None:
        handed = order.handed
        said = await self.threads.run(
            query.explained, handed.dataset, handed.question, fault
        )
        self._lane.refuse(order.exchange, said, recorded=True)

    def unmark(self, order: _Order) -> None:
        """Take the validator away: a later version answers than the one it is of."""
        order.answer.headers.remove("ETag")
        order.answer.headers["Cache-Control"] = "no-store"

    def head(self, order: _Order, used: str) -> bytes:
        """The header of an answer that is begun before it is complete.

        Its triples may come in another order another time, so that its validator is a
        weak one (RFC 9110 §8.8.1).
        """
        fields = order.answer.headers
        response.vary(fields)
        if order.answer.tag:
            fields["ETag"] = f'W/"{order.answer.tag}"'
        if used != coding.IDENTITY:
            fields["Content-Encoding"] = used
        return headers.encoded(fields) + replies.query_id(order.exchange)


class _Exactly(Answering[_Order]):
    """Takes an answer of the version that was in service, and of no later one."""

    def __init__(self, sender: Handing, order: _Order, pool: Pool) -> None:
        super().__init__(sender, order)
        self._pool = pool

    def piece(self, run: Run, data: bytes) -> None:
        """Take a piece, if it is of that version."""
        if run.version == run.wanted:
            super().piece(run, data)
        elif not run.over:
            self._pool.drop(run, "failed")
            self.failed(run, _CHANGED)

    def ended(self, run: Run, last: bytes) -> None:
        """Take the last piece, if it is of that version."""
        if run.version == run.wanted:
            super().ended(run, last)
        else:
            self.failed(run, _CHANGED)


_CHANGED = Busy("A new version came into service meanwhile.", "Ask again.", 0.0)
