"""Where much is asked, other processes help; nobody notices but by the time."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from kgserver.serve import processes
from kgserver.serve.helping.line import Back, Left, Line, Report

from .processes import PATIENCE, Answer, Server, serving, wait_until
from .test_envelope import PREFIX, PROXY, TURTLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgserver.serve.helping.line import Message

pytestmark = pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="there is one processor"
)
# what a lookup gives many rows for
LONG = "x" * 150
HUB = f":hub :next {', '.join(f':spoke-{n}-{LONG}' for n in range(180))} .\n"
ANOTHER = PREFIX + "SELECT * { :thing-7 :next ?x }"
JSON = {"Accept": "application/sparql-results+json"}
# Headers that say when an answer was made, and in which process.
OF_THE_MOMENT = frozenset(("date", "query-id"))


def path(query: str) -> str:
    """Where the answer to a query is."""
    return "/sparql?query=" + quote(query)


WIDE = path(PREFIX + "SELECT * { :hub :next ?x }")
LOOKUPS = [path(f"{PREFIX}SELECT * {{ :thing-{n} :next ?x }}") for n in range(40)]
# what can be answered anywhere, and asked again and again: path, headers
EASY = {
    "a lookup": (LOOKUPS[3], JSON),
    "a lookup, coded": (LOOKUPS[4], {**JSON, "Accept-Encoding": "gzip"}),
    "a lookup in XML": (LOOKUPS[5], {"Accept": "application/sparql-results+xml"}),
    "nothing found": (path(PREFIX + "ASK { :a :b :c }"), JSON),
    "by thing": (path(PREFIX + "SELECT * { :thing-8 ?p ?o }"), JSON),
}
# what a helper leaves to the web process: method, path, headers, body
OTHERS = {
    "a join": (
        "GET", path(PREFIX + "SELECT * { :a :next ?x . ?x :next ?y }"), JSON, None,
    ),
    "a page": ("GET", "/", {"Accept": "text/html"}, None),
    "a form": ("GET", "/sparql", {"Accept": "text/html"}, None),
    "nothing there": ("GET", "/nowhere", {}, None),
    "a query in a body": (
        "POST", "/sparql",
        {**JSON, "Content-Type": "application/sparql-query"}, ANOTHER.encode(),
    ),
    "no query": ("GET", path("SELECT * { ?x"), JSON, None),
    "what may not be": ("DELETE", "/sparql", {}, None),
    "what is long": ("GET", path(ANOTHER + "#" * 20_000), JSON, None),
    "metrics": ("HEAD", "/metrics", {}, None),
}  # fmt: skip


class Client:
    """A client with one connection, and which process has answered it last."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", server.port, timeout=PATIENCE
        )

    def ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """The answer to a request."""
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def close(self) -> None:
        """Go away."""
        self.connection.close()


@contextlib.contextmanager
def lent(server: Server) -> Iterator[Client]:
    """The first of some clients that another process answers than all at first."""
    with contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(contextlib.closing(Client(server))) for _ in range(8)
        ]
        first = answerer(server.ask("GET", LOOKUPS[0]))

        def helped() -> Client | None:
            asked = ((answerer(each.ask("GET", LOOKUPS[0])), each) for each in clients)
            return next((each for process, each in asked if process != first), None)

        yield wait_until(helped)


def answerer(answer: Answer) -> str:
    """What tells the process that has answered a lookup."""
    return answer.headers["Query-Id"].partition(".")[0]


def told(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    """What an answer tells, but for the moment."""
    fields = [
        (n, v) for n, v in answer.headers.items() if n.lower() not in OF_THE_MOMENT
    ]
    return answer.status, fields, answer.body


@contextlib.contextmanager
def asks(server: Server, *paths: str) -> Iterator[subprocess.Popen[str]]:
    """Some clients, in a process of their own."""
    there = Path(__file__).with_name("clients.py")
    command = [sys.executable, str(there), str(server.port), "6", *(paths or LOOKUPS)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def asking(server: Server) -> Iterator[Callable[[], int]]:
    """Some clients, and how to end them: how many answers they have got."""
    with asks(server) as process:

        def end() -> int:
            answered, said = process.communicate("\n", PATIENCE)
            assert not said, said
            return int(answered)

        yield end


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a small graph."""
    return made(tmp_path)


def made(place: Path) -> Path:
    """The same in a place."""
    (place / "graph").mkdir()
    (place / "graph" / "chain.ttl").write_text(TURTLE + HUB)
    (place / "kgserver.toml").write_text('reasoning = "none"\n')
    return place


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a small graph."""
    with serving(made(tmp_path_factory.mktemp("helping")), "--no-watch") as running:
        yield running


def counted(server: Server, sample: str) -> float:
    """A number that the server's metrics tell."""
    lines = server.get("/metrics")[1].splitlines()
    return sum(float(each.split()[-1]) for each in lines if each.startswith(sample))


def helped(server: Server, method: str, where: str, headers: dict[str, str]) -> Answer:
    """What a helper answers to a request, or says without telling who it is."""
    web = answerer(server.ask("GET", LOOKUPS[0]))
    while True:
        with lent(server) as client:
            answer = client.ask(method, where, headers)
        if "Query-Id" not in answer.headers or answerer(answer) != web:
            return answer


def test_a_client_that_is_lent_is_answered_like_any_other(server: Server) -> None:
    """Also to validators, methods, codings."""
    with asking(server) as end:
        for where, headers in EASY.values():
            expected = server.ask("GET", where, headers)
            same = {**headers, "If-None-Match": expected.headers["ETag"]}
            for method, fields in (("GET", headers), ("HEAD", headers), ("GET", same)):
                request = method, where, fields
                assert told(helped(server, *request)) == told(server.ask(*request))
        end()


def test_what_a_helper_does_not_answer_the_web_process_does(server: Server) -> None:
    """On the same connection, and what follows as well."""
    with asking(server) as end:
        for request in OTHERS.values():
            with lent(server) as helped:
                answer, expected = helped.ask(*request), server.ask(*request)
                assert answer.status == expected.status
                kind, other = (e.headers["Content-Type"] for e in (answer, expected))
                assert kind == other
                follows, other = (e.ask("GET", LOOKUPS[1]) for e in (helped, server))
                assert follows.body == other.body
                assert answerer(follows) == answerer(other)
        end()


def test_requests_that_come_together_or_in_pieces_are_answered_in_their_order(
    server: Server,
) -> None:
    """The helper gives the client back with what it has read of them."""
    one, two = (
        f"GET {each} HTTP/1.1\r\nHost: test\r\n\r\n".encode() for each in LOOKUPS[:2]
    )
    with asking(server) as end:
        for pieces in ((one + two,), (one[:30], one[30:] + two), (one, two)):
            with lent(server) as helped:
                plain = helped.connection.sock
                assert plain
                for each in pieces:
                    plain.sendall(each)
                heard = b""
                while heard.count(b'"x"') < 4:  # in head and rows of each
                    heard += plain.recv(65536)
                assert heard.index(b'thing-1"') < heard.index(b'thing-2"')
        end()


def test_all_that_was_answered_is_counted_once(folder: Path) -> None:
    """Wherever it was; and connections are counted by who has them."""
    with serving(folder, "--no-watch") as server:
        with asking(server) as end:
            wait_until(lambda: server.doing("helper"))
            wait_until(lambda: counted(server, "kgserver_connections") > 6)
            helped = counted(server, "kgserver_requests_total")
            wait_until(
                lambda: counted(server, "kgserver_requests_total") > helped + 5000
            )
            asked = end()
        wait_until(lambda: counted(server, "kgserver_connections") <= 1)
        wait_until(lambda: counted(server, "kgserver_queries_total") >= asked)
        in_flight = 6  # answers that came too late
        assert counted(server, "kgserver_queries_total") <= asked + in_flight
        looks = 500  # of this test, at the metrics
        assert asked <= counted(server, "kgserver_requests_total") < asked + looks


def test_a_helper_that_is_killed_is_replaced(server: Server) -> None:
    """Its clients are cut off; who asks anew is answered, and helped."""
    with asking(server), lent(server):
        (killed,) = server.doing("helper")
        os.kill(killed, signal.SIGKILL)
        assert server.get(LOOKUPS[0])[0] == 200
    with asking(server) as end, lent(server):
        assert server.doing("helper") not in ({killed}, set())
        end()


def test_helpers_end_with_the_web_process_and_come_to_the_next(server: Server) -> None:
    """What they hold of its clients is over as well."""
    with asking(server), lent(server):
        helpers = server.doing("helper")
        for each in server.doing("web"):
            os.kill(each, signal.SIGKILL)
        wait_until(lambda: not helpers & server.doing("helper"))
    with asking(server) as end, lent(server):
        end()


def test_a_helper_that_nobody_needs_ends(server: Server) -> None:
    """Its memory is given back."""
    with asking(server) as end, lent(server):
        end()

    wait_until(lambda: not server.doing("helper"))
    assert server.get(LOOKUPS[0])[0] == 200


def test_a_new_version_is_answered_from_at_once(folder: Path) -> None:
    """A client that is lent hears of it no later than any other."""
    added = "@prefix : <http://127.0.0.1:8000/id/> .\n:thing-999 :next :a .\n"
    news = path(PREFIX + "SELECT * { :thing-999 :next ?x }")
    with serving(folder) as server, asking(server) as end, lent(server) as helped:
        assert b"/id/a" not in helped.ask("GET", news, JSON).body
        (folder / "graph" / "more.ttl").write_text(added)
        wait_until(lambda: b"/id/a" in server.ask("GET", news, JSON).body)
        assert b"/id/a" in helped.ask("GET", news, JSON).body
        end()


def test_a_client_over_its_time_is_refused_wherever_it_is(folder: Path) -> None:
    """What a helper takes of a client's time is taken from the one budget."""
    given = {**PROXY, "KGSERVER_CLIENT_SECONDS": "2"}
    with serving(folder, "--no-watch", **given) as server, asks(server, WIDE) as asking:
        wait_until(lambda: server.doing("helper"))
        wait_until(lambda: asking.poll() is not None)
        assert "HTTP/1.1 429" in asking.communicate()[1]
        other = {"X-Forwarded-For": "192.0.2.8"}
        assert server.ask("GET", LOOKUPS[0], other).status == 200


def test_a_message_of_any_length_comes_with_its_socket() -> None:
    """Thousands of clients behind a proxy, and a long request that goes back."""
    spent = {f"2001:db8::{n}": (float(n), 0.1) for n in range(20_000)}
    said = Report(0.5, spent, {}), Back(1, b"x" * 300_000), Left(2), Back(3, b"")

    async def talk() -> list[tuple[Message, bool]]:
        heard: list[tuple[Message, bool]] = []
        whole = asyncio.Event()

        def hear(message: Message, handle: int) -> None:
            heard.append((message, handle >= 0))
            if handle >= 0:
                os.close(handle)
            if len(heard) == len(said):
                whole.set()

        ends = socket.socketpair(*processes.KIND)
        one, other = (Line(end, hear, whole.set) for end in ends)
        for each in said:
            one.say(each, os.dup(0) if isinstance(each, Back) else -1)
        await asyncio.wait_for(whole.wait(), PATIENCE)
        one.close()
        other.close()
        return heard

    with ThreadPoolExecutor(1) as other:  # an event loop may be running in this one
        heard = other.submit(lambda: asyncio.run(talk())).result()
    assert heard == [(each, isinstance(each, Back)) for each in said]


def test_without_helpers_there_are_none(folder: Path) -> None:
    """The setting is respected."""
    with serving(folder, "--no-watch", KGSERVER_HELPERS="0") as server:
        with asking(server) as end, contextlib.closing(Client(server)) as client:
            first = {answerer(server.ask("GET", LOOKUPS[0]))}
            for _ in range(5000):
                first.add(answerer(client.ask("GET", LOOKUPS[0])))
            end()
        assert len(first) == 1
        assert not server.doing("helper")
