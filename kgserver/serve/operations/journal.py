"""What the server did: every request noted, every query counted, as one line of JSON.

The journal is told of each exchange that is over, also of one that was answered from
what is kept, or cut off; and, as the pool's recorder, of each query that ended.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from kgserver.ask.pool.outcome import Outcome
from kgserver.serve.operations import metrics

if TYPE_CHECKING:
    from kgserver.model.settings import Settings
    from kgserver.serve.wire.exchange import Exchange

_STDERR = "-"


class Journal:
    """What is counted, and what is written down where the settings say so."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def note(self, exchange: Exchange) -> None:
        """Count a request that is over, and write it down where all are to be."""
        metrics.count_request(exchange.status, kept=exchange.kept)
        if not self._settings.access_log:
            return
        request = exchange.request
        seconds = time.monotonic() - exchange.born
        members: dict[str, object] = {
            "id": exchange.identifier,
            "client": request.peer[0],
            "method": request.method,
            "path": request.path,
            "status": exchange.status,
            "size": exchange.size,
            "seconds": round(seconds, 6),
            "kept": exchange.kept,
            "broken": exchange.broken,
        }
        self._write(
            "request", {k: v for k, v in members.items() if v not in ("", False)}
        )

    def kept(self, identifier: str) -> None:
        """Count a query whose answer was kept, and write it down like the others."""
        if self._settings.access_log:
            self.record(Outcome(identifier, "", "cached"))
        else:
            metrics.count_kept()

    def record(self, outcome: Outcome) -> None:
        """Count a query, and write it down where it was slow or all are to be."""
        metrics.count(outcome)
        slow = self._settings.slow_query_seconds
        is_slow = bool(slow) and outcome.seconds >= slow
        if is_slow or self._settings.access_log:
            members = {k: v for k, v in asdict(outcome).items() if v not in ("", 0)}
            if not self._settings.log_queries:
                members.pop("text", None)
            self._write("slow-query" if is_slow else "query", members)

    def _write(self, event: str, members: dict[str, object]) -> None:
        """One line, in one write, so that lines of several processes do not mix."""
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **members}, ensure_ascii=False)
        path = self._settings.access_log
        if path in {"", _STDERR}:
            sys.stderr.write(line + "\n")
            return
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        handle = os.open(self._settings.folder / path, flags, 0o640)
        try:
            os.write(handle, line.encode() + b"\n")
        finally:
            os.close(handle)
