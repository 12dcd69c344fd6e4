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
    from collections.abc import Callable, Collection

    from kgserver.model.refusal import Refusal
    from kgserver.model.settings import Settings
    from kgserver.serve.wire.exchange import Exchange

QUERIES = "/sparql/queries/"
_METHODS = ["DELETE", "POST", "OPTIONS"]


def answer(
    exchange: Exchange,
    cancel: Callable[[str], bool],
    named: Collection[str],
    settings: Settings,
) -> None:
    """End the query whose name the address ends in.

    204 if it ends by that or has ended already, 404 if there never was one.
    """
    request = exchange.request
    name = unquote(request.path[len(QUERIES) :])
    fault: Refusal = MethodNotAllowed(request.method, _METHODS)
    status, fields, body = 204, [("Cache-Control", "no-store")], b""
    if request.method == "OPTIONS":
        fields = list(rendering.PREFLIGHT.items())
    elif request.method not in _METHODS:
        status, fields, body = refusals.document(fault)
    elif not cancel(name) and name not in named:
        fault = NotFound(f"No query is named {name[:80]!r}.", "Name it in Query-Id.")
        status, fields, body = refusals.document(fault)
    fields += rendering.fields(settings, status)
    exchange.send(status, headers.encoded(fields), body)
