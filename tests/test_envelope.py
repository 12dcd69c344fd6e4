"""Every limit is seen to end a query, and every process to be killed, on a real server.

Each limit is set low on a server of its own; the answer must name it and its value.
"""

from __future__ import annotations

import gzip
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from kgserver.ask.engine import task, worker
from kgserver.load import snapshot
from kgserver.model import media
from kgserver.serve.live import Live
from kgserver.serve.sparql import whose

from .processes import PATIENCE, Server, serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings

    from .processes import Answer

PREFIX = "PREFIX : <http://127.0.0.1:8000/id/>\n"
PLAIN = "/sparql?query=" + quote(PREFIX + "ASK { :a :next ?x }")
# every combination of some thousand values: no end is in sight
ENDLESS = PREFIX + (
    "SELECT (COUNT(*) AS ?n) { ?a :next ?b . ?c :next ?d . ?e :next ?f . ?g :next ?h }"
)
SORTED = PREFIX + "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
ROWS = PREFIX + "SELECT * { ?a :next ?b }"
PIECE = f'"{"x" * 50_000}"'
LONG = f"SELECT (CONCAT(?x{', ?x' * 29}) AS ?y) {{ BIND({PIECE} AS ?x) }}"
PAIRS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PROXY = {"KGSERVER_TRUSTED_PROXIES": "127.0.0.1"}
TURTLE = "@prefix : <http://127.0.0.1:8000/id/> .\n:a :next :thing-0 .\n" + "".join(
    f":thing-{n} :next :thing-{n + 1} .\n" for n in range(200)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small graph."""
    made = tmp_path_factory.mktemp("envelope")
    (made / "graph").mkdir()
    (made / "graph" / "chain.ttl").write_text(TURTLE)
    (made / "kgserver.toml").write_text('reasoning = "none"\n')
    return made


def ask(server: Server, query: str, client: str = "", more: str = "") -> Answer:
    """The answer to a query, asked by a client of this name."""
    headers = {"Content-Type": "application/sparql-query", "X-Forwarded-For": client}
    return server.ask("POST", f"/sparql{more}", headers, query.encode())


@pytest.mark.parametrize(
    ("settings", "query", "status", "limit"),
    [
        ({"query_seconds": 1, "query_cpu_seconds": 0}, ENDLESS, 504, "query_seconds"),
        (
            {"query_seconds": 25, "query_cpu_seconds": 1},
            ENDLESS, 504, "query_cpu_seconds",
        ),
        ({"query_memory": 100}, SORTED, 507, "query_memory"),
        ({"query_memory": 100, "memory_budget": 0}, SORTED, 507, "query_memory"),
        ({"result_rows": 100}, ROWS, 507, "result_rows"),
        ({"result_megabytes": 1}, LONG, 507, "result_megabytes"),
    ],
    ids=["wall", "processor", "memory", "memory-from-disk", "rows", "bytes"],
)  # fmt: skip
def test_a_query_over_a_limit_is_ended_and_told_which(
    folder: Path, settings: dict[str, int], query: str, status: int, limit: str
) -> None:
    """With a remedy; what asks next is answered, and nothing is left over."""
    given = {f"KGSERVER_{name.upper()}": str(n) for name, n in settings.items()}
    with serving(folder, "--no-watch", **given) as server:
        answer = ask(server, query)
        problem = json.loads(answer.body)
        kind = answer.headers["Content-Type"]

        assert (answer.status, problem["limit"]) == (status, limit)
        assert kind.startswith("application/problem+json")
        assert problem["value"] == settings[limit]
        assert problem["hint"]
        assert server.get(PLAIN)[0] == 200
        server.stop()
        # the kernel ends the workers, with their mother, in its own time
        wait_until(lambda: not server.family())


def test_a_limit_that_is_met_on_the_way_cuts_the_answer(folder: Path) -> None:
    """What has begun to go out is never taken for all there is."""
    with serving(folder, "--no-watch", KGSERVER_RESULT_MEGABYTES="8") as server:
        with server.connect() as connection:
            asked = f"GET /sparql?query={quote(PAIRS)} HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(asked.encode())
            received = b"".join(iter(lambda: read(connection), b""))

        assert received.startswith(b"HTTP/1.1 200 ")
        assert not received.endswith(b"\r\n0\r\n\r\n")
        assert server.get(PLAIN)[0] == 200


def read(connection: socket.socket) -> bytes:
    """Some bytes; none at the end, however the connection ends."""
    try:
        return connection.recv(65_536)
    except ConnectionError:
        return b""


def test_who_is_too_many_may_ask_later(folder: Path) -> None:
    """One runs, one waits, and a third is turned away; who waits too long as well."""
    given = {"ENGINE_WORKERS": "1", "QUEUE_LENGTH": "1", "QUEUE_SECONDS": "4"}
    environment = {f"KGSERVER_{name}": value for name, value in given.items()}
    with serving(
        folder, "--no-watch", **environment, **PROXY, KGSERVER_QUERY_SECONDS="8"
    ) as server:
        answers: dict[str, Answer] = {}
        clients = ["9.9.9.1", "9.9.9.2", "9.9.9.3"]

        def endlessly(client: str) -> None:
            answers[client] = ask(server, ENDLESS, client)

        threads = [threading.Thread(target=endlessly, args=(c,)) for c in clients]
        for waiting, thread in enumerate(threads[:2]):
            thread.start()
            wait_until(partial(stands, server, 1, waiting))
        threads[2].start()
        for thread in threads:
            thread.join()

    found = [json.loads(answers[each].body) for each in clients]
    assert [each["status"] for each in found] == [504, 503, 503]
    for each in clients[1:]:
        assert int(answers[each].headers["Retry-After"]) >= 1
    assert {each["type"] for each in found[1:]} == {"/problem/Busy"}


def test_who_asks_what_is_quick_finds_a_worker(folder: Path) -> None:
    """Clients whose queries were slow leave one, however many they are."""
    clients = ["9.9.9.1", "9.9.9.2"]
    with serving(folder, "--no-watch", **PROXY, KGSERVER_ENGINE_WORKERS="2") as server:
        for each in clients:
            assert ask(server, ENDLESS, each, "?timeout=1").status == 504
        names = [f"a-slow-query-of-{each}" for each in clients]
        threads = [
            threading.Thread(target=ask, args=(server, ENDLESS, *given))
            for given in zip(clients, (f"?id={each}" for each in names), strict=True)
        ]
        for thread in threads:
            thread.start()
        wait_until(partial(stands, server, 1, 1))

        assert ask(server, "ASK { ?s ?p 3 }", "9.9.9.3").status == 200
        assert stands(server, 1, 1)
        for each in names:
            assert server.ask("DELETE", f"/sparql/queries/{each}").status == 204
        for thread in threads:
            thread.join()


def stands(server: Server, running: int, waiting: int) -> bool:
    """Whether so many queries run, and so many wait."""
    return counted(server) == (running, waiting)


def counted(server: Server) -> tuple[int, int]:
    """How many queries run and wait."""
    text = server.get("/metrics")[1]
    found = {
        line.split()[0]: int(float(line.split()[1]))
        for line in text.splitlines()
        if line.startswith(("kgserver_queries_running ", "kgserver_queries_waiting "))
    }
    return found["kgserver_queries_running"], found["kgserver_queries_waiting"]


def test_who_has_used_their_time_may_ask_later(folder: Path) -> None:
    """Another client may ask at once."""
    environment = {"KGSERVER_CLIENT_SECONDS": "1", "KGSERVER_QUERY_SECONDS": "3"}
    with serving(folder, "--no-watch", **environment, **PROXY) as server:
        first = ask(server, ENDLESS, "9.9.9.1")
        second = ask(server, "ASK { ?s ?p 1 }", "9.9.9.1")
        lookup = ask(server, 'ASK { ?s ?p "1" }', "9.9.9.1")
        others = [
            ask(server, text, "9.9.9.2").status
            for text in ("ASK { ?s ?p 2 }", 'ASK { ?s ?p "2" }')
        ]

    assert [first.status, second.status, lookup.status] == [504, 429, 429]
    assert others == [200, 200]
    assert json.loads(second.body)["type"] == "/problem/TooMany"
    assert int(second.headers["Retry-After"]) >= 1


def test_a_long_value_comes_in_small_pieces(
    make_folder: Callable[..., Settings],
) -> None:
    """A value of megabytes is no frame of megabytes, which the reader would hold."""
    settings = make_folder({"graph/a.ttl": "<urn:a> <urn:b> <urn:c> ."})
    assert snapshot.build(settings).served
    dataset = Live(settings.state).dataset()
    near, far = socket.socketpair()
    working = threading.Thread(target=worker.live, args=(far, dataset, None))
    working.start()
    inbox, sizes, ended = task.Inbox(), [0], False
    with far:
        with near:
            near.sendall(task.Task(LONG, form=media.CSV.type).packed())
            while not ended:
                for kind, payload in inbox.feed(near.recv(65_536)):
                    sizes.append(len(payload))
                    ended = kind == task.END
        working.join(PATIENCE)

    assert sum(sizes) > 1_500_000
    assert max(sizes) <= 64 * 1024


def test_pages_are_answered_while_many_wait_for_queries(folder: Path) -> None:
    """Those who want an answer as a page do not take all that makes pages."""
    limits = {"KGSERVER_QUERY_SECONDS": "4", **PROXY}
    target = f"/sparql?query={quote(ENDLESS)}"
    many = {"Accept": "text/html", "X-Forwarded-For": "203.0.113.9"}
    with (
        serving(folder, "--no-watch", **limits) as server,
        ThreadPoolExecutor(40) as beside,
    ):
        asked = [beside.submit(server.ask, "GET", target, many) for _ in range(40)]
        wait_until(lambda: any(each.done() for each in asked))

        assert server.get("/status", "text/html")[0] == 200
        assert not all(each.done() for each in asked)
        assert {each.result().status for each in asked} == {503, 504}


@pytest.mark.parametrize(
    ("address", "forwarded", "named"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("127.0.0.1", "", ""),
        ("::1", "", ""),
        ("2001:db8:0:7:1::5", "", "2001:db8:0:7::/64"),
        ("2001:db8:0:7:2::6", "", "2001:db8:0:7::/64"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "203.0.113.3, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.1", "2001:db8:0:7:1::5", "2001:db8:0:7::/64"),
        ("10.0.0.1", "::ffff:198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "nonsense: here", "nonsense: here"),
        ("10.0.0.1", "", ""),
    ],
)
def test_a_client_is_an_address_or_a_network(
    address: str, forwarded: str, named: str
) -> None:
    """Who has one address of IPv6 has a whole network of them."""
    assert whose.client(address, forwarded, ("10.0.0.0/8",)) == named


def test_connections_of_an_address_are_bounded(folder: Path) -> None:
    """Those of this machine are not, and those of another one are closed politely."""
    more = {"KGSERVER_CLIENT_CONNECTIONS": "2"}
    with serving(folder, "--no-watch", **more) as server, ExitStack() as stack:
        here = "127.0.0.1", server.port
        for source in ["127.0.0.1"] * 4 + ["127.0.0.2"] * 2:
            made = socket.create_connection(here, PATIENCE, (source, 0))
            stack.enter_context(made)
        with socket.create_connection(here, PATIENCE, ("127.0.0.2", 0)) as third:
            said = third.makefile("rb").read()

        assert said.startswith(b"HTTP/1.1 429 ")
        assert server.get(PLAIN)[0] == 200


def test_a_graph_is_read_under_the_limits_of_a_query(folder: Path) -> None:
    """In a process of the engine; its head alone takes none."""
    store = "/rdf-graph-store?default"
    with serving(folder, "--no-watch", KGSERVER_RESULT_ROWS="100") as server:
        head = server.ask("HEAD", store)
        found, body = server.get(store)
        asked = server.get("/metrics")[1]

        assert (head.status, found) == (200, 507)
        assert json.loads(body)["limit"] == "result_rows"
        assert 'kgserver_queries_total{ending="limited",form="graph"} 1.0' in asked
        assert server.get(PLAIN)[0] == 200


def test_a_large_graph_comes_as_it_is_made(tmp_path: Path) -> None:
    """By either address, in chunks, with a validator that says it is the same data."""
    (tmp_path / "graph").mkdir()
    lines = "".join(f":thing-{n} :next :thing-{n + 1} .\n" for n in range(20_000))
    base = "http://127.0.0.1:8000/"
    (tmp_path / "graph" / "long.ttl").write_text(f"@prefix : <{base}id/> .\n{lines}")
    (tmp_path / "kgserver.toml").write_text('reasoning = "none"\n')
    with serving(tmp_path, "--no-watch") as server:
        for path in (f"/rdf-graph-store?graph={base}graph/long", "/graph/long"):
            answer = server.ask("GET", path, {"Accept": "application/n-triples"})
            tag = answer.headers["ETag"]
            again = server.ask("GET", path, {"If-None-Match": tag})
            coded = server.ask("GET", path, {"Accept-Encoding": "gzip"})

            assert answer.status == 200
            assert answer.headers["Transfer-Encoding"] == "chunked"
            assert answer.body.count(b"\n") == 20_000
            assert tag.startswith('W/"')
            assert again.status == 200, "it is Turtle that was asked for now"
            assert gzip.decompress(coded.body).count(b"\n") >= 20_000
            known = {"Accept": "application/n-triples", "If-None-Match": tag}
            assert server.ask("GET", path, known).status == 304


def test_a_client_that_does_not_read_is_let_go(folder: Path) -> None:
    """After the time that a client has for an answer; its worker is free again."""
    environment = {"KGSERVER_TRANSFER_SECONDS": "1", "KGSERVER_ENGINE_WORKERS": "1"}
    with serving(folder, "--no-watch", **environment) as server:
        with server.connect() as connection:
            asked = f"GET /sparql?query={quote(PAIRS)} HTTP/1.1\r\nHost: x\r\n\r\n"
            connection.sendall(asked.encode())

            assert server.get(PLAIN)[0] == 200
            received = b"".join(iter(lambda: read(connection), b""))
        assert not received.endswith(b"\r\n0\r\n\r\n")
