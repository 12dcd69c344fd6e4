"""What the server did: every request noted, every query counted, as one line of JSON.

The journal stands around the whole application, so that a response which was finished
already is noted as well. It is the recorder of how queries end: whatever runs them may
hand it an `Outcome` of its own.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import time
import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING

from kgserver.ask.engine.outcome import Outcome
from kgserver.serve import noted
from kgserver.serve.operations import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from kgserver.model.settings import Settings

_ENDPOINT = "/sparql"
_STDERR = "-"
# status: how a query with it ended; others of 4xx were refused, of 5xx failed
_ENDINGS = {429: "busy", 503: "busy", 504: "limited", 507: "limited"}


class Journal:
    """A WSGI application that notes what another answers."""

    def __init__(self, inner: WSGIApplication, settings: Settings) -> None:
        self._inner, self._settings = inner, settings

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer as the application does, and take note."""
        began = time.perf_counter()
        number = uuid.uuid4().hex[:12]
        told = noted.begin(environ)
        said: list[tuple[int, int]] = []

        def starting(
            status: str, headers: list[tuple[str, str]], *fault: object
        ) -> Callable[[bytes], object]:
            sizes = [value for name, value in headers if name.lower() == _LENGTH]
            said.append((int(status[:3]), int(sizes[0]) if sizes else 0))
            if environ["PATH_INFO"] == _ENDPOINT:
                headers = [*headers, ("Query-Id", number)]
            return start_response(status, headers, *fault)  # type: ignore[arg-type]

        body = self._inner(environ, starting)
        status, size = said[0] if said else (200, 0)
        outcome = Outcome(
            id=number,
            form=told.get("form", ""),
            ending=_ending(status, kept="kept" in told),
            seconds=round(time.perf_counter() - began, 6),
            size=size,
            text=told.get("text", ""),
            client=environ.get("REMOTE_ADDR", ""),
        )
        self._note(environ, status, outcome, asked=bool(told))
        return body

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

    def _note(
        self, environ: WSGIEnvironment, status: int, outcome: Outcome, *, asked: bool
    ) -> None:
        """Count a request; as a query where it asked one, or its answer was kept."""
        kept = outcome.ending == "cached"
        metrics.REQUESTS.labels(str(status), "kept" if kept else "made").inc()
        queried = outcome.text or "query=" in environ.get("QUERY_STRING", "")
        if asked and queried and environ["PATH_INFO"] == _ENDPOINT:
            self.record(outcome)
        elif self._settings.access_log:
            members: dict[str, object] = {
                "id": outcome.id, "client": outcome.client,
                "method": environ["REQUEST_METHOD"], "path": environ["PATH_INFO"],
                "status": status, "size": outcome.size, "seconds": outcome.seconds,
                "kept": kept,
            }  # fmt: skip
            self._write("request", members)

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


_LENGTH = "content-length"


def _ending(status: int, *, kept: bool) -> str:
    """How a query ended, from the status of its answer."""
    if kept:
        return "cached"
    if status < 400:
        return "answered"
    refused = status < 500 or status == 501
    return _ENDINGS.get(status, "refused" if refused else "failed")
