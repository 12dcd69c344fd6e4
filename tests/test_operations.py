"""The operator sees how queries end: metrics, status, and lines of a log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from kgserver.load import snapshot
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

FILES = {"graph/a.ttl": "@prefix : <http://127.0.0.1:8000/id/> . :a :p :b ."}
ASKED = {"query": "SELECT * { ?s ?p ?o }"}


def served(settings: Settings) -> FlaskClient:
    """A client of the application over a folder that is built."""
    assert snapshot.build(settings).served
    return create_app(settings).test_client()


def sample(client: FlaskClient, name: str, **labels: str) -> float:
    """The value of one sample of the metrics; 0 where there is none yet."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    samples = (each for family in families for each in family.samples)
    found = [s.value for s in samples if s.name == name and s.labels == labels]
    return found[0] if found else 0


def test_queries_are_counted_by_form_and_ending(
    make_folder: Callable[..., Settings],
) -> None:
    """Answered, kept, refused."""
    client = served(make_folder(FILES))
    kinds = [("select", "answered"), ("unknown", "cached"), ("unknown", "refused")]

    def counts() -> list[float]:
        name = "kgserver_queries_total"
        return [sample(client, name, form=f, ending=e) for f, e in kinds]

    before = counts()
    client.get("/sparql", query_string=ASKED)
    client.get("/sparql", query_string=ASKED)
    client.get("/sparql", query_string={"query": "{" * 100})

    assert [n - b for n, b in zip(counts(), before, strict=True)] == [1, 1, 1]


def test_the_version_in_service_is_a_metric(
    make_folder: Callable[..., Settings],
) -> None:
    """So that an alarm can tell that a build is due, or fails."""
    client = served(make_folder(FILES))

    assert sample(client, "kgserver_snapshot_version") == 1
    assert sample(client, "kgserver_last_build_served") == 1
    assert sample(client, "kgserver_triples_asserted") == 1


def test_the_status_is_a_page_and_data(make_folder: Callable[..., Settings]) -> None:
    """Both say which version, and under which limits."""
    client = served(make_folder(FILES))
    told = client.get("/status", headers={"Accept": "application/json"}).get_json()
    page = client.get("/status", headers={"Accept": "text/html"})

    assert told["version"] == 1
    assert told["query_limits"]["group-nesting"] == 64
    assert told["limits"]["query_seconds"] == 30
    assert all(process["memory_bytes"] > 0 for process in told["processes"])
    assert "group-nesting" in page.text


def lines(path: Path) -> list[dict[str, object]]:
    """The lines of a log, without what differs each time."""
    read = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [{k: v for k, v in each.items() if k not in _FICKLE} for each in read]


_FICKLE = {"time", "seconds", "size"}


def test_the_log_holds_a_line_for_each_request(
    make_folder: Callable[..., Settings],
) -> None:
    """With the id that the client got, and without the query's text."""
    settings = make_folder(FILES, {"KGSERVER_ACCESS_LOG": "access.log"})
    client = served(settings)
    answer = client.get("/sparql", query_string=ASKED)
    client.get("/health")
    query, health = lines(settings.folder / "access.log")

    assert query == {
        "event": "query", "id": answer.headers["Query-Id"], "form": "SELECT",
        "ending": "answered", "client": "127.0.0.1",
    }  # fmt: skip
    assert (health["path"], health["status"]) == ("/health", 200)


def test_the_text_of_queries_is_logged_where_that_is_wanted(
    make_folder: Callable[..., Settings],
) -> None:
    """And nowhere else."""
    wanted = {"KGSERVER_ACCESS_LOG": "access.log", "KGSERVER_LOG_QUERIES": "true"}
    settings = make_folder(FILES, wanted)
    served(settings).get("/sparql", query_string=ASKED)

    assert lines(settings.folder / "access.log")[0]["text"] == ASKED["query"]
