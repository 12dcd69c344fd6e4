"""Queries put to a running server: streamed, broken off, cancelled, given up."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families

from .processes import PATIENCE, Server, serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = 400  # statements
TEXT = "@prefix : <http://127.0.0.1:8000/id/> .\n" + "".join(
    f':s{n} :p "a value of some length, number {n}" .\n' for n in range(COUNT)
)
# Each statement with each: some megabytes, and with a third the same 400 times.
PAIRS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
TRIPLES = "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
NOTHING_FOR_LONG = ENDLESS.replace("*", "(COUNT(*) AS ?n)", 1)
ROWS = ["application/sparql-results+json", "application/sparql-results+xml",
        "text/csv", "text/tab-separated-values"]  # fmt: skip
GRAPHS = ["text/turtle", "application/n-triples", "application/rdf+xml",
          "application/ld+json"]  # fmt: skip

WORKERS = 4  # as many as there are by default


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of some statements, on which each client has all the time it likes."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "graph").mkdir()
    (folder / "graph" / "a.ttl").write_text(TEXT)
    limits = {
        "KGSERVER_RESULT_MEGABYTES": "0", "KGSERVER_RESULT_ROWS": "0",
        "KGSERVER_REASONING": "none",
    }  # fmt: skip
    with serving(folder, "--no-watch", **limits) as started:
        yield started


@contextlib.contextmanager
def asking(
    server: Server, query: str, accept: str = ROWS[0], **headers: str
) -> Iterator[http.client.HTTPResponse]:
    """The answer to a query as it comes."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    fields = {"Accept": accept, **{k.replace("_", "-"): v for k, v in headers.items()}}
    with contextlib.closing(connection):
        connection.request("GET", f"/sparql?query={quote(query)}", headers=fields)
        with connection.getresponse() as answer:
            yield answer


def sample(server: Server, name: str, **labels: str) -> float:
    """The value of one sample of the metrics; 0 where there is none yet."""
    families = text_string_to_metric_families(server.get("/metrics")[1])
    samples = (each for family in families for each in family.samples)
    return next((s.value for s in samples if s.name == name and s.labels == labels), 0)


def ended(server: Server, ending: str, form: str = "select") -> float:
    """How many queries have ended so."""
    return sample(server, "kgserver_queries_total", form=form, ending=ending)


def memory(server: Server) -> int:
    """Bytes that the processes hold, those that they share divided among them."""
    total = 0
    for pid in server.family():
        with contextlib.suppress(OSError):
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            lines = (line.split() for line in text.splitlines())
            total += sum(int(line[1]) for line in lines if line[0] == "Pss:")
    return total * 1024


@pytest.mark.parametrize("coding", ["identity", "gzip", "br", "zstd"])
def test_a_large_answer_comes_as_it_is_made(server: Server, coding: str) -> None:
    """In chunks, without a validator, and is not kept."""
    with asking(server, PAIRS, Accept_Encoding=coding) as answer:
        body = answer.read()

    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("Content-Encoding", "identity") == coding
    assert "ETag" not in answer.headers
    if coding == "identity":
        assert len(json.loads(body)["results"]["bindings"]) == COUNT**2


def test_an_answer_of_any_size_takes_no_memory(server: Server) -> None:
    """Neither while it is sent nor while a client is slow to take it."""
    with asking(server, PAIRS) as answer:
        answer.read()
    before = memory(server)
    with asking(server, ENDLESS) as answer:
        for _ in range(4):
            for _ in range(300):
                answer.read(65_536)
            assert memory(server) - before < 30_000_000


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize(
    ("query", "accept"),
    [*((ENDLESS, form) for form in ROWS), *((TRIPLES, form) for form in GRAPHS)],
)
def test_an_answer_whose_worker_is_killed_is_never_whole(
    server: Server, query: str, accept: str, coding: str
) -> None:
    """The client is told by the connection itself, whatever the format."""
    with asking(server, query, accept, Accept_Encoding=coding) as answer:
        assert answer.status == 200
        answer.read(1_000)
        victims = server.doing("worker")
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with pytest.raises(http.client.IncompleteRead):
            answer.read()

    wait_until(lambda: not victims & server.doing("worker"))
    assert server.get("/sparql?query=ASK%7B%7D", ROWS[0])[0] == 200


@pytest.mark.parametrize("query", [ENDLESS, NOTHING_FOR_LONG], ids=["sent", "silent"])
def test_a_client_that_goes_away_ends_its_query(server: Server, query: str) -> None:
    """At once: its worker is killed, and another takes its place."""
    wait_until(lambda: len(server.doing("worker")) == WORKERS)
    before, there = ended(server, "gone"), server.doing("worker")
    with server.connect() as connection:
        asked = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n"
        connection.sendall(asked.encode())
        wait_until(lambda: sample(server, "kgserver_queries_running") == 1)

    wait_until(lambda: ended(server, "gone") == before + 1)
    wait_until(lambda: not there <= server.doing("worker"))
    assert sample(server, "kgserver_queries_running") == 0


def test_a_page_whose_reader_goes_away_ends_its_query(server: Server) -> None:
    """Also where a thread waits for the answer."""
    before = ended(server, "gone")
    with server.connect() as connection:
        line = f"GET /sparql?query={quote(NOTHING_FOR_LONG)} HTTP/1.1\r\n"
        connection.sendall(f"{line}Host: x\r\nAccept: text/html\r\n\r\n".encode())
        wait_until(lambda: sample(server, "kgserver_queries_running") == 1)

    wait_until(lambda: ended(server, "gone") == before + 1)


@pytest.mark.parametrize("query", [ENDLESS, TRIPLES], ids=["rows", "triples"])
def test_a_page_shows_the_beginning_of_an_endless_answer(
    server: Server, query: str
) -> None:
    """What cannot be seen is not asked for: the query ends when a page has enough."""
    with asking(server, query, "text/html") as answer:
        page = answer.read().decode()

    assert answer.status == 200
    assert len(page) < 100_000
    assert "a value of some length, number" in page
    assert sample(server, "kgserver_queries_running") == 0


@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_a_query_is_cancelled_by_its_name(server: Server, method: str) -> None:
    """By who has given it the name, on another connection."""
    name = str(uuid.uuid4())
    answers = []

    def ask() -> None:
        with asking(server, NOTHING_FOR_LONG, Query_Id=name) as answer:
            answers.append((answer.status, json.loads(answer.read())))

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: sample(server, "kgserver_queries_running") == 1)
    again = server.ask("GET", "/sparql?query=ASK%7B%7D", {"Query-Id": name})
    done = server.ask(method, f"/sparql/queries/{name}")
    thread.join(PATIENCE)

    assert again.status == 400
    assert (done.status, done.body) == (204, b"")
    ((status, problem),) = answers
    assert (status, problem["type"]) == (409, "/problem/Cancelled")
    assert server.ask(method, f"/sparql/queries/{name}").status == 204
    assert server.ask(method, f"/sparql/queries/{uuid.uuid4()}").status == 404


def test_an_answer_on_its_way_is_cancelled_too(server: Server) -> None:
    """It breaks off, and what came of it is no whole answer."""
    name = str(uuid.uuid4())
    with asking(server, ENDLESS, Query_Id=name) as answer:
        assert answer.headers["Query-Id"] == name
        assert server.ask("DELETE", f"/sparql/queries/{name}").status == 204
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


@pytest.mark.parametrize(
    "name", ["short", "with a space in it", "x" * 65, "x" * 16 + "/"]
)
def test_a_name_that_can_be_guessed_is_refused(server: Server, name: str) -> None:
    """Too short, too long, or of signs that an address does not hold."""
    answer = server.ask("GET", f"/sparql?query=ASK%7B%7D&id={quote(name)}")
    assert answer.status == 400


def test_cancelling_is_told_of_in_the_ways_of_the_web(server: Server) -> None:
    """Other methods are refused, scripts of other sites may ask."""
    other = server.ask("GET", "/sparql/queries/x")
    asked = server.ask("OPTIONS", "/sparql/queries/x")

    assert (other.status, other.headers["Allow"]) == (405, "DELETE, POST, OPTIONS")
    assert asked.status == 204
    assert "DELETE" in asked.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "1e9"])
def test_a_time_that_is_none_is_refused(server: Server, seconds: str) -> None:
    """As a number of seconds it makes no sense."""
    answer = server.ask("GET", f"/sparql?query=ASK%7B%7D&timeout={seconds}")
    assert answer.status == 400


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("which", ["worker", "mother", "web"])
def test_what_is_killed_is_replaced(server: Server, which: str, number: int) -> None:
    """The next query is answered, also where a process was told politely."""
    victims = wait_until(lambda: server.doing(which))
    for pid in victims:
        with contextlib.suppress(ProcessLookupError):  # it was on its way already
            os.kill(pid, number)
    wait_until(lambda: not victims & set(server.family()))

    query = quote(f"SELECT * {{ ?s ?p ?o }} LIMIT 1 #{which} {number}")
    assert server.ask("GET", f"/sparql?query={query}").status == 200
