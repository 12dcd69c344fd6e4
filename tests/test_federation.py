"""SERVICE leaves by one door: to listed endpoints, at public addresses, no further."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import ipaddress
import os
import signal
import socket
import tempfile
import threading
from concurrent import futures
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.ask.engine import addresses, confinement, mother, passage
from kgserver.ask.pool.pool import Pool
from kgserver.ask.pool.run import Run
from kgserver.ask.sparql import protocol
from kgserver.ask.sparql import query as queries
from kgserver.load import snapshot
from kgserver.model import media

from .processes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgserver.ask.engine.addresses import Address
    from kgserver.ask.engine.relay import Relay
    from kgserver.ask.pool.outcome import Outcome
    from kgserver.ask.sparql.query import Question
    from kgserver.model.settings import Settings

ROWS = b"?s\n<http://e/far>\n"
ANYWHERE: Callable[[Address], bool] = bool


class Endpoint(http.server.BaseHTTPRequestHandler):
    """A SPARQL endpoint with one answer, and the mischief that its path asks for."""

    asked: list[str]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer."""
        query = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(f"{self.path} {self.headers['Host']} {query}")
        self.close_connection = True
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", "/sparql")
            self.send_header("Content-Length", "0")
        else:
            self.send_response(200)
            self.send_header("Content-Type", "text/tab-separated-values")
            cut = 5 if self.path == "/cut" else 0
            self.send_header("Content-Length", str(len(ROWS) + cut))
        self.end_headers()
        if self.path != "/moved":
            self.wfile.write(ROWS)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[str]]]:
    """An endpoint on loopback: its address, and what it has been asked."""
    asked: list[str] = []
    handler = type("Asked", (Endpoint,), {"asked": asked})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def ask(way: Relay, query: str) -> list[str]:
    """The values of ?s, as the engine finds them through the relay."""
    question = queries.consider(protocol.Query(query), way.endpoints)
    task = queries.task(question, media.JSON)
    rows = ox.Store().query(way.readdress(task.text, task.services))
    assert isinstance(rows, ox.QuerySolutions)
    return [str(row["s"]) for row in rows]


def test_a_listed_endpoint_is_asked(endpoint: tuple[str, list[str]]) -> None:
    """Under its own name, with the part of the query that is for it."""
    address, asked = endpoint
    way = passage.start((f"{address}/sparql?of=1",), ANYWHERE)

    found = ask(way, f"SELECT ?s {{ SERVICE <{address}/sparql?of=1> {{ ?s a ?c }} }}")

    assert found == ["<http://e/far>"]
    assert asked[0].startswith(f"/sparql?of=1 {address.removeprefix('http://')} SELECT")


def test_an_address_inside_is_not_asked(endpoint: tuple[str, list[str]]) -> None:
    """Though the operator lists its name."""
    address, asked = endpoint
    way = passage.start((f"{address}/sparql",))

    with pytest.raises(OSError, match="403"):
        ask(way, f"SELECT ?s {{ SERVICE <{address}/sparql> {{ ?s a ?c }} }}")
    assert asked == []


def test_a_redirect_is_not_followed(endpoint: tuple[str, list[str]]) -> None:
    """Wherever it leads."""
    address, asked = endpoint
    way = passage.start((f"{address}/moved",), ANYWHERE)

    with pytest.raises(OSError, match="502"):
        ask(way, f"SELECT ?s {{ SERVICE <{address}/moved> {{ ?s a ?c }} }}")
    assert len(asked) == 1


def test_an_answer_that_breaks_off_is_none(endpoint: tuple[str, list[str]]) -> None:
    """Its rows are not taken for all there are."""
    address, _ = endpoint
    way = passage.start((f"{address}/cut",), ANYWHERE)

    with pytest.raises(RuntimeError, match="chunk"):
        ask(way, f"SELECT ?s {{ SERVICE <{address}/cut> {{ ?s a ?c }} }}")


def test_a_silent_service_that_fails_gives_one_row() -> None:
    """Without bindings (SPARQL 1.1 Federated Query §2.4)."""
    iri = "http://no-such-host.invalid/sparql"
    way = passage.start((iri,), ANYWHERE)
    query = f"SELECT (COUNT(*) AS ?s) {{ SERVICE SILENT <{iri}> {{ ?x a ?c }} }}"

    assert ask(way, query) == ['"1"^^<http://www.w3.org/2001/XMLSchema#integer>']


def test_the_relay_is_no_proxy_for_others(endpoint: tuple[str, list[str]]) -> None:
    """Who does not know its path gets nothing."""
    address, asked = endpoint
    way = passage.start((f"{address}/sparql",), ANYWHERE)
    host = way.base.split("/")[2]
    client = http.client.HTTPConnection(host)
    client.request("POST", "/0", b"ASK {}")

    assert client.getresponse().status == 404
    client.close()
    assert asked == []


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
    ],
)  # fmt: skip
def test_what_is_not_public_may_not_be_asked(text: str) -> None:
    """Loopback, private, link-local, shared, multicast, and IPv4 inside of IPv6."""
    assert not addresses.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"])
def test_what_is_public_may_be_asked(text: str) -> None:
    """In both families."""
    assert addresses.is_public(ipaddress.ip_address(text))


@pytest.mark.skipif(
    os.uname().machine not in confinement.MACHINES, reason="no filter for this machine"
)
def test_a_confined_process_has_no_network() -> None:
    """Neither by a socket of its own nor by the engine's SERVICE; the rest goes on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        query = f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
        child = os.fork()
        if not child:
            os._exit(_confined(query))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()

    assert status == 0


def _confined(query: str) -> int:
    """In the child: 0 where everything is as it must be."""
    if not confinement.confine():
        return 1
    store = ox.Store()
    try:
        rows = store.query(query)
        assert isinstance(rows, ox.QuerySolutions)
        list(rows)
    except OSError:
        pass
    else:
        return 2
    try:
        socket.socket()
    except PermissionError:
        return 0 if store.query("ASK {}") else 4
    return 3


def test_the_processes_of_the_engine_ask_through_the_relay(
    endpoint: tuple[str, list[str]], make_folder: Callable[..., Settings]
) -> None:
    """A mother, her relay and her workers, which have no other network."""
    address, asked = endpoint
    settings = make_folder(
        {"graph/a.ttl": "<http://e/near> a <http://e/Thing> ."},
        {"KGSERVER_SERVICE_ENDPOINTS": f"{address}/sparql"},
    )
    assert snapshot.build(settings).served
    query = f"SELECT ?s ?near {{ ?near a ?c SERVICE <{address}/sparql> {{ ?s a ?d }} }}"
    question = queries.consider(protocol.Query(query), settings.service_endpoints)

    # in a thread of its own, since the tests of a browser leave a loop in this one
    with borne(settings) as path, futures.ThreadPoolExecutor(1) as thread:
        asking = thread.submit(asyncio.run, through(path, settings, question))
        answer = asking.result()

    assert answer.splitlines()[1:] == [b"<http://e/far>\t<http://e/near>"]
    assert len(asked) == 1
    assert not question.steady


@contextlib.contextmanager
def borne(settings: Settings) -> Iterator[str]:
    """A mother who lets SERVICE ask anywhere; where she listens."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as line:
        path = f"{folder}/engine"
        line.bind(path)
        line.listen()
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                mother.run(settings.state, settings, line, ANYWHERE)
            os._exit(1)
        try:
            yield path
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


async def through(path: str, settings: Settings, question: Question) -> bytes:
    """The answer of the pool to a question."""
    told: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    pool = Pool(path, settings, Nobody())
    pool.start()
    task = queries.task(question, media.TSV, settings)
    pool.submit(Run(task, Told(told)))
    answer = await asyncio.wait_for(told, PATIENCE)
    for member in pool.members:
        member.leave()
    await asyncio.sleep(0)
    return answer


class Told:
    """Hears the end of a query."""

    def __init__(self, told: asyncio.Future[bytes]) -> None:
        self.told = told

    def piece(self, run: Run, data: bytes) -> None:
        """Nothing: the answers here are short."""

    def ended(self, _: Run, last: bytes) -> None:
        """Hand on the answer."""
        self.told.set_result(last)

    def failed(self, _: Run, fault: Exception) -> None:
        """Hand on why there is none."""
        self.told.set_exception(fault)


class Nobody:
    """Takes no note."""

    def record(self, outcome: Outcome) -> None:
        """Nothing."""
