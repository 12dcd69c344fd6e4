"""The operator sees how queries end: metrics, status, and lines of a log."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families

import kgserver
from kgserver.ask.engine import role
from kgserver.load import snapshot
from kgserver.serve.app import create_app

from .processes import Server, serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgserver.model.settings import Settings

FILES = {"graph/a.ttl": "@prefix : <http://127.0.0.1:8000/id/> . :a :p :b ."}
ASKED = "SELECT * { ?s ?p ?o }"
QUERY = f"/sparql?query={quote(ASKED)}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one statement."""
    made = tmp_path_factory.mktemp("operated")
    (made / "graph").mkdir()
    (made / "graph" / "a.ttl").write_text(FILES["graph/a.ttl"])
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A server that writes down what it does, with the text of queries."""
    wanted = {"KGSERVER_ACCESS_LOG": "access.log", "KGSERVER_QUERY_SECONDS": "1"}
    with serving(folder, "--no-watch", **wanted) as started:
        yield started


def sample(server: Server, name: str, **labels: str) -> float:
    """The value of one sample of the metrics; 0 where there is none yet."""
    text = server.get("/metrics")[1]
    samples = (
        s for family in text_string_to_metric_families(text) for s in family.samples
    )
    found = [s.value for s in samples if s.name == name and s.labels == labels]
    return found[0] if found else 0


def lines(folder: Path, identifier: str) -> list[dict[str, object]]:
    """The lines of the log about one id, without what differs each time."""
    text = (folder / "access.log").read_text("utf-8")
    read = [json.loads(line) for line in text.splitlines()]
    kept = [each for each in read if each.get("id") == identifier]
    return [{k: v for k, v in each.items() if k not in _FICKLE} for each in kept]


_FICKLE = {"time", "seconds", "size", "waited"}
ENDLESS = (
    "SELECT (COUNT(*) AS ?n) {"
    + "?a ?b ?c ." * 9
    + "".join(
        f"{{ SELECT * {{ VALUES ?x{n} {{ {' '.join(map(str, range(100)))} }} }} }}"
        for n in range(5)
    )
    + "}"
)


@pytest.mark.parametrize(
    ("query", "headers", "form", "ending"),
    [
        ("SELECT * { ?s ?p 1 }", {}, "select", "answered"),
        ("ASK {}", {}, "ask", "answered"),
        ("{" * 100, {}, "unknown", "refused"),
        ("SELECT ?x { ?x a }", {}, "select", "refused"),
        (ENDLESS, {}, "select", "limited"),
    ],
    ids=["select", "ask", "nested", "unreadable", "endless"],
)
def test_queries_are_counted_by_form_and_ending(
    server: Server, query: str, headers: dict[str, str], form: str, ending: str
) -> None:
    """Each by how it ended."""
    name, labels = "kgserver_queries_total", {"form": form, "ending": ending}
    before = sample(server, name, **labels)
    server.ask("GET", f"/sparql?query={quote(query)}", headers)

    assert sample(server, name, **labels) == before + 1


def test_a_kept_answer_is_counted_as_one(server: Server) -> None:
    """The second time it is not asked."""
    name = "kgserver_queries_total"
    server.ask("GET", QUERY)
    assert sample(server, "kgserver_kept_bytes") > 0
    before = sample(server, name, form="unknown", ending="cached")
    server.ask("GET", QUERY)

    assert sample(server, name, form="unknown", ending="cached") == before + 1


def test_the_limit_that_stopped_a_query_is_counted(server: Server) -> None:
    """By its name."""
    name = "kgserver_queries_stopped_total"
    before = sample(server, name, limit="timeout")
    path = f"/sparql?timeout=0.2&query={quote(ENDLESS)}"
    answer = server.ask("GET", path)

    assert (answer.status, json.loads(answer.body)["limit"]) == (504, "timeout")
    assert sample(server, name, limit="timeout") == before + 1


def test_the_version_in_service_is_a_metric(server: Server) -> None:
    """So that an alarm can tell that a build is due, or fails."""
    assert sample(server, "kgserver_snapshot_version") == 1
    assert sample(server, "kgserver_last_build_served") == 1
    assert sample(server, "kgserver_triples_asserted") == 1
    assert sample(server, "kgserver_connections") >= 1


def test_the_log_holds_a_line_for_each_request_and_each_query(
    server: Server, folder: Path
) -> None:
    """With the id that the client got, and without the query's text."""
    answer = server.ask("POST", "/sparql", {"Content-Type": "application/sparql-query"},
                        ASKED.encode())  # fmt: skip
    identifier = answer.headers["Query-Id"]
    wait_until(lambda: len(lines(folder, identifier)) == 2)
    query, request = lines(folder, identifier)

    assert query == {
        "event": "query", "id": identifier, "form": "SELECT", "ending": "answered",
        "rows": 1,
    }  # fmt: skip
    assert request == {
        "event": "request", "id": identifier, "client": "127.0.0.1", "method": "POST",
        "path": "/sparql", "status": 200,
    }  # fmt: skip


def test_the_text_of_queries_is_logged_where_that_is_wanted(
    make_folder: Callable[..., Settings],
) -> None:
    """And nowhere else; the id may be the client's own."""
    folder = make_folder(FILES).folder
    wanted = {"KGSERVER_ACCESS_LOG": "access.log", "KGSERVER_LOG_QUERIES": "true"}
    with serving(folder, "--no-watch", **wanted) as server:
        name = "a-name-that-nobody-guesses"
        assert server.ask("GET", f"{QUERY}&id={name}").headers["Query-Id"] == name
        wait_until(lambda: len(lines(folder, name)) == 2)

    assert lines(folder, name)[0]["text"] == ASKED


def test_the_status_is_a_page_and_data(make_folder: Callable[..., Settings]) -> None:
    """Both say which version, and under which limits."""
    settings = make_folder(FILES)
    assert snapshot.build(settings).served
    client = create_app(settings).test_client()
    told = client.get("/status", headers={"Accept": "application/json"}).get_json()
    page = client.get("/status", headers={"Accept": "text/html"})

    assert told["version"] == 1
    assert told["query_limits"]["group-nesting"] == 64
    assert told["limits"]["query_seconds"] == 30
    assert all(process["memory_bytes"] > 0 for process in told["processes"])
    assert "group-nesting" in page.text


@pytest.mark.parametrize("does", role.ROLES)
def test_what_a_process_calls_itself_is_read_by_the_status(does: str) -> None:
    """Its name, cut to what the system keeps, is no other role's."""
    named = (
        f"from kgserver.ask.engine import role; role.take({does!r}); print(flush=True)"
    )
    command = [sys.executable, "-c", f"{named}; input()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        read = role.read(process.pid)
        process.communicate("\n")

    assert read == does


def test_each_role_is_taken_at_one_place() -> None:
    """By the process that a loader, a dump, a second opinion runs in, as by others."""
    code = Path(kgserver.__file__).parent.rglob("*.py")
    text = "".join(path.read_text("utf-8") for path in code)

    assert sorted(re.findall(r'role\.take\("(\w+)"\)', text)) == sorted(role.ROLES)
