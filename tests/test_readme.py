"""The README holds: its examples run, its tables are those of the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from kgserver import cli
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

from .conftest import ROOT
from .processes import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.model.settings import Settings

    from .processes import Server

README = (ROOT / "README.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8000"


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    found = re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    assert found
    return found


def rows(heading: str) -> dict[str, list[str]]:
    """The rows of the table below a heading, by their first cell without backticks."""
    section = re.split(rf"^#+ {heading}$", README, flags=re.MULTILINE)[1]
    table = re.search(r"(^\|.*\n)+", section, re.MULTILINE)
    assert table
    cells = [line.strip("| \n").split(" | ") for line in table[0].splitlines()[2:]]
    return {first.strip("` "): rest for first, *rest in cells}


@pytest.fixture(scope="module")
def server(shipped: Settings) -> Iterator[Server]:
    """The shipped graph, served."""
    with serving(shipped.folder, "--no-watch") as running:
        yield running


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_a_python_example_prints_cities(server: Server, number: int) -> None:
    """As it stands, but for the port."""
    code = blocks("python")[number].replace(ADDRESS, server.base)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "https://w3id.org/cityexchange/id/wolfsburg" in done.stdout


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_curl_example_lists_the_editions(server: Server) -> None:
    """As it stands, but for the port."""
    (command,) = [block for block in blocks("sh") if block.startswith("curl")]
    done = subprocess.run(
        ["bash", "-c", command.replace(ADDRESS, server.base)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.splitlines()[1::6] == ["1,Xuzhou", "7,Changchun"]


def test_every_setting_is_described_as_the_code_has_it() -> None:
    """Its name, its default, its meaning."""

    def shown(value: object) -> str:
        if isinstance(value, bool):
            return f"`{str(value).lower()}`"
        return f"`{value}`" if value not in ("", ()) else "none"

    assert rows("Settings") == {
        key: [shown(value), setting.MEANINGS[key]]
        for key, value in setting.KEYS.items()
    }


def test_every_command_and_option_is_described() -> None:
    """And none that is not there."""
    described = {line.split()[1]: text for line, (text,) in rows("Commands").items()}

    assert described.keys() == cli.COMMANDS.keys()
    for name in described:
        command = cli.main.get_command(click.Context(cli.main), name)
        assert command
        options = {p.opts[-1] for p in command.params if p.opts[0].startswith("-")}
        assert all(
            option in described[name] or option == "--query" for option in options
        )


def test_every_address_is_described(shipped: Settings) -> None:
    """Those of the application, without files of its own."""
    rules = {
        re.sub(r"<.*", "", rule.rule)
        for rule in create_app(shipped).url_map.iter_rules()
    }
    described = " ".join(
        f"{key} {' '.join(text)}" for key, text in rows("Addresses").items()
    )

    assert all(rule in described for rule in rules - {"/static/"})


def test_every_case_folder_is_described_to_contributors() -> None:
    """The table of CONTRIBUTING names the folders of tests/cases."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    described = set(re.findall(r"^\| `([\w-]+)/`", text, re.MULTILINE))

    rooms = (ROOT / "tests" / "cases").iterdir()
    assert described == {room.name for room in rooms if room.is_dir()}


def test_what_the_readme_links_to_is_there() -> None:
    """Files and pictures."""
    links = re.findall(r"\]\((?!http)([^)#]+)", README)

    assert links
    assert not [link for link in links if not (ROOT / Path(link)).exists()]


def test_nothing_needs_what_lies_outside_the_project() -> None:
    """No file names a path of a machine."""
    named = subprocess.run(
        ["git", "grep", "-nIE", r"(^|[\" '=(])/(work|root|home)/"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert named.stdout == ""
