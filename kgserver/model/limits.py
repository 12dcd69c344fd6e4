"""The limits that every query runs under, as data: each has a default and a meaning.

They are settings like any other. One value holds them all, so that the engine, the
refusals, the service description and the README speak of the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def means(sentence: str) -> dict[str, str]:
    """What a setting means, for the README and for `kgserver serve --help`."""
    return {"means": sentence}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a query may take, how many run, and what one client gets; 0 is no limit."""

    query_seconds: int = field(
        default=30, metadata=means("how long the engine may work on one query")
    )
    query_cpu_seconds: int = field(
        default=30, metadata=means("how much processor time one query may take")
    )
    query_memory: int = field(
        default=1024, metadata=means("megabytes that one query may take for itself")
    )
    result_rows: int = field(
        default=10_000_000, metadata=means("rows or triples of one answer")
    )
    result_megabytes: int = field(
        default=1024, metadata=means("megabytes of one answer, before compression")
    )
    transfer_seconds: int = field(
        default=600, metadata=means("how long a client may take to receive one answer")
    )
    engine_workers: int = field(
        default=4, metadata=means("how many queries run at the same time")
    )
    queue_length: int = field(
        default=100, metadata=means("how many queries wait for their turn")
    )
    queue_seconds: int = field(
        default=15, metadata=means("how long a query waits for its turn")
    )
    client_seconds: int = field(
        default=60,
        metadata=means("seconds of query time that a client address gets a minute"),
    )
    memory_budget: int = field(
        default=512,
        metadata=means("megabytes that the graph may take in memory; above, from disk"),
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(),
        metadata=means(
            "addresses or networks whose X-Forwarded-For tells who the client is"
        ),
    )
    service_endpoints: tuple[str, ...] = field(
        default=(), metadata=means("IRIs of the endpoints that SERVICE may ask")
    )
