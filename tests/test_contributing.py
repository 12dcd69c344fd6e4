"""The walk-through of CONTRIBUTING works as it stands, and so does its glue."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .checkout import Checkout
from .conftest import ROOT, SHIPPED

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def steps() -> list[tuple[str, list[str]]]:
    """Each command of the walk-through with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for block in _BLOCK.findall(TEXT):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    assert found
    return found


def pattern(lines: list[str]) -> str:
    """What is printed: a line … is any lines, … within a line anything in it."""
    parts = (
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in lines
    )
    return "".join(parts)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """The shipped graph, committed, and `kgserver` on the path."""
    made = Checkout(tmp_path / "city-exchange")
    for name in SHIPPED:
        source, target = ROOT / name, made.folder / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    made.write({".gitignore": ".kgserver/\n"})
    made.commit({})
    return made


def run(command: str, folder: Path) -> str:
    """What a command prints, both streams as a terminal shows them."""
    person = {"NAME": "Ada", "EMAIL": "ada@example.org"}
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in person.items()
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **who, "PATH": path},
    ).stdout  # fmt: skip


def test_the_walk_through_goes_as_it_is_told(checkout: Checkout) -> None:
    """Every command in order; each prints what the document shows."""
    for command, lines in steps():
        printed = run(command, checkout.folder)
        assert re.fullmatch(pattern(lines), printed), f"$ {command}\n{printed}"


def test_the_problem_matcher_reads_what_check_prints(checkout: Checkout) -> None:
    """File, line, column, severity and message, as an editor wants them."""
    found = re.search(r'"regexp": "(.*)"', TEXT)
    assert found
    matcher = re.compile(found[1].replace("\\\\", "\\"))
    checkout.write({"graph/broken.ttl": "ex:a ex:p 1 .\n"})
    lines = run("kgserver check .", checkout.folder).splitlines()
    matched = [match.groups() for match in map(matcher.match, lines) if match]

    assert matched[0][:4] == ("graph/broken.ttl", "1", "1", "error")
    assert "the prefix ex:" in matched[0][4]
