"""A request is answered by the WSGI application, in a thread beside the event loop.

A thread is held while the application works, not while the client reads: of a long
body each piece is fetched by itself.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from kgserver.serve.front import coding, gateway, response, shelf
from kgserver.serve.wire import headers
from kgserver.serve.wire.exchange import GoneError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from wsgiref.types import WSGIApplication, WSGIEnvironment

    from kgserver.serve.front.finished import Place
    from kgserver.serve.front.response import Response
    from kgserver.serve.front.shelf import Kept
    from kgserver.serve.wire.exchange import Exchange

    # Who takes over: to whom the answer goes, its place, its head, what was left.
    Handing = Callable[[Exchange, Place | None, Response, object], None]

T = TypeVar("T")
# each waits for one query at most, and there have to be some for pages
_THREADS = 24
_WHOLE = 1024 * 1024  # bytes of a body that is sent at once
_QUICK = 16 * 1024  # bytes that are coded in the event loop: about a millisecond
# Under this name the application finds the exchange that it answers, under the other
# it leaves what brings the body of its answer.
EXCHANGE, HANDED = "kgserver.exchange", "kgserver.handed"


class Threads:
    """The threads, and the application that they run."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self.hand_over: Handing = _nobody
        self._pool = ThreadPoolExecutor(_THREADS, "application")
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, exchange: Exchange, place: Place | None, **more: object) -> None:
        """Let the application answer; `more` are variables that it finds."""
        environ = {**gateway.environ(exchange.request), **more, EXCHANGE: exchange}
        self.begin(exchange, self._answer(exchange, environ, place))

    def begin(self, exchange: Exchange, work: Coroutine[object, object, None]) -> None:
        """Do some work for an exchange; where it fails the client is told."""
        task = self._loop.create_task(_guarded(exchange, work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """What a function returns, called in a thread."""
        return await self._loop.run_in_executor(self._pool, function, *arguments)

    def give(
        self, exchange: Exchange, kept: Kept, wanted: str, extra: bytes = b""
    ) -> None:
        """Send what is kept, in the coding wanted, which may have to be made."""
        body = kept.bodies[coding.IDENTITY]
        if kept.has(wanted) or len(body) <= _QUICK:
            kept.code(wanted)
            kept.send(exchange, wanted, extra)
        else:
            self.begin(exchange, self._code(exchange, kept, wanted, extra))

    async def _code(
        self, exchange: Exchange, kept: Kept, wanted: str, extra: bytes
    ) -> None:
        await self.run(kept.code, wanted)
        kept.send(exchange, wanted, extra)

    async def _answer(
        self, exchange: Exchange, environ: WSGIEnvironment, place: Place | None
    ) -> None:
        wanted = coding.choose(exchange.request.header(b"accept-encoding"))
        asked = _plain(environ) if place else environ
        made = await self.run(self._made, asked, place)
        if _handed(made, asked):
            self.hand_over(exchange, place, made, asked[HANDED])
        elif isinstance(made, response.Response):
            await self._send(exchange, made, wanted)
        else:
            self.give(exchange, made, wanted)

    def _made(self, environ: WSGIEnvironment, place: Place | None) -> Kept | Response:
        """What the application answers: kept from now on, or to be passed on."""
        answer = response.ask(self._application, environ)
        if _handed(answer, environ):
            answer.close()
            return answer
        size = answer.length
        if size is None or size > _WHOLE:
            return answer
        if place and answer.keepable and place.takes(size):
            kept = shelf.keep(answer)
            place.put(kept)
            return kept
        answer.body = [answer.whole()]
        return answer

    async def _send(self, exchange: Exchange, answer: Response, wanted: str) -> None:
        """Pass an answer on, in the wanted coding where that is worth it.

        A body coded while it is sent may come out in other bytes another time, so that
        its validator becomes a weak one (RFC 9110 §8.8.1).
        """
        fields, length, coder = answer.headers, answer.length, None
        if answer.shrinks:
            response.vary(fields)
            if wanted != coding.IDENTITY:
                coder, length = coding.compressor(wanted), None
                fields["Content-Encoding"] = wanted
                if answer.tag:
                    fields["ETag"] = f'W/"{answer.tag}"'
        head = headers.encoded(fields)
        if isinstance(answer.body, list):
            (body,) = answer.body
            if coder and exchange.request.method != "HEAD":
                body = await self.run(_all, coder, body)
            exchange.send(answer.status, head, body, None if body else length)
            return
        exchange.begin(answer.status, head, length)
        if exchange.request.method == "HEAD":
            await self.run(answer.close)
            exchange.end()
            return
        pieces = iter(answer.body)
        try:
            while data := await self.run(_next, pieces, coder):
                await exchange.write(data)
        finally:
            await self.run(answer.close)
        if coder:
            await exchange.write(coder.end())
        exchange.end()


def _handed(made: Kept | Response, environ: WSGIEnvironment) -> TypeGuard[Response]:
    """Whether somebody else brings the body of an answer."""
    found = isinstance(made, response.Response) and made.status == 200
    return found and HANDED in environ


def _nobody(*_: object) -> None:
    raise NotImplementedError


def _next(pieces: Iterator[bytes], coder: coding.Compressor | None) -> bytes:
    """The next piece that holds something; nothing at the end."""
    for data in pieces:
        if data:
            return coder.piece(data) if coder else data
    return b""


def _all(coder: coding.Compressor, body: bytes) -> bytes:
    return coder.piece(body) + coder.end()


async def _guarded(exchange: Exchange, work: Coroutine[object, object, None]) -> None:
    """Do some work; a fault of ours is told to the terminal, the client gets 500."""
    try:
        await work
    except GoneError:
        return
    except Exception:
        fail(exchange)


def fail(exchange: Exchange) -> None:
    """Tell the terminal of the fault that is being handled, and the client 500."""
    traceback.print_exc(file=sys.stderr)
    if exchange.status:
        exchange.abort()
    else:
        exchange.send(500, b"", b"")


def _plain(environ: WSGIEnvironment) -> WSGIEnvironment:
    """The request as a GET, its validators those of bodies in no coding."""
    asked = {**environ, "REQUEST_METHOD": "GET"}
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    for each in coding.CODINGS if known else ():
        known = known.replace(f'-{each}"', '"')
    return {**asked, "HTTP_IF_NONE_MATCH": known} if known else asked
