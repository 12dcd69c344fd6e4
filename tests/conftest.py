"""What the tests share: folders with files, a built graph, a client, golden files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgserver.load import opinion, snapshot
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

from .processes import Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "cases"
SHIPPED = ("graph", "ontology", "queries", "kgserver.toml")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew, and more edits be tried."""
    parser.addoption("--update-golden", action="store_true", help="write golden files")
    parser.addoption(
        "--mutations", type=int, default=30, help="edits of the mutation test"
    )


def cases(room: str) -> list[pytest.ParameterSet]:
    """The cases of a room, as parameters named after their path; none is a failure."""
    found = sorted(path for path in (CASES / room).iterdir() if path.name[0] != ".")
    if not found:
        message = f"tests/cases/{room} holds no case"
        raise FileNotFoundError(message)
    return [pytest.param(path, id=path.stem) for path in found]


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[..., Settings]:
    """Write a folder from texts by path, and read its settings."""

    def make(
        files: dict[str, str], environment: dict[str, str] | None = None
    ) -> Settings:
        for name, text in files.items():
            path = tmp_path / "folder" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return setting.read(tmp_path / "folder", environment or {})

    return make


@pytest.fixture
def make_client(
    make_folder: Callable[..., Settings],
) -> Callable[[dict[str, str]], FlaskClient]:
    """Write a folder, build it, and give a client of the application over it."""

    def make(files: dict[str, str]) -> FlaskClient:
        settings = make_folder(files)
        built = snapshot.build(settings)
        assert built.served, built.as_text(0)
        return create_app(settings).test_client()

    return make


def copy_shipped(folder: Path) -> Settings:
    """A copy of the shipped graph in a folder that is there."""
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    return setting.read(folder, {})


def build_shipped(folder: Path) -> Settings:
    """A copy of the shipped graph, built; what owlrl makes of it is remembered."""
    settings = copy_shipped(folder)
    built = snapshot.build(settings)
    assert built.served, built.as_text(0)
    assert opinion.asked(settings) == ()
    return settings


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the shipped graph, built."""
    return build_shipped(tmp_path_factory.mktemp("shipped"))


@pytest.fixture
def client(shipped: Settings) -> FlaskClient:
    """A client of the application over the shipped graph."""
    return create_app(shipped).test_client()


@pytest.fixture(scope="session")
def server(shipped: Settings) -> Iterator[Server]:
    """A running server of the shipped graph."""
    with serving(shipped.folder, "--no-watch") as started:
        yield started


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the one in a file, or write it there with --update-golden."""
    update = request.config.getoption("--update-golden")

    def compare(path: Path, actual: str) -> None:
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, "utf-8")
        expected = path.read_text("utf-8") if path.is_file() else "(no golden file)"
        assert actual == expected, f"{path.relative_to(ROOT)} differs"

    return compare
