"""Hostile requests out of files: what is sent, byte for byte, and what must come back.

A file of `tests/cases/hostile` is one request, in TOML. One of these is sent:

    query    a SPARQL query, in the body of a POST; with `get`, in the address
    path     an address below the server, with `method`, `headers` and `body`
    raw      the bytes of a request; line ends are CRLF, escapes are those of TOML

and this must come back:

    status   the status, or a list of those that will do
    closed   true where the server may as well hang up without an answer
    cut      true where an answer that has begun may break off instead
    problem  the kind of refusal; `limit` the limit that it names, or a list
    holds    what stands in the answer

`read` tells how it is received: "slowly" takes nothing for as long as the server lasts;
"never" hangs up at once. `stalls` is true where the request does not end; whatever the
server does, it must not wait for it alone. In all texts ⟦text × 1000⟧ is the text so
many times, with the number of each in the place of №; ⟦port⟧ is where the listener is
that nothing may reach.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import threading
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

PATHS = sorted((Path(__file__).parent / "cases" / "hostile").glob("*.toml"))
# What the server is set to that is asked all this: so that it need not be patient.
LIMITS = {
    "query_seconds": 1, "query_cpu_seconds": 1, "query_memory": 200,
    "result_rows": 20_000, "result_megabytes": 4, "transfer_seconds": 8,
    "engine_workers": 4, "queue_length": 100, "queue_seconds": 60,
}  # fmt: skip
PATIENCE = 30  # seconds for an answer; half of it is how long a slow reader waits
_THINGS = 300
_REPEATED = re.compile(r"⟦([^⟦⟧]*) × (\d+)⟧")
_PIECE = 65536
_STALL = 3.0  # seconds that a request which does not end is held open
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile request, and what must come back."""

    name: str
    request: bytes
    said: Mapping[str, object]

    def listed(self, name: str) -> tuple[object, ...]:
        """What may be expected under a name: one or several."""
        given = self.said.get(name, ())
        return tuple(given) if isinstance(given, list | tuple) else (given,)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; a status of 0 is that the server hung up without an answer."""

    status: int
    problem: Mapping[str, object]
    body: bytes
    seconds: float
    whole: bool = True


def read(path: Path, port: int) -> Case:
    """The case in a file; `port` is where the listener is."""
    said = tomllib.loads(path.read_text("utf-8").replace("⟦port⟧", str(port)))
    return Case(path.stem, _request(said), said)


def ask(case: Case, port: int, patience: float) -> Answer:
    """Send the request and take what comes back within so many seconds."""
    began = time.monotonic()
    with socket.socket() as connection:
        connection.settimeout(patience)
        if case.said.get("read") == "slowly":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        # a server that has read enough may hang up before all is sent
        with contextlib.suppress(ConnectionError):
            connection.sendall(case.request)
        if case.said.get("read") == "never":
            return Answer(0, {}, b"", time.monotonic() - began)
        if case.said.get("stalls"):
            connection.settimeout(_STALL)
        if case.said.get("read") == "slowly":
            time.sleep(patience / 2)
        status, body, whole = _received(connection)
    problem: Mapping[str, object] = {}
    with contextlib.suppress(ValueError):
        found = json.loads(body)
        problem = found if isinstance(found, dict) else {}
    return Answer(status, problem, body, time.monotonic() - began, whole)


def wrong(case: Case, answer: Answer) -> str:
    """What is not as it must be; nothing where all is."""
    if answer.status == 0 and (case.said.get("closed") or "read" in case.said):
        return ""
    if case.said.get("cut") and answer.status == 200 and not answer.whole:
        return ""
    checks = (
        ("status", answer.status),
        ("problem", str(answer.problem.get("type", "")).removeprefix("/problem/")),
        ("limit", answer.problem.get("limit")),
    )
    for name, found in checks:
        wanted = case.listed(name)
        if wanted and found not in wanted:
            body = answer.body[:300].decode("utf-8", "replace")
            return f"{name} is {found!r}, not {wanted}: {body}"
    for text in case.listed("holds"):
        if str(text).encode() not in answer.body:
            return f"{text!r} is not in {answer.body[:300]!r}"
    if "problem" in case.said and not answer.problem.get("hint"):
        return f"no remedy in {answer.problem}"
    return ""


def write(folder: Path, port: int) -> None:
    """A small graph: a chain of things, each with a text; endpoints that lie inside."""
    (folder / "graph").mkdir()
    lines = ["@prefix : <http://127.0.0.1:8000/id/> ."]
    for n in range(_THINGS):
        text = chr(97 + n % 26) * (n % 30 + 1)
        lines.append(f':thing-{n} :next :thing-{(n + 1) % _THINGS} ; :text "{text}" .')
    (folder / "graph" / "chain.ttl").write_text("\n".join(lines))
    hosts = (f"http://127.0.0.1:{port}/listed", f"http://localhost:{port}/listed")
    said = [f"{name} = {value}" for name, value in LIMITS.items()]
    said += ['reasoning = "none"', f"service_endpoints = {list(hosts)!r}"]
    (folder / "kgserver.toml").write_text("\n".join(said))


def _request(said: Mapping[str, object]) -> bytes:
    if "raw" in said:
        head = _written(said, "raw").replace("\n", "\r\n")
        return head.encode("latin-1", "replace")
    body = _written(said, "body").encode("utf-8", "surrogateescape")
    given = said.get("headers")
    fields = given.items() if isinstance(given, dict) else ()
    headers = {name: _expanded(value) for name, value in fields}
    path, method = _written(said, "path") or "/sparql", str(said.get("method", "GET"))
    query = _written(said, "query")
    if query and said.get("get"):
        path += f"?query={quote(query)}"
    elif query:
        method, body = "POST", query.encode()
        headers.setdefault("Content-Type", "application/sparql-query")
    if body:
        headers.setdefault("Content-Type", _FORM)
        headers["Content-Length"] = str(len(body))
    headers = {"Host": "localhost", "Connection": "close", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body


def _written(said: Mapping[str, object], name: str) -> str:
    return _expanded(str(said.get(name, "")))


def _expanded(text: str) -> str:
    """A text with everything in it that is repeated."""
    while True:
        longer = _REPEATED.sub(_repeat, text)
        if longer == text:
            return text
        text = longer


def _repeat(found: re.Match[str]) -> str:
    return "".join(found[1].replace("№", str(n)) for n in range(int(found[2])))


def _received(connection: socket.socket) -> tuple[int, bytes, bool]:
    """The status and body of what comes back, and whether it has come to its end."""
    response = http.client.HTTPResponse(connection)
    pieces: list[bytes] = []
    try:
        response.begin()
        while piece := response.read(_PIECE):
            pieces.append(piece)
    except (OSError, http.client.HTTPException):
        status = response.status if isinstance(response.status, int) else 0
        return status, b"".join(pieces), False
    return response.status, b"".join(pieces), not response.length


class Listener:
    """What nothing may reach: a port of this machine, in both families."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._socket = socket.create_server(
            ("::", 0), family=socket.AF_INET6, dualstack_ipv6=True
        )
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Listener:
        threading.Thread(target=self._hear, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _hear(self) -> None:
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:
                return
            self.heard.append(str(address))
            connection.close()
