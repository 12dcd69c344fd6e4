"""Bytes that come in on a connection, and what goes out: the wire by itself."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import http.client
import socket
import threading
from typing import TYPE_CHECKING

import pytest
import uvloop

from kgserver.serve.wire.bounds import Bounds, Times
from kgserver.serve.wire.connection import Connection
from kgserver.serve.wire.exchange import GoneError
from kgserver.serve.wire.port import Port
from kgserver.serve.wire.reader import Reader

from .conftest import cases
from .processes import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kgserver.serve.wire.exchange import Exchange

PIECE = b"x" * 65_536
HEAD = b"Content-Type: text/plain\r\n"
ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def echo(exchange: Exchange) -> None:
    """Say what was asked."""
    request = exchange.request
    said = f"{request.method} {request.path} ".encode() + request.body
    exchange.send(200, HEAD, said.strip())


class Running:
    """A port that listens, in a thread of its own."""

    def __init__(
        self, handler: Callable[[Exchange], None], times: Times, bounds: Bounds
    ) -> None:
        self.over: list[Exchange] = []
        self.faults: list[object] = []
        self._given = handler, self.over.append, times, bounds
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._run()))
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    async def _run(self) -> None:
        self._told = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda _, fault: self.faults.append(fault))
        self.port = Port(*self._given)
        listener = socket.create_server(("127.0.0.1", 0))
        self.address = listener.getsockname()
        await self.port.open(listener)
        self._ready.set()
        await self._told.wait()
        await self.port.close(0.1)

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        """A connection to it, from an address of this machine."""
        return socket.create_connection(self.address, PATIENCE, (source, 0))

    @contextlib.contextmanager
    def ask(self) -> Iterator[http.client.HTTPResponse]:
        """The answer to a GET, its body still to be read."""
        host, port = self.address
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/")
            with connection.getresponse() as answer:
                yield answer

    def soon(self, work: Callable[..., None], *given: object) -> None:
        """Have something done in its event loop."""
        self._loop.call_soon_threadsafe(work, *given)

    def stop(self) -> None:
        """End it; nothing may have failed unseen."""
        self.soon(self._told.set)
        self._thread.join(PATIENCE)
        assert not self.faults


@contextlib.contextmanager
def listening(
    handler: Callable[[Exchange], None] = echo,
    bounds: Bounds | None = None,
    **times: float,
) -> Iterator[Running]:
    """A port while it listens."""
    running = Running(handler, Times(**times), bounds or Bounds())
    try:
        yield running
    finally:
        running.stop()


def read(connection: socket.socket, asked: list[bytes]) -> Iterator[str]:
    """What comes back: a line for each answer, then whether the connection is open."""
    file = connection.makefile("rb")
    while status := file.readline():
        code = status.split()[1].decode()
        headers = http.client.parse_headers(file)
        length = int(headers.get("Content-Length", 0))
        method = asked.pop(0) if asked and code != "100" else b""
        body = b"" if method == b"HEAD" else file.read(length)
        yield f"{code} {body.decode()}".strip() if code == "200" else code
        if headers.get("Connection") == "close":
            assert not file.read()
            yield "closed"
            return
        if code != "100" and not asked:
            break
    yield "open"


@pytest.fixture(scope="module")
def echoing() -> Iterator[Running]:
    """A port that says what was asked."""
    with listening() as running:
        yield running


@pytest.mark.parametrize("pace", ["at once", "byte by byte"])
@pytest.mark.parametrize("case", cases("wire"))
def test_a_client_gets_what_stands_below_its_bytes(
    case: Path, pace: str, echoing: Running
) -> None:
    """However its bytes are cut into packets; a line of a case ends in CR LF."""
    said, _, expected = case.read_text("utf-8").partition("----\n")
    data = said.replace("\n", "\r\n").encode("utf-8")
    wanted = expected.splitlines()
    methods = [b"HEAD" if data.startswith(b"HEAD") else b""]
    methods += [b""] * (sum(line[0].isdigit() for line in wanted) - 2)
    with echoing.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionError):
            for piece in [data] if pace == "at once" else [bytes([b]) for b in data]:
                connection.sendall(piece)
        count = sum(line[:3] not in {"100", "ope", "clo"} for line in wanted)
        found = list(read(connection, [*methods, b"", b""][:count]))

    assert found == wanted


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (b"de-AT", "Es gibt kein Feld Host"),
        (b"zh", "Host 首部"),
        (b"\xff;q=x", "There is no Host header"),
    ],
)
def test_what_is_no_request_is_refused_in_its_language(
    echoing: Running, language: bytes, says: str
) -> None:
    """Where its head came as far as that; a language that is none is English."""
    with echoing.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nAccept-Language: %b\r\n\r\n" % language)
        answer = connection.makefile("rb").read().decode("utf-8")

    assert answer.startswith("HTTP/1.1 400")
    assert says in answer


def test_a_long_address_is_taken_and_one_over_the_limit_refused(
    echoing: Running,
) -> None:
    """A megabyte of query is a query; what is more is told so, and not kept."""
    for size, status in ((1_000_000, 200), (1_100_000, 414), (3_000_000, 414)):
        with echoing.connect() as connection:
            line = b"GET /?" + b"a" * size + b" HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(line)
            assert connection.makefile("rb").readline().split()[1] == b"%d" % status


@pytest.mark.parametrize(
    "fields",
    [
        b"".join(b"X-%d: y\r\n" % n for n in range(300)),
        b"X: " + b"y" * 300_000 + b"\r\n",
        b"".join(b"X-%d: %b\r\n" % (n, b"y" * 30_000) for n in range(10)),
    ],
    ids=["many", "long", "some long"],
)
def test_a_flood_of_headers_is_refused(echoing: Running, fields: bytes) -> None:
    """By their number, and by their size."""
    with echoing.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n")
        assert b" 431 " in connection.makefile("rb").readline()


def test_many_that_would_change_the_protocol_are_answered_in_turn(
    echoing: Running,
) -> None:
    """However many come at once, as any other request is."""
    fields = (
        b"Host: x\r\nConnection: upgrade\r\nUpgrade: a\r\nContent-Length: 1\r\n\r\n"
    )
    asked = b"".join(b"PUT /%d HTTP/1.1\r\n%bx" % (n, fields) for n in range(2000))
    with echoing.connect() as connection:
        threading.Thread(target=connection.sendall, args=[asked]).start()
        found = list(read(connection, [b""] * 2000))

    assert found == [*(f"200 PUT /{n} x" for n in range(2000)), "open"]


def test_headers_without_an_end_are_refused(echoing: Running) -> None:
    """Nobody can fill the memory with one field."""
    with echoing.connect() as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX: ")
        for _ in range(200):
            connection.sendall(PIECE)
        assert b" 414 " in connection.makefile("rb").readline()


def test_a_body_over_the_limit_is_refused_and_the_refusal_can_be_read(
    echoing: Running,
) -> None:
    """Though the client sends all of it first, with a length or in chunks."""
    body = PIECE * 160
    chunk = b"%x\r\n%b\r\n" % (len(PIECE), PIECE)
    for said, sent in (
        (b"Content-Length: %d" % len(body), body),
        (b"Transfer-Encoding: chunked", chunk * 160 + b"0\r\n\r\n"),
    ):
        with echoing.connect() as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + said + b"\r\n\r\n")
            connection.sendall(sent)
            assert b" 413 " in connection.makefile("rb").readline()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b" 408 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal", b" 408 "),
        (b"", b""),
    ],
    ids=["half a head", "half a body", "nothing"],
)
def test_who_does_not_come_to_an_end_is_let_go(said: bytes, status: bytes) -> None:
    """Half a request is told so, silence is answered with silence."""
    with (
        listening(head=0.1, body=0.1, idle=0.1) as running,
        running.connect() as connection,
    ):
        connection.sendall(said)
        assert status in connection.makefile("rb").read()


def test_a_kept_connection_is_closed_after_a_while() -> None:
    """Without a word, as the client has asked nothing."""
    with listening(idle=0.1) as running, running.connect() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.makefile("rb").read().endswith(b"GET /")


def test_silent_connections_make_room_for_others() -> None:
    """The one that has been silent for longest goes first."""
    bounds = Bounds(connections=20)
    with listening(bounds=bounds) as running, contextlib.ExitStack() as stack:
        silent = [stack.enter_context(running.connect()) for _ in range(60)]
        for each in silent:
            with contextlib.suppress(ConnectionError):
                each.sendall(b"GET / HTTP/1.1\r\n")
        with running.ask() as answer:
            assert answer.read() == b"GET /"
        with contextlib.suppress(ConnectionResetError):
            assert not silent[0].recv(1)


def test_a_client_beyond_its_connections_is_told_so() -> None:
    """It can be read why, others are answered, and one that was closed makes room."""
    with listening(bounds=Bounds(each=3)) as running, contextlib.ExitStack() as stack:
        first = [stack.enter_context(running.connect()) for _ in range(3)]
        wait_until(lambda: len(running.port.crowd.connections) == 3)
        with running.connect() as fourth:
            fourth.sendall(ASKED)
            answer = fourth.makefile("rb").read()
        with running.connect("127.0.0.2") as another:
            another.sendall(ASKED)
            assert b" 200 " in another.makefile("rb").readline()
        first[0].close()
        wait_until(lambda: len(running.port.crowd.connections) <= 3)
        with running.ask() as later:
            assert later.read() == b"GET /"

    assert answer.startswith(b"HTTP/1.1 429 ")
    assert b"Retry-After: " in answer
    assert b"/problem/TooManyConnections" in answer


def test_who_opens_connections_without_end_is_told_no_more() -> None:
    """A flood of them costs nothing: half of it is cut without a word."""
    bounds = Bounds(each=3)
    with listening(bounds=bounds) as running, contextlib.ExitStack() as stack:
        flood = []
        for _ in range(12):
            # one that is cut may hear of it before it has heard that it is connected
            with contextlib.suppress(ConnectionResetError):
                flood.append(stack.enter_context(running.connect()))
        wait_until(lambda: len(running.port.crowd.connections) <= 6)
        assert sum(b" 429 " in said_to(each) for each in flood) <= 3


def test_connections_of_nobody_are_not_counted() -> None:
    """Such as those of a proxy that all clients come through."""
    bounds = Bounds(each=1, whose=lambda _: "")
    with listening(bounds=bounds) as running, contextlib.ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(running.connect())
        with running.ask() as answer:
            assert answer.read() == b"GET /"


def pushed(connection: socket.socket, data: bytes) -> int:
    """How many bytes of endless data the other side takes before it takes no more."""
    connection.settimeout(0.3)
    sent = 0
    with contextlib.suppress(TimeoutError, ConnectionError):
        while sent < 512 * len(PIECE):
            sent += connection.send(data[sent % len(data) :])
    return sent


def test_who_asks_ahead_waits_before_all_of_it_is_kept() -> None:
    """Large requests are not read any further while the first is answered."""
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(PIECE)
    with listening(lambda _: None) as running, running.connect() as connection:
        assert pushed(connection, post + PIECE) < 256 * len(PIECE)
        (held,) = running.port.crowd.connections
        assert held.weight < 32 * len(PIECE)


def test_who_asks_and_does_not_read_is_not_answered_any_further() -> None:
    """Answers that nobody takes do not pile up."""
    asked: list[Exchange] = []

    def answer(exchange: Exchange) -> None:
        asked.append(exchange)
        exchange.send(200, HEAD, PIECE * 4)

    with listening(answer) as running, running.connect() as connection:
        pushed(connection, ASKED)
        assert len(asked) < 100
        before = len(asked)
        connection.settimeout(PATIENCE)
        file = connection.makefile("rb")
        file.read(before * 4 * len(PIECE))
        wait_until(lambda: len(asked) > before)


def test_a_client_whose_socket_is_lost_on_its_way_is_missed() -> None:
    """Whoever keeps count of it hears that it will not come."""
    missed = threading.Event()

    class Client(Connection):
        def missed(self) -> None:
            missed.set()

    with listening() as running:
        client = Client(running.port)
        running.soon(running.port.adopt, -1, client)
        assert missed.wait(PATIENCE)


def test_half_requests_of_many_do_not_fill_the_memory() -> None:
    """Those that hold most are refused; who asks little is answered."""
    half = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n"
    bounds = Bounds(held=4 * 1024 * 1024)
    with listening(bounds=bounds) as running, contextlib.ExitStack() as stack:
        many = [stack.enter_context(running.connect()) for _ in range(8)]
        for each in many:
            with contextlib.suppress(ConnectionError):
                each.sendall(half + PIECE * 24)
        with running.ask() as answer:
            assert answer.read() == b"GET /"
        wait_until(lambda: held_by_all(running) < 6 * 1024 * 1024)
        assert any(b" 503 " in said_to(each) for each in many)


def held_by_all(running: Running) -> int:
    """The bytes that all connections hold."""
    return sum(each.weight for each in list(running.port.crowd.connections))


def said_to(connection: socket.socket) -> bytes:
    """What a client was told, if anything."""
    connection.settimeout(0.1)
    with contextlib.suppress(TimeoutError, ConnectionError):
        return connection.recv(4096)
    return b""


def test_nothing_is_left_of_a_client_that_has_gone() -> None:
    """What it said does not wait for the collector of garbage."""
    with listening() as running:
        gc.collect()
        before = readers()
        gc.disable()
        try:
            for _ in range(20):
                with running.connect() as connection:
                    connection.sendall(b"GET /" + b"a" * 10_000)
            wait_until(lambda: not running.port.crowd.connections)
            wait_until(lambda: readers() <= before + 1)
        finally:
            gc.enable()


def readers() -> int:
    """How many readers of requests there are."""
    return sum(isinstance(each, Reader) for each in gc.get_objects())


class Streaming:
    """Sends pieces for as long as somebody takes them."""

    def __init__(self, pieces: int, *, ends: bool = True) -> None:
        self.sent, self.gone, self._pieces, self._ends = 0, False, pieces, ends
        self._task: asyncio.Task[None] | None = None

    def __call__(self, exchange: Exchange) -> None:
        """Begin."""
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._stream(exchange))

    async def _stream(self, exchange: Exchange) -> None:
        exchange.begin(200, HEAD)
        try:
            for _ in range(self._pieces):
                await exchange.write(PIECE)
                self.sent += 1
        except GoneError:
            self.gone = True
            return
        if self._ends:
            exchange.end()
        else:
            exchange.abort()


def test_a_stream_comes_whole() -> None:
    """In chunks, without a length."""
    with listening(Streaming(100)) as running, running.ask() as answer:
        assert answer.headers["Transfer-Encoding"] == "chunked"
        assert len(answer.read()) == 100 * len(PIECE)


def test_a_stream_that_breaks_off_is_not_whole() -> None:
    """The last chunk is missing."""
    with listening(Streaming(3, ends=False)) as running:
        with running.ask() as answer, pytest.raises(http.client.IncompleteRead):
            answer.read()
        assert running.over[0].broken


def test_a_stream_that_breaks_off_is_not_whole_in_http_1_0() -> None:
    """There the end of the connection is the end of the answer, so it is reset."""
    stream = Streaming(3, ends=False)
    with listening(stream) as running, running.connect() as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        file = connection.makefile("rb")
        with pytest.raises(ConnectionResetError):
            file.read()
        file.close()


def test_a_stream_waits_for_a_slow_reader_and_ends_with_the_time_for_it() -> None:
    """No more is made than fits on the way; the answer is cut, not finished."""
    stream = Streaming(10_000)
    with listening(stream, transfer=0.5) as running, running.ask() as answer:
        answer.read(10)
        wait_until(lambda: stream.gone)

        assert stream.sent < 1_000
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            answer.read()


def test_who_works_for_a_client_that_goes_away_is_told() -> None:
    """At once, also before the answer has begun."""
    told = threading.Event()
    with listening(lambda exchange: exchange.watch(told.set)) as running:
        with running.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            wait_until(lambda: bool(running.port.crowd.connections))
        assert told.wait(PATIENCE)
