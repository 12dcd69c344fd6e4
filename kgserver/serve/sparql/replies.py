"""How an answer from the endpoint is sent: its header, and what is kept of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from kgserver.ask.pool.outcome import spent_id
from kgserver.serve import rendering
from kgserver.serve.data import memento
from kgserver.serve.front import coding
from kgserver.serve.front.shelf import Kept
from kgserver.serve.wire import headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings
    from kgserver.serve.sparql.answering import Order
    from kgserver.serve.wire.exchange import Exchange

PATH = b"/sparql"
_KEPT, _STREAM = "public, no-cache", "no-store"
VARY = "Accept, Accept-Encoding, Accept-Datetime"


class Replies:
    """Makes them; the fields that hang on nothing but the settings are made once."""

    def __init__(self, settings: Settings) -> None:
        self._fields = {
            tagged: headers.encoded(
                [
                    ("Cache-Control", _KEPT if tagged else _STREAM),
                    ("Vary", VARY),
                    *rendering.fields(settings, 200),
                ]
            )
            for tagged in (True, False)
        }

    def keep(self, order: Order, body: bytes) -> Kept:
        """An answer to be sent, which is kept where it may be."""
        kept = self._make(order, body)
        if order.place and kept.tag and order.place.takes(len(body)):
            order.place.put(kept)
        return kept

    def known(self, order: Order) -> Kept | None:
        """What says no more than that the client holds the answer, if it does."""
        request = order.exchange.request
        if not (order.asked.tag and b"if-none-match" in request.headers):
            return None
        found = self._make(order, b"")
        return found if found.known(request.header(b"if-none-match")) else None

    def _make(self, order: Order, body: bytes) -> Kept:
        tag, request = order.asked.tag, order.exchange.request
        there = b""
        if request.method in {"GET", "HEAD"}:
            there = memento.fields(request.target.decode("ascii"))
        return Kept(
            _kind(order.asked.form.content_type),
            self._fields[bool(tag)] + there,
            tag,
            len(body) >= coding.LEAST,
            {coding.IDENTITY: body},
        )

    def head(self, order: Order, used: str) -> bytes:
        """The header of an answer that is begun before it is complete."""
        plain = used == coding.IDENTITY
        coded = b"" if plain else headers.encoded([("Content-Encoding", used)])
        kind = _kind(order.asked.form.content_type)
        return kind + coded + self._fields[False] + query_id(order.exchange)


def recall(exchange: Exchange, note: Callable[[str], None]) -> bytes:
    """Note that a kept answer goes out; what is said of it beside what is kept."""
    exchange.kept = True
    target = exchange.request.target
    if target.partition(b"?")[0] != PATH:
        return b""
    # nothing runs under this name, so that it may be guessed
    exchange.identifier = spent_id()
    if b"query=" in target:
        note(exchange.identifier)
    return query_id(exchange)


def query_id(exchange: Exchange) -> bytes:
    """The header that says what a query is called here."""
    return b"Query-Id: %b\r\n" % exchange.identifier.encode("ascii")


@lru_cache
def _kind(content_type: str) -> bytes:
    return headers.encoded([("Content-Type", content_type)])
