"""The relay: the one way out for a query, to the endpoints that the operator lists.

The engine's own client follows redirects and asks whatever address a name leads to. So
in the text that the engine gets, each SERVICE names the relay instead, which listens on
loopback: it knows the listed endpoints by number, behind a path that nobody can guess,
asks public addresses only (see `addresses`) and follows no redirect.
"""

from __future__ import annotations

import http.client
import http.server
import secrets
import socket
import ssl
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kgserver.ask.engine import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from urllib.parse import SplitResult

    from kgserver.ask.engine.addresses import Address

_SECONDS = 60  # between two bytes from an endpoint
_PIECE = 64 * 1024
_LONGEST = 1024 * 1024  # bytes in a query
_MOST = 256 * 1024 * 1024  # bytes in an answer
_PASSED_ON = ("Accept", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True)
class Relay:
    """The endpoints that may be asked, and where the relay listens for each."""

    endpoints: tuple[str, ...]
    base: str

    def address(self, endpoint: str) -> str:
        """Where the relay listens for an endpoint, which is a listed one."""
        return f"{self.base}{self.endpoints.index(endpoint)}"


def start(
    endpoints: tuple[str, ...],
    permitted: Callable[[Address], bool] = addresses.is_public,
) -> Relay:
    """Listen on loopback, in a thread that ends with the process."""
    secret = f"/{secrets.token_urlsafe()}/"
    targets = {f"{secret}{n}": urlsplit(iri) for n, iri in enumerate(endpoints)}
    handler = type("Handler", (_Handler,), {"targets": targets, "permitted": permitted})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="relay", daemon=True).start()
    return Relay(endpoints, f"http://127.0.0.1:{server.server_port}{secret}")


class _Handler(http.server.BaseHTTPRequestHandler):
    """One request of the engine, passed on to the endpoint that it is for."""

    targets: dict[str, SplitResult]
    permitted: Callable[[Address], bool]
    # The answer is sent in chunks, so that one that breaks off has no end.
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS

    def do_POST(self) -> None:
        """Pass the query on, and the answer back."""
        self.close_connection = True
        self.begun = False
        target = self.targets.get(self.path)
        if target is None:
            self.send_error(404)
            return
        try:
            self._pass_on(target)
        except addresses.ForbiddenAddressError as fault:
            self.send_error(403, str(fault))
        except (OSError, http.client.HTTPException) as fault:
            said = str(fault) or type(fault).__name__
            self._fail(f"{target.hostname} cannot be asked: {said}")

    def _pass_on(self, target: SplitResult) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), _LONGEST)
        asked = self.rfile.read(length)
        headers = {n: self.headers[n] for n in _PASSED_ON if n in self.headers}
        connection = _connect(target, type(self).permitted)
        try:
            path = f"{target.path or '/'}{'?' if target.query else ''}{target.query}"
            connection.request("POST", path, asked, headers)
            answer = connection.getresponse()
            if answer.status == http.HTTPStatus.OK:
                self._pass_back(answer)
            else:
                self._fail(f"{target.hostname} answered {answer.status}")
        finally:
            connection.close()

    def _pass_back(self, answer: http.client.HTTPResponse) -> None:
        self.begun = True
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", answer.getheader("Content-Type", ""))
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in _pieces(answer):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def _fail(self, said: str) -> None:
        """Say what is wrong, or break off where the answer has begun."""
        if not self.begun:
            self.send_error(http.HTTPStatus.BAD_GATEWAY, " ".join(said.split()))

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what a query asks elsewhere is not for the terminal."""


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """The answer as it comes; raises HTTPException where it gets too long."""
    left = _MOST
    while piece := answer.read(_PIECE):
        left -= len(piece)
        if left < 0:
            message = f"the answer is over {_MOST} bytes"
            raise http.client.HTTPException(message)
        yield piece
    # read(n) does not tell that the connection was closed too early
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _connect(
    target: SplitResult, permitted: Callable[[Address], bool]
) -> http.client.HTTPConnection:
    """A connection to one of the endpoint's addresses, all of which may be asked."""
    secure = target.scheme == "https"
    host, port = target.hostname or "", target.port or (443 if secure else 80)
    fault = OSError("no address")
    for address in addresses.resolve(host, port, permitted):
        connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
        try:
            plain = socket.create_connection((address, port), _SECONDS)
        except OSError as each:
            fault = each
            continue
        context = ssl.create_default_context()
        connection.sock = (
            context.wrap_socket(plain, server_hostname=host) if secure else plain
        )
        return connection
    raise fault
