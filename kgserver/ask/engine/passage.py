"""What the relay does: it passes a query on to an endpoint, and the answer back.

It runs in a process of its own, or in a thread; see `relay` for why it is there.
"""

from __future__ import annotations

import http.client
import http.server
import socket
import ssl
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kgserver.ask.engine import addresses, relay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from urllib.parse import SplitResult

    from kgserver.ask.engine.addresses import Address
    from kgserver.ask.engine.relay import Relay

_SECONDS = 60  # between two bytes from an endpoint
_PIECE = 64 * 1024
_LONGEST = 1024 * 1024  # bytes in a query
_MOST = 256 * 1024 * 1024  # bytes in an answer
_PASSED_ON = ("Accept", "Content-Type", "User-Agent")


def start(
    endpoints: tuple[str, ...],
    permitted: Callable[[Address], bool] = addresses.is_public,
) -> Relay:
    """A relay in a thread of this process, which ends with it."""
    made, listener = relay.opened(endpoints)
    serving = (made, listener, permitted)
    threading.Thread(target=serve, args=serving, name="relay", daemon=True).start()
    return made


def serve(
    made: Relay, listener: socket.socket, permitted: Callable[[Address], bool]
) -> None:
    """Pass queries on, for ever."""
    targets = {f"{made.path}{n}": urlsplit(e) for n, e in enumerate(made.endpoints)}
    handler = type("Handler", (_Handler,), {"targets": targets, "permitted": permitted})
    address = listener.getsockname()
    server = http.server.ThreadingHTTPServer(address, handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.daemon_threads = True
    server.serve_forever()


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
            self._refuse(http.HTTPStatus.NOT_FOUND, "There is nothing here.")
            return
        try:
            self._pass_on(target)
        except addresses.ForbiddenAddressError as fault:
            self._refuse(http.HTTPStatus.FORBIDDEN, str(fault))
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
            self._refuse(http.HTTPStatus.BAD_GATEWAY, f"{' '.join(said.split())}.")

    def _refuse(self, status: http.HTTPStatus, said: str) -> None:
        """Send a sentence in place of an answer."""
        body = said.encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

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
