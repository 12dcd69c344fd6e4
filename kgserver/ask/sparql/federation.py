"""SERVICE in a query, led to the relay (SPARQL 1.1 Federated Query)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask.sparql import guard, tokens

if TYPE_CHECKING:
    from kgserver.ask.engine.relay import Relay


def readdress(query: str, relay: Relay) -> str:
    """The query with each listed endpoint replaced by the relay's address for it."""
    parts, end = [], 0
    for _, asked, _ in guard.services(tokens.read(query)):
        if asked.text[1:-1] in relay.endpoints:
            parts.append(query[end : asked.offset])
            parts.append(f"<{relay.address(asked.text[1:-1])}>")
            end = asked.end
    return "".join([*parts, query[end:]])
