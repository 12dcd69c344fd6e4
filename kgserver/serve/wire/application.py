"""A WSGI application behind the wire, in threads (PEP 3333)."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from concurrent import futures
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from kgserver.serve.wire.exchange import Exchange
    from kgserver.serve.wire.request import Request

_THREADS = 16
_WHOLE = 1024 * 1024  # bytes of a body that is put together before it is sent
_STALLED = 60.0  # seconds, after which a thread waits no longer for a client
_AHEAD = 4  # pieces on their way from the thread to the event loop
_FAILED = b"The server failed; its log says why.\n"
_TEXT = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]


class Application:
    """Hands exchanges to a WSGI application and its answers back."""

    def __init__(
        self, inner: WSGIApplication, client: Callable[[Request], str], port: int
    ) -> None:
        self._inner, self._client, self._port = inner, client, port
        self._threads = futures.ThreadPoolExecutor(_THREADS, "request")
        self._loop = asyncio.get_running_loop()

    def answer(self, exchange: Exchange) -> None:
        """Have a request answered; called in the event loop."""
        self._threads.submit(self._run, exchange)

    def _run(self, exchange: Exchange) -> None:
        if exchange.left:
            return
        try:
            _Sending(exchange, self._loop).send(self._inner, self._environ(exchange))
        except Exception:
            sys.excepthook(*sys.exc_info())
            self._loop.call_soon_threadsafe(_fail, exchange)

    def _environ(self, exchange: Exchange) -> WSGIEnvironment:
        request = exchange.request
        host = request.fields.get("host", "").rpartition(":")
        environ: WSGIEnvironment = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in request.fields.items()
            if "_" not in name  # which a proxy could not tell from a hyphen
        }
        environ |= {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query,
            "RAW_URI": request.target.decode("latin-1"),
            "REQUEST_URI": request.target.decode("latin-1"),
            "SERVER_NAME": host[0] or host[2] or "localhost",
            "SERVER_PORT": str(self._port),
            "SERVER_PROTOCOL": f"HTTP/{request.version}",
            "REMOTE_ADDR": self._client(request) or request.peer,
            "CONTENT_TYPE": request.fields.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "kgserver.client": self._client(request),
        }
        return environ


def _fail(exchange: Exchange) -> None:
    if exchange.begun:
        exchange.abort()
    else:
        exchange.reply(500, _TEXT, _FAILED)


class _Sending:
    """One answer of the application, from its thread to the event loop."""

    def __init__(self, exchange: Exchange, loop: asyncio.AbstractEventLoop) -> None:
        self._exchange, self._loop = exchange, loop
        self._status = 500
        self._fields: list[tuple[str, str]] = []

    def send(self, application: WSGIApplication, environ: WSGIEnvironment) -> None:
        body = application(environ, self._start)
        try:
            length = self._length()
            if length is not None and length <= _WHOLE:
                self._reply(b"".join(body), length)
            else:
                self._stream(body, length)
        finally:
            close = getattr(body, "close", None)
            if close:
                close()

    def _start(
        self, status: str, fields: list[tuple[str, str]], _: object = None
    ) -> Callable[[bytes], object]:
        self._status, self._fields = int(status.split(" ", 1)[0]), fields
        return lambda _: None

    def _length(self) -> int | None:
        """The length that the application states, which the wire states itself."""
        for name, value in self._fields:
            if name.lower() == "content-length":
                self._fields.remove((name, value))
                return int(value)
        return 0 if self._status in {204, 304} else None

    def _reply(self, body: bytes, length: int) -> None:
        exchange, named = self._exchange, dict(self._fields)
        public = "public" in named.get("Cache-Control", "")
        whole = self._status in {200, 304} and exchange.request.method in {
            "GET",
            "HEAD",
        }
        keep = public and whole and "ETag" in named
        self._loop.call_soon_threadsafe(
            lambda: exchange.reply(
                self._status, self._fields, body, length=length, keep=keep
            )
        )

    def _stream(self, body: Iterable[bytes], length: int | None) -> None:
        exchange, call = self._exchange, self._loop.call_soon_threadsafe
        exchange.room = room = threading.Event()
        room.set()
        call(exchange.begin, self._status, self._fields, length)
        ahead = threading.Semaphore(_AHEAD)

        def write(piece: bytes) -> None:
            exchange.write(piece)
            ahead.release()

        for piece in body:
            ahead.acquire()
            if not room.wait(_STALLED) or exchange.left:
                call(exchange.abort)
                return
            call(write, piece)
        call(exchange.end)
