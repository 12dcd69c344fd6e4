"""A query is ended by whoever knows its name: `DELETE /sparql/queries/{name}`.

The name is the one of the header Query-Id, which a client may choose itself, so that it
knows it before the answer has begun. A form cannot send DELETE, so POST does the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from kgserver.model.refusal import MethodNotAllowed, NotFound
from kgserver.serve import refusals, rendering
from kgserver.serve.wire import headers

if TYPE_CHECKING:
    from kgserver.ask.engine.pool import Pool
    from kgserver.model.settings import Settings
    from kgserver.serve.wire.exchange import Exchange

QUERIES = "/sparql/queries/"
_METHODS = ["DELETE", "POST", "OPTIONS"]


def answer(exchange: Exchange, pool: Pool, settings: Settings) -> None:
    """End the query whose name the address ends in: 204, or 404 if none has it."""
    request = exchange.request
    name = unquote(request.path[len(QUERIES) :])
    fault = MethodNotAllowed(request.method, _METHODS)
    status, fields, body = 204, [("Cache-Control", "no-store")], b""
    if request.method == "OPTIONS":
        fields = list(rendering.PREFLIGHT.items())
    elif request.method not in _METHODS:
        status, fields, body = refusals.document(fault)
    elif not pool.cancel(name):
        said = f"No query named {name[:80]!r} runs or waits."
        status, fields, body = refusals.document(NotFound(said, "It may have ended."))
    fields += rendering.fields(settings, status)
    exchange.send(status, headers.encoded(fields), body)
