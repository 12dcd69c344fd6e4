"""What a disk or a hand has damaged below .kgserver is made anew, or passed over."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from kgserver import cli
from kgserver.ask import editions
from kgserver.load import snapshot, versions
from kgserver.model import settings as setting
from kgserver.model.settings import STATE
from kgserver.serve.app import create_app

from .processes import serving, wait_until

if TYPE_CHECKING:
    from pathlib import Path

SAID = """@prefix : <http://127.0.0.1:8000/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:a rdfs:label "A" ; :next :b . :b rdfs:label "B" ."""
MORE = ' :c rdfs:label "C" ; :next :b .'
QUERY = "/sparql?query=SELECT%20*%20%7B%20?s%20%3Chttp://127.0.0.1:8000/id/next%3E%20?o%20%7D"


@pytest.fixture(scope="module")
def twice_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of which two versions are kept."""
    folder = tmp_path_factory.mktemp("damage")
    for text in (SAID, SAID + MORE):
        (folder / "a.ttl").write_text(text)
        assert snapshot.build(setting.read(folder, {})).served
    return folder


@pytest.fixture
def folder(twice_built: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return shutil.copytree(twice_built, tmp_path / "folder", symlinks=True)


def damage(folder: Path, pattern: str) -> None:
    """Write other bytes into files; versions share them by links."""
    found = list((folder / STATE).glob(pattern))
    assert found
    for path in found:
        size = path.stat().st_size
        path.unlink()
        path.write_bytes(b"\xd3" * size)


def test_a_running_server_builds_a_damaged_version_anew(folder: Path) -> None:
    """The terminal says so; older versions stay."""
    damage(folder, "snapshots/2/store/*.sst")
    with serving(folder, "--no-watch") as server:
        wait_until(lambda: server.get(QUERY, "text/csv")[1].count("/id/b") == 2)
        assert server.get("/")[0] == server.get("/changes")[0] == 200
        assert server.get("/data/c.ttl?version=1")[0] == 404
        assert server.get("/data/a.ttl?version=1")[0] == 200
        assert sorted(versions.numbers(folder / STATE)) == [1, 3]
        server.heard("version 2 is damaged and is built anew")


@pytest.mark.parametrize("pattern", ["manifest.json", "store/*.sst", "store/CURRENT"])
def test_whatever_of_a_version_is_damaged_the_next_takes_its_place(
    folder: Path, pattern: str
) -> None:
    """No command stumbles over it."""
    damage(folder, f"snapshots/2/{pattern}")
    done = CliRunner().invoke(
        cli.main, ["query", str(folder), "-q", "ASK { ?s ?p ?o }"]
    )
    assert done.exit_code == 0, done.output
    assert "version 2 is damaged and is built anew" in done.output
    assert sorted(versions.numbers(folder / STATE)) == [1, 3]


@pytest.mark.parametrize("pattern", ["manifest.json", "store/*.sst"])
def test_an_older_version_that_is_damaged_is_passed_over(
    folder: Path, pattern: str
) -> None:
    """Who asks for it hears that it cannot be read, all else is as ever."""
    damage(folder, f"snapshots/1/{pattern}")
    client = create_app(setting.read(folder, {})).test_client()
    for path in ("/", "/changes", "/changes.atom", "/dataset", "/data/a.ttl?version=2"):
        assert client.get(path).status_code == 200
    refused = client.get("/data/a.ttl?version=1")
    assert refused.status_code == 410
    assert json.loads(refused.text)["versions"] == [name(folder, 2)]
    listed = client.get("/timemap/link/data/a.ttl").text
    assert f"version={name(folder, 2)}" in listed
    assert "version=1" not in listed


def name(folder: Path, number: int) -> str:
    """What a version is cited by."""
    return editions.name_of(versions.read(versions.directory(folder / STATE, number)))


def test_lines_that_are_damaged_are_done_without(folder: Path) -> None:
    """A page then says less about where a statement stands."""
    damage(folder, "snapshots/2/lines/*")
    client = create_app(setting.read(folder, {})).test_client()
    assert client.get("/page/a").status_code == 200
    base = "http://127.0.0.1:8000/id/"
    why = {"s": f"{base}a", "p": f"{base}next", "o": f"{base}b"}
    assert client.get("/why", query_string=why).status_code == 200


@pytest.mark.parametrize("pattern", ["work/store/*.sst", "work/digest", "attempt.json"])
def test_a_save_is_built_whatever_else_is_damaged(folder: Path, pattern: str) -> None:
    """What the builder keeps for itself it makes anew."""
    damage(folder, pattern)
    (folder / "a.ttl").write_text(SAID)
    built = snapshot.build(setting.read(folder, {}))
    assert built.snapshot
    assert built.snapshot.version == 3
    assert built.snapshot.counts.asserted == 3
