"""Every address can be asked for as it was: by a version's name, or by a date."""

from __future__ import annotations

import contextlib
import datetime
import gc
import http.client
import json
import re
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from werkzeug.http import http_date, parse_date

from kgserver.ask import editions
from kgserver.load import snapshot, versions
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

from .processes import serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from kgserver.model.settings import Settings

    from .processes import Server

HERE = "http://127.0.0.1:8000/id/"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
QUERY = quote(f"SELECT ?label {{ <{HERE}a> <{LABEL}> ?label }}")
ALL = quote(f"CONSTRUCT WHERE {{ <{HERE}a> ?p ?o }}")
# Every kind of address that shows the one thing, whose name each version changes.
ADDRESSES = [
    "/page/a",
    "/data/a.ttl",
    "/data/a?format=jsonld",
    "/data/a.trig",
    "/id/a",
    f"/resource?iri={quote(HERE)}a",
    f"/resource?iri={quote(HERE)}a&format=nt",
    "/graph/a",
    "/rdf-graph-store?default",
    f"/sparql?query={QUERY}",
    f"/sparql?query={QUERY}&format=csv",
    f"/sparql?query={ALL}",
    "/fragments",
    f"/fragments?subject={quote(HERE)}a&format=html",
    "/fragments/quads",
    "/search?q=version",
    "/class/",
    "/explore",
    f"/why?s={quote(HERE)}a&p={quote(LABEL)}&o=%22in+version+VERSION%22&format=ttl",
    "/dataset",
    "/dataset?format=ttl",
    "/linkset/json/page/a",
]
# Of these the version shows in something else than the name.
UNNAMED = ("/class/", "/explore", "/dataset", "/linkset", "/page/a?in")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Four versions, an hour apart; the first is pruned, the thing `late` came last."""
    where: Path = tmp_path_factory.mktemp("travel")
    (where / "graph").mkdir()
    (where / setting.FILE).write_text('title = "Travel"\n')
    settings = setting.read(where, {})
    for number in range(1, 5):
        late = f'<{HERE}late> <{LABEL}> "late" .' if number == 4 else ""
        (where / "graph" / "a.ttl").write_text(
            f'<{HERE}a> <{LABEL}> "in version {number}" .\n{late}\n'
        )
        assert snapshot.build(settings).served
        _date(versions.directory(settings.state, number), number)
    shutil.rmtree(versions.directory(settings.state, 1))
    return settings


def _date(directory: Path, hour: int) -> None:
    """Let a version have been made at an hour of a day."""
    path = directory / versions.MANIFEST
    members = json.loads(path.read_text("utf-8"))
    members["created"] = f"2026-01-01T0{hour}:00:00+00:00"
    path.write_text(json.dumps(members), "utf-8")


@pytest.fixture(scope="module")
def client(folder: Settings) -> FlaskClient:
    """A client of the application over it."""
    return create_app(folder).test_client()


def name(folder: Settings, number: int) -> str:
    """The lasting name of a version."""
    (found,) = [e.name for e in editions.kept(folder.state) if e.number == number]
    return found


def asked(address: str, version: str) -> str:
    """The address with a version."""
    number = version.partition("-")[0]
    mark = "&" if "?" in address else "?"
    return f"{address}{mark}version={version}".replace("VERSION", number)


def links(answer: TestResponse) -> dict[str, str]:
    """The targets of the Link headers by relation; the last one of each."""
    found = {}
    for each in answer.headers.getlist("Link"):
        target, relations = re.findall(r'<([^>]*)>; rel="([^"]*)"', each)[0]
        found.update(dict.fromkeys(relations.split(), target))
    return found


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("number", [2, 3, 4])
def test_an_address_answers_as_it_was(
    client: FlaskClient, folder: Settings, address: str, number: int
) -> None:
    """By number and by name alike, with the moment of the version."""
    by_name = client.get(asked(address, name(folder, number)), follow_redirects=True)
    by_number = client.get(asked(address, str(number)), follow_redirects=True)

    assert by_name.status_code == by_number.status_code == 200
    moment = datetime.datetime(2026, 1, 1, number, tzinfo=datetime.UTC)
    assert by_name.headers["Memento-Datetime"] == http_date(moment)
    if not address.startswith(UNNAMED):
        assert f"in version {number}" in by_name.text
        assert not re.search(f"in version [^{number}]", by_name.text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_lasting_name_is_kept_for_good(
    client: FlaskClient, folder: Settings, address: str
) -> None:
    """Data under one never changes; a number may be given again, a page may be mended.

    A page with a number or a name leads on to the same version.
    """
    named = client.get(asked(address, name(folder, 2)), follow_redirects=True)
    numbered = client.get(asked(address, "2"), follow_redirects=True)
    page = named.mimetype == "text/html"

    assert ("immutable" in named.headers["Cache-Control"]) is not page
    assert "immutable" not in numbered.headers["Cache-Control"]
    assert named.headers["ETag"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_gone_says_what_there_is(
    client: FlaskClient, folder: Settings, address: str
) -> None:
    """410 for a version that was, 404 for one that never was, 400 for no name."""
    for version, status in (
        ("1", 410), ("9", 404), ("2-00000000", 404), ("1-00000000", 410), ("x", 400),
        ("-1", 400), ("0", 400), ("2e3", 400),
    ):  # fmt: skip
        headers = {"Accept": "*/*"}
        answer = client.get(asked(address, version), headers=headers)
        assert answer.status_code == status, version
        assert answer.headers["Cache-Control"] == "no-store"
        if status != 400:
            assert answer.get_json(force=True)["versions"] == [
                name(folder, number) for number in (2, 3, 4)
            ]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Thu, 01 Jan 2026 03:30:00 GMT", 3),
        ("Thu, 01 Jan 2026 03:00:00 GMT", 3),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 2),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 4),
    ],
)
def test_a_date_leads_to_the_version_of_then(
    client: FlaskClient, folder: Settings, address: str, moment: str, number: int
) -> None:
    """RFC 7089 §4: the original is its own time gate; before the first is the first."""
    address = address.replace("VERSION", str(number))
    led = client.get(address, headers={"Accept-Datetime": moment})
    target = client.get(led.headers["Location"], follow_redirects=True)

    assert led.status_code == 302
    assert "Accept-Datetime" in led.headers["Vary"]
    assert f"version={name(folder, number)}" in led.headers["Location"]
    assert {"original", "timegate", "timemap"} <= links(led).keys()
    assert target.status_code == 200
    assert "Memento-Datetime" in target.headers
    assert {"original", "timegate", "timemap"} <= links(target).keys()


def test_a_date_that_is_none_is_refused(client: FlaskClient) -> None:
    """And what has no past does not care."""
    dated = {"Accept-Datetime": "yesterday"}

    assert client.get("/data/a.ttl", headers=dated).status_code == 400
    assert client.get("/health", headers=dated).status_code == 200
    assert (
        client.post("/sparql", headers=dated, data={"query": "ASK {}"}).status_code
        == 200
    )


@pytest.mark.parametrize(
    "address", [each for each in ADDRESSES if not each.startswith(("/why",))]
)
def test_a_time_map_lists_every_version(client: FlaskClient, address: str) -> None:
    """In the syntax of links, each leading to a response of the moment that it says."""
    original = client.get(address, follow_redirects=True)
    answer = client.get(links(original)["timemap"])
    lines = re.findall(
        r'<([^>]*)>; rel="([^"]*)"(?:.*?datetime="([^"]*)")?', answer.text
    )
    mementos = [(t, when) for t, relation, when in lines if "memento" in relation]

    assert answer.mimetype == "application/link-format"
    assert [relation for _, relation, when in lines if when] == [
        "first memento", "memento", "last memento"
    ]  # fmt: skip
    assert lines[0][1] == "original timegate"
    assert lines[1][1] == "self"
    for (target, when), number in zip(mementos, (2, 3, 4), strict=True):
        path = target.removeprefix("http://localhost")
        memento = client.get(path, follow_redirects=True)
        assert memento.headers["Memento-Datetime"] == when
        assert parse_date(when) == datetime.datetime(
            2026, 1, 1, number, tzinfo=datetime.UTC
        )


def test_a_time_map_lists_only_where_the_thing_is(client: FlaskClient) -> None:
    """What came late is in one version; what never was is in none."""
    for path in ("/page/late", "/data/late.ttl", f"/resource?iri={quote(HERE)}late"):
        assert client.get(f"/timemap/link{path}").text.count("memento") == 1
        assert client.get(asked(path, "3")).status_code == 404
    assert client.get("/timemap/link/page/never").status_code == 404
    assert client.get("/timemap/link/health").status_code == 404
    assert client.get("/timemap/link/sparql/check").status_code == 404
    assert client.get("/timemap/link/static/site.css").status_code == 404


def test_links_stay_in_the_version(client: FlaskClient, folder: Settings) -> None:
    """In headers, in link sets, in `Location`; it is cited with its version."""
    version = name(folder, 3)
    page = client.get(asked("/page/a", version))
    found = links(page)
    led = client.get(asked("/id/a", version), headers={"Accept": "text/turtle"})
    sets = client.get(asked("/linkset/json/page/a", version)).get_json(force=True)

    assert found["cite-as"] == f"{HERE}a?version={version}"
    assert found["alternate"].endswith(f"version={version}")
    assert led.headers["Location"] == f"/data/a.ttl?version={version}"
    assert links(led)["cite-as"] == f"{HERE}a?version={version}"
    assert all(
        each["anchor"].endswith(f"version={version}") for each in sets["linkset"]
    )
    assert links(client.get("/page/a"))["cite-as"] == f"{HERE}a"


def test_a_kept_answer_is_not_taken_for_one_of_another_time(
    client: FlaskClient,
) -> None:
    """Whoever sends a date is led on, whatever was asked for before."""
    for _ in range(2):
        assert client.get("/data/a.ttl").status_code == 200
        moment = {"Accept-Datetime": "Thu, 01 Jan 2026 03:30:00 GMT"}
        assert client.get("/data/a.ttl", headers=moment).status_code == 302


def test_files_of_an_older_version_are_made_when_asked_for(
    client: FlaskClient, folder: Settings
) -> None:
    """With their checksums; those of a version that is gone are gone."""
    sums = client.get(f"/dump/v{name(folder, 2)}/SHA256SUMS", buffered=True)
    listed = client.get(asked("/dataset?format=ttl", name(folder, 2))).text

    assert sums.status_code == 200
    assert sums.text.split()[0] in listed
    assert f"dump/v{name(folder, 2)}/" in listed
    assert client.get("/dump/v1-00000000/all.nq.gz").status_code == 410
    assert client.get("/dump/v9-00000000/all.nq.gz").status_code == 404
    assert client.get("/dump/2/all.nq.gz").status_code == 404


@pytest.fixture(scope="module")
def server(folder: Settings) -> Iterator[Server]:
    """The versions, served, with little time and memory for a query."""
    lines = (folder.folder / setting.FILE).read_text()
    limits = "query_seconds = 2\nquery_cpu_seconds = 0\nquery_memory = 200\n"
    (folder.folder / setting.FILE).write_text(lines + limits)
    with serving(folder.folder, "--no-watch") as running:
        yield running
    (folder.folder / setting.FILE).write_text(lines)


def test_a_query_is_answered_by_the_version_that_it_names(
    server: Server, folder: Settings
) -> None:
    """Through the server, whose workers hold another one; in every order."""
    for number in (3, 4, 2, 3, 2, 4):
        path = asked(f"/sparql?query={QUERY}&format=csv", name(folder, number))
        assert server.get(path) == (200, f"label\r\nin version {number}\r\n")
    assert server.get(f"/sparql?query={QUERY}&format=csv")[1].split()[-1] == "4"
    assert server.get(asked(f"/sparql?query={QUERY}", "1"))[0] == 410
    page = server.get(asked(f"/sparql?query={QUERY}", "2"), "text/html")
    assert "in version 2" in page[1]


ASK = "query=ASK%7B%7D"
TEN = " ".join(map(str, range(10)))
SLOW = " ".join(f"VALUES ?v{number} {{ {TEN} }}" for number in range(9))
BIG = "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
for _ in range(6):
    BIG = f"REPLACE({BIG}, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')"


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("SELECT", 400, '"line"'),
        (f"SELECT (COUNT(*) AS ?n) {{ {SLOW} }}", 504, "query_seconds"),
        (f"SELECT ({BIG} AS ?big) {{}}", 507, "query_memory"),
    ],
    ids=["broken", "too slow", "too big"],
)
def test_the_past_has_the_same_envelope(
    server: Server, query: str, status: int, said: str
) -> None:
    """A query that may not be, or takes too much, ends as it does in the present."""
    found, body = server.get(asked(f"/sparql?query={quote(query)}", "2"))

    assert found == status
    assert said in body
    assert server.get(asked(f"/sparql?query={QUERY}&format=csv", "2"))[0] == 200


def test_a_large_answer_of_the_past_comes_as_it_is_made(server: Server) -> None:
    """In chunks, whole, and without a validator that another order would break."""
    five = " ".join(f"VALUES ?v{number} {{ {TEN} }}" for number in range(5))
    query = quote(f"SELECT * {{ {five} BIND('{'x' * 20}' AS ?x) }}")
    answer = server.ask("GET", asked(f"/sparql?query={query}&format=csv", "2"))

    assert answer.status == 200
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["Memento-Datetime"]
    assert answer.headers["ETag"].startswith('W/"')
    assert answer.body.count(b"\n") == 1 + 10**5


def test_an_answer_of_the_past_over_a_limit_is_not_whole(
    folder: Settings, tmp_path: Path
) -> None:
    """What has begun breaks off; what has not is refused."""
    where = tmp_path / "folder"
    shutil.copytree(folder.folder, where, symlinks=True)
    five = " ".join(f"VALUES ?v{number} {{ {TEN} }}" for number in range(5))
    query = quote(f"SELECT * {{ {five} BIND('{'x' * 500}' AS ?x) }}")
    most = {"KGSERVER_RESULT_MEGABYTES": "4", "KGSERVER_RESULT_ROWS": "50000"}
    with serving(where, "--no-watch", **most) as server:
        with pytest.raises(http.client.IncompleteRead):
            server.ask("GET", asked(f"/sparql?query={query}&format=csv", "2"))
        few = quote(f"SELECT * {{ {five} }}")
        found = server.get(asked(f"/sparql?query={few}&format=csv", "2"))
        assert found[0] == 507
        assert "result_rows" in found[1]


def test_a_query_of_the_past_is_ended_by_its_name(
    folder: Settings, tmp_path: Path
) -> None:
    """As one of the present is."""
    where = tmp_path / "folder"
    shutil.copytree(folder.folder, where, symlinks=True)
    patient = 'title = "Travel"\nquery_seconds = 600\nquery_cpu_seconds = 600\n'
    (where / setting.FILE).write_text(patient)
    query = quote(f"SELECT (COUNT(*) AS ?n) {{ {SLOW} }}")
    target = asked(f"/sparql?query={query}&id=the-slowest-of-them-all", "2")
    with (
        serving(where, "--no-watch") as server,
        ThreadPoolExecutor() as beside,
    ):
        answer = beside.submit(server.get, target)
        name = "/sparql/queries/the-slowest-of-them-all"
        wait_until(lambda: server.ask("DELETE", name).status == 204)

        assert answer.result()[0] == 409


def test_one_client_does_not_take_all_of_the_past(
    folder: Settings, tmp_path: Path
) -> None:
    """Its next query is refused while there is still a place for another's.

    All its queries are charged to one budget, whichever version they are about.
    """
    where = tmp_path / "folder"
    shutil.copytree(folder.folder, where, symlinks=True)
    patient = {
        "KGSERVER_QUERY_SECONDS": "3", "KGSERVER_TRUSTED_PROXIES": "127.0.0.1",
        "KGSERVER_CLIENT_SECONDS": "3",
    }  # fmt: skip
    query = quote(f"SELECT (COUNT(*) AS ?n) {{ {SLOW} }}")
    many, one = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    target, small = asked(f"/sparql?query={query}", "2"), asked("/sparql?" + ASK, "2")
    with (
        serving(where, "--no-watch", **patient) as server,
        ThreadPoolExecutor(8) as beside,
    ):
        answers = [beside.submit(server.ask, "GET", target, many) for _ in range(8)]
        wait_until(lambda: any(each.done() for each in answers))

        assert server.ask("GET", small, one).status == 200
        statuses = sorted(each.result().status for each in answers)
        assert statuses == [503] * 4 + [504] * 4
        # it has used its time, of the present as well
        assert server.ask("GET", f"/sparql?{ASK}", many).status == 429
        assert server.ask("GET", f"/sparql?{ASK}", one).status == 200


def test_whoever_goes_away_ends_a_query_of_the_past(
    folder: Settings, tmp_path: Path
) -> None:
    """Its process is gone long before its time is over."""
    where = tmp_path / "folder"
    shutil.copytree(folder.folder, where, symlinks=True)
    patient = 'title = "Travel"\nquery_seconds = 600\nquery_cpu_seconds = 600\n'
    (where / setting.FILE).write_text(patient)
    with serving(where, "--no-watch") as server:
        assert server.get(asked(f"/sparql?query={QUERY}", "2"))[0] == 200
        assert server.doing("past") == set()
        query = quote(f"SELECT (COUNT(*) AS ?n) {{ {SLOW} }}")
        line = socket.create_connection(("127.0.0.1", server.port))
        target = asked(f"/sparql?query={query}", "2")
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        (process,) = wait_until(lambda: server.doing("past"))
        told = json.loads(server.get("/status", "application/json")[1])
        roles = {each["pid"]: each["role"] for each in told["processes"]}
        assert roles[process] == "past"
        line.close()
        wait_until(lambda: not server.doing("past"))


def test_a_version_that_is_let_go_gives_its_files_back_at_once(
    make_folder: Callable[[dict[str, str]], Settings],
) -> None:
    """Nothing that was shown of it keeps it open, in a circle or otherwise."""
    settings = make_folder({"graph/a.ttl": _thing(1)})
    assert snapshot.build(settings).served
    client = create_app(settings).test_client()
    gc.collect()
    gc.disable()
    try:
        for address in ADDRESSES:
            client.get(asked(address, "1"))
        assert _open_in(versions.directory(settings.state, 1))
        make_folder({"graph/a.ttl": _thing(2)})
        assert snapshot.build(settings).served
        client.get("/page/a")
        assert not _open_in(versions.directory(settings.state, 1))
    finally:
        gc.enable()


def _thing(number: int) -> str:
    return (
        f'<{HERE}a> <{LABEL}> "in version {number}" ; a <{HERE}Class> .\n'
        f'<{HERE}Class> a <http://www.w3.org/2002/07/owl#Class> ; <{LABEL}> "class" .\n'
    )


def _open_in(directory: Path) -> list[str]:
    """The files of a directory that this process has open."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(str(descriptor.readlink()))
    return [link for link in links if link.startswith(f"{directory}/")]
