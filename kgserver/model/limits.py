"""The limits that every query runs under, as data: each has a default and a meaning.

They are settings like any other. One value holds them all, so that the engine, the
refusals, the service description and the README speak of the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


def setting(default: T, means: str) -> T:
    """A field with its default, and what it means for the README and `--help`."""
    declared: T = field(default=default, metadata={"means": means})
    return declared


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a query may take, how many run, and what one client gets; 0 is no limit."""

    query_seconds: int = setting(30, "how long the engine may work on one query")
    query_cpu_seconds: int = setting(30, "how much processor time one query may take")
    query_memory: int = setting(1024, "megabytes that one query may take for itself")
    result_rows: int = setting(10_000_000, "rows or triples of one answer")
    result_megabytes: int = setting(1024, "megabytes of one answer, before compression")
    transfer_seconds: int = setting(
        600, "how long a client may take to receive one answer"
    )
    engine_workers: int = setting(4, "how many queries run at the same time")
    queue_length: int = setting(100, "how many queries wait for their turn")
    queue_seconds: int = setting(15, "how long a query waits for its turn")
    client_seconds: int = setting(
        60, "seconds of query time that a client address gets a minute"
    )
    client_connections: int = setting(
        100, "connections that a client address may have open at a time"
    )
    memory_budget: int = setting(
        512, "megabytes that the graph may take in memory; above, from disk"
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), "addresses or networks whose X-Forwarded-For tells who the client is"
    )
    service_endpoints: tuple[str, ...] = setting(
        (), "IRIs of the endpoints that SERVICE may ask"
    )
