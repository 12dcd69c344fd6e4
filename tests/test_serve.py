"""The running server: real processes, real files, real signals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from kgserver.load import snapshot

from .processes import Server, serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings

GOOD = "@prefix : <http://127.0.0.1:8000/id/> .\n"
FILES = {"graph/a.ttl": f"{GOOD}:a :p 1 .\n"}
VALUES = quote("SELECT ?o { <http://127.0.0.1:8000/id/a> ?p ?o }")


def values(server: Server) -> list[str]:
    """The values that `:a` has in the version in service."""
    _, body = server.get(f"/sparql?query={VALUES}", "text/csv")
    return sorted(body.split()[1:])


def test_a_save_goes_into_service_and_a_broken_one_does_not(
    make_folder: Callable[..., Settings],
) -> None:
    """Save well, save broken, mend: each time the server serves what is right."""
    folder = make_folder(FILES).folder
    with serving(folder) as server:
        assert values(server) == ["1"]

        make_folder({"graph/a.ttl": f"{GOOD}:a :p 1 , 2 .\n"})
        wait_until(lambda: values(server) == ["1", "2"])

        make_folder({"graph/a.ttl": f"{GOOD}:a :p 1 , ex:two .\n"})
        wait_until(lambda: "version 2 stays in service" in "".join(server.said))
        assert values(server) == ["1", "2"]
        assert "graph/a.ttl:2:11: error: the prefix ex: is not declared" in "".join(
            server.said
        )
        page = server.get("/problems", "text/html")[1]
        assert "the prefix ex: is not declared" in page
        assert "version 2 stays in service" in server.get("/", "text/html")[1]

        make_folder({"graph/a.ttl": f"{GOOD}:a :p 3 .\n"})
        wait_until(lambda: values(server) == ["3"])
        assert "stays in service" not in server.get("/", "text/html")[1]


def test_a_file_that_comes_or_goes_is_noticed(
    make_folder: Callable[..., Settings],
) -> None:
    """New files and folders count, taken away files too."""
    folder = make_folder(FILES).folder
    with serving(folder) as server:
        make_folder({"graph/deep/b.ttl": f"{GOOD}:a :p 2 .\n"})
        wait_until(lambda: values(server) == ["1", "2"])
        (folder / "graph" / "deep" / "b.ttl").unlink()
        wait_until(lambda: values(server) == ["1"])


def test_a_folder_that_is_moved_is_noticed(
    make_folder: Callable[..., Settings], tmp_path: Path
) -> None:
    """Nothing but the folder itself is told of then, not what is in it."""
    folder = make_folder({**FILES, "graph/deep/b.ttl": f"{GOOD}:a :p 2 .\n"}).folder
    with serving(folder) as server:
        assert values(server) == ["1", "2"]
        (folder / "graph" / "deep").rename(tmp_path / "aside")
        wait_until(lambda: values(server) == ["1"])
        (tmp_path / "aside").rename(folder / "graph" / "v1.0")
        wait_until(lambda: values(server) == ["1", "2"])
        (folder / "graph" / "v1.0").rename(tmp_path / "aside")
        wait_until(lambda: values(server) == ["1"])


def test_the_terminal_tells_what_is_wrong_once_and_what_is_mended(
    make_folder: Callable[..., Settings],
) -> None:
    """As it is saved; saving the same fault anew says nothing more."""
    folder = make_folder(FILES).folder
    broken = {"graph/a.ttl": f"{GOOD}:a :p "}
    with serving(folder) as server:

        def said(words: str) -> int:
            return sum(words in line for line in server.said)

        make_folder(broken)
        wait_until(lambda: said("not built; version 1 stays in service") == 1)
        make_folder(broken)
        make_folder({"graph/b.ttl": f"{GOOD}:b :p 1 .\n"})
        make_folder({"graph/a.ttl": f"{GOOD}:a :p 3 .\n"})
        wait_until(lambda: said("version 2 is in service") == 1)
        assert said(": error: ") == 1
        assert said("mended: graph/a.ttl:2:") == 1


def test_settings_that_cannot_be_used_are_told_when_they_are_saved(
    make_folder: Callable[..., Settings],
) -> None:
    """The server goes on with those that it began with, and says when to start anew."""
    folder = make_folder(FILES).folder
    with serving(folder) as server:
        saved = folder / "kgserver.toml"
        saved.write_text('titel = "A"\n', "utf-8")
        server.heard("Did you mean title?")
        server.heard("Until that is mended, kgserver does not start again.")
        saved.write_text('title = "A"\n', "utf-8")
        server.heard("kgserver.toml was saved: start kgserver again")
        assert values(server) == ["1"]


def test_without_watch_a_save_changes_nothing_until_the_next_start(
    make_folder: Callable[..., Settings],
) -> None:
    """`--no-watch` serves what was there; a start serves what is there."""
    folder = make_folder(FILES).folder
    with serving(folder, "--no-watch") as server:
        make_folder({"graph/a.ttl": f"{GOOD}:a :p 2 .\n"})
        assert values(server) == ["1"]
    with serving(folder, "--no-watch") as server:
        assert values(server) == ["2"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_server(
    make_folder: Callable[..., Settings], number: int
) -> None:
    """A stop, Ctrl-C, and kill -9 of the first process leave nothing behind."""
    with serving(make_folder(FILES).folder) as server:
        assert {"web", "builder", "mother"} <= set(server.family().values())
        if number == signal.SIGINT:
            os.killpg(server.process.pid, number)
        status = server.stop(number)
        wait_until(lambda: not server.family())

    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 0)


def test_one_line_says_where_it_listens(make_folder: Callable[..., Settings]) -> None:
    """What a script waits for is there once, with the address."""
    with serving(make_folder(FILES).folder) as server:
        lines = [line for line in server.said if server.base in line]

    assert lines == [f"Knowledge graph, version 1, is served on {server.base}\n"]


BOTH = quote("SELECT ?o { <urn:a> <urn:p> ?o . <urn:a> <urn:p> ?o2 }")
TEN = " ".join(map(str, range(10)))
MANY = " ".join(f"VALUES ?v{number} {{ {TEN} }}" for number in range(9))
ENDLESS = quote(f"SELECT (COUNT(*) AS ?n) {{ {MANY} }}")


@pytest.mark.parametrize("accept", ["text/csv", "text/html"])
def test_an_answer_of_a_later_version_has_not_the_validator_of_the_earlier(
    make_folder: Callable[..., Settings], accept: str
) -> None:
    """It was asked about the one, waited, and was answered by the other."""
    settings = make_folder({"graph/a.ttl": '<urn:a> <urn:p> "early" .'})
    path, name = f"/sparql?query={BOTH}", "the-one-before-it"
    with (
        serving(settings.folder, "--no-watch", KGSERVER_ENGINE_WORKERS="1") as server,
        ThreadPoolExecutor() as beside,
    ):
        early = server.ask("GET", path, {"Accept": accept})
        beside.submit(server.ask, "GET", f"/sparql?query={ENDLESS}&id={name}")
        wait_until(lambda: "queries_running 1.0" in server.get("/metrics")[1])
        other = {"Accept": accept, "Accept-Language": "en;q=0.9"}  # this is not kept
        answer = beside.submit(server.ask, "GET", path, other)
        wait_until(lambda: "queries_waiting 1.0" in server.get("/metrics")[1])
        make_folder({"graph/a.ttl": '<urn:a> <urn:p> "later" .'})
        assert snapshot.build(settings).served
        server.ask("DELETE", f"/sparql/queries/{name}")
        later = answer.result()

    assert b"early" in early.body
    assert b"later" in later.body
    assert early.headers["ETag"] not in {None, later.headers["ETag"]}
    assert later.headers["Cache-Control"] == "no-store"


def run(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "kgserver", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
    )


def test_a_port_in_use_is_told_before_anything_is_built(
    make_folder: Callable[..., Settings],
) -> None:
    """The message names the port and another to take."""
    settings = make_folder(FILES)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("serve", str(settings.folder), "--port", str(port))

    assert done.returncode == 2
    assert done.stderr == (
        f"Port {port} is in use by another program. "
        f"Choose another: --port {port + 1}.\n"
    )
    assert not settings.state.exists()


def test_a_folder_that_cannot_be_served_ends_with_its_problems(
    make_folder: Callable[..., Settings],
) -> None:
    """Broken from the start: the findings, a sentence, exit status 1."""
    folder = make_folder({"graph/a.ttl": ":a :p 1 ."}).folder
    done = run("serve", str(folder), "--port", "0")

    assert done.returncode == 1
    assert "graph/a.ttl:1:1: error: the prefix : is not declared" in done.stderr
    assert done.stderr.endswith("There is nothing to serve until this is mended.\n")


def test_a_killed_builder_is_replaced(make_folder: Callable[..., Settings]) -> None:
    """The version in service stays in service, and the next save is noticed."""
    with serving(make_folder(FILES).folder) as server:
        builder = min(server.doing("builder"))
        told = json.loads(server.get("/status", "application/json")[1])
        roles = {each["pid"]: each["role"] for each in told["processes"]}
        assert roles[builder] == "builder"
        os.kill(builder, signal.SIGKILL)

        assert values(server) == ["1"]
        make_folder({"graph/a.ttl": f"{GOOD}:a :p 2 .\n"})
        wait_until(lambda: values(server) == ["2"])


def test_the_shipped_graph_is_served_from_anywhere(tmp_path: Path) -> None:
    """Without a folder and outside one, the graph that comes with the package."""
    done = run("query", "-q", "ASK { ?s ?p ?o }", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "yes\n")


def test_the_wheel_carries_what_it_needs(tmp_path: Path) -> None:
    """Templates, static files and the shipped graph are in the built package."""
    root = Path(__file__).parents[1]
    source = tmp_path / "source"
    wanted = ("kgserver", "graph", "ontology", "queries", "pyproject.toml", "README.md",
              "LICENSE", "kgserver.toml")  # fmt: skip
    for name in wanted:
        copy = shutil.copytree if (root / name).is_dir() else shutil.copy
        copy(root / name, source / name)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run(
        [*command, "-d", str(tmp_path)], cwd=source, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "unpacked", "zip")
    package = tmp_path / "unpacked" / "kgserver"

    for room in ("templates", "static"):
        assert {p.name for p in (package / room).iterdir()} == {
            p.name for p in (root / "kgserver" / room).iterdir()
        }
    for room in ("graph", "ontology", "queries"):
        carried = (package / "shipped" / room).rglob("*.*")
        assert {p.relative_to(package / "shipped") for p in carried} == {
            p.relative_to(root) for p in (root / room).rglob("*.*")
        }
    assert (package / "shipped" / "kgserver.toml").is_file()
