"""Lookups are answered in the event loop: what they take is known beforehand."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from kgserver.ask.engine import loading
from kgserver.ask.pool.outcome import Outcome, spent_id
from kgserver.ask.sparql import lookup
from kgserver.serve.sparql import whose
from kgserver.serve.sparql.warmth import Warmth

if TYPE_CHECKING:
    from kgserver.ask.pool.budget import Budget
    from kgserver.ask.pool.outcome import Recorder
    from kgserver.model.settings import Settings
    from kgserver.serve.sparql.answering import Order


_TURN = 0.002  # seconds of a turn of the event loop that lookups may take


class Lookups:
    """Answers them, as long as the graph is one whose files stay in memory.

    They take no more than a share of a turn of the event loop: where more come at once,
    other processes help, and it is not `free`.
    """

    def __init__(self, settings: Settings, recorder: Recorder, budget: Budget) -> None:
        self._settings, self._recorder, self._budget = settings, recorder, budget
        self._warmth = Warmth(settings.memory_budget)
        self._loop = asyncio.get_running_loop()
        self._taken = 0.0  # seconds in this turn

    @property
    def free(self) -> bool:
        """Whether one more may be answered in this turn."""
        return self._taken < _TURN

    def answer(self, order: Order) -> bytes | None:
        """The whole answer; None where it has to be found another way.

        Who gives the query a name may want to end it by that, and so asks for a process
        that can be ended.
        """
        settings, question = self._settings, order.asked.question
        small = loading.fits(order.dataset.snapshot, settings.memory_budget)
        client = whose.asks(order.exchange.request, settings.trusted_proxies)
        if question.query.name or not small or self._budget.wait(client):
            return None
        began = time.monotonic()
        dataset = self._warmth.of(order.dataset)
        found = lookup.answer(dataset, question, order.asked.form, settings)
        seconds = time.monotonic() - began
        self._budget.charge(client, seconds)
        self._take(seconds)
        if found is None:
            return None
        order.exchange.identifier, order.exchange.easy = spent_id(), True
        self._recorder.record(
            Outcome(
                id=order.exchange.identifier,
                form=question.form,
                ending="answered",
                seconds=seconds,
                rows=found.rows,
                size=len(found.body),
                text=question.query.text,
                client=client,
            )
        )
        return bytes(found.body)

    def _take(self, seconds: float) -> None:
        if not self._taken:
            self._loop.call_soon(self._end_turn)
        self._taken += seconds

    def _end_turn(self) -> None:
        self._taken = 0.0
