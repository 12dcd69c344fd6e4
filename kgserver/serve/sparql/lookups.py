"""Lookups are answered in the event loop: what they take is known beforehand."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from kgserver.ask.engine import loading
from kgserver.ask.pool.outcome import Outcome, new_id
from kgserver.ask.sparql import lookup
from kgserver.serve.sparql import whose

if TYPE_CHECKING:
    from kgserver.ask.pool.outcome import Recorder
    from kgserver.model.settings import Settings
    from kgserver.serve.sparql.answering import Order


class Lookups:
    """Answers them, as long as the graph is one whose files stay in memory.

    One in each turn of the event loop: where more come at once, other processes help,
    and it is not `free`.
    """

    def __init__(self, settings: Settings, recorder: Recorder) -> None:
        self._settings, self._recorder = settings, recorder
        self._loop = asyncio.get_running_loop()
        self.free = True

    def answer(self, order: Order) -> bytes | None:
        """The whole answer; None where it has to be found another way.

        Who gives the query a name may want to end it by that, and so asks for a process
        that can be ended.
        """
        began = time.monotonic()
        settings, question = self._settings, order.asked.question
        small = loading.fits(order.dataset.snapshot, settings.memory_budget)
        if question.query.name or not small or not self.free:
            return None
        self.free = False
        self._loop.call_soon(self._end_turn)
        found = lookup.answer(order.dataset, question, order.asked.form, settings)
        if found is None:
            return None
        request = order.exchange.request
        order.exchange.identifier = new_id()
        forwarded = request.header(b"x-forwarded-for")
        self._recorder.record(
            Outcome(
                id=order.exchange.identifier,
                form=question.form,
                ending="answered",
                seconds=time.monotonic() - began,
                rows=found.rows,
                size=len(found.body),
                text=question.query.text,
                client=whose.client(
                    request.peer[0], forwarded, settings.trusted_proxies
                ),
            )
        )
        return bytes(found.body)

    def _end_turn(self) -> None:
        self.free = True
