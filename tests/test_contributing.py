"""The walk-through of CONTRIBUTING works as it stands, and so does its glue."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from kgserver.model import settings as setting

from .checkout import Checkout
from .conftest import ROOT, SHIPPED

if TYPE_CHECKING:
    from kgserver.model.settings import Settings

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
WHO = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in {"NAME": "Ada", "EMAIL": "ada@example.org"}.items()
}
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
def checkout(tmp_path: Path, shipped: Settings) -> Checkout:
    """The shipped graph, committed; what owlrl makes of its ontology is remembered."""
    made = Checkout(tmp_path / "city-exchange")
    for name in SHIPPED:
        source, target = ROOT / name, made.folder / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    made.write({".gitignore": ".kgserver/\n"})
    made.commit({})
    state = made.folder / setting.STATE
    state.mkdir()
    shutil.copy(shipped.state / "opinion.json", state)
    return made


def run(command: str, folder: Path) -> str:
    """What a command prints, both streams as a terminal shows them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **WHO, "PATH": path},
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


def committed(folder: Path) -> subprocess.CompletedProcess[str]:
    """What comes of a commit of all that is there, with the hooks of the checkout."""
    home = {"PRE_COMMIT_HOME": str(folder.parent / "cache")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", "pre-commit install -f && git add -A && git commit -m change"],
        cwd=folder, text=True, check=False, capture_output=True,
        env={**os.environ, **WHO, **home, "PATH": path},
    )  # fmt: skip


def test_the_hooks_let_nothing_broken_into_a_commit(tmp_path: Path) -> None:
    """The real pre-commit; our hooks with kgserver as it is installed here."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    local = [{**hook, "language": "system"} for hook in hooks]
    config = yaml.safe_dump({"repos": [{"repo": "local", "hooks": local}]})
    head = "@prefix ex: <https://example.org/> .\n\n"
    size = "https://example.org/size"
    made = Checkout(tmp_path / "repository")
    made.commit(
        {
            ".gitignore": ".kgserver/\n",
            ".pre-commit-config.yaml": config,
            "kgserver.toml": 'base_iri = "https://example.org/"\n',
            "graph/a.ttl": head + "ex:a ex:size 1 .\n",
            "queries/questions/size.rq": f"SELECT ?n {{ ?a <{size}> ?n }}",
            "queries/questions/size.tsv": "?n\n1\n",
        }
    )
    edits = {
        "the prefix exx: is not declared": head + "exx:a ex:size 1 .\n",
        "1 file to format": head + "ex:a   ex:size   1 .\n",
        "1 row missing, 1 unexpected": head + "ex:a ex:size 2 .\n",
    }
    for said, text in edits.items():
        made.write({"graph/a.ttl": text})
        refused = committed(made.folder)
        printed = refused.stdout + refused.stderr
        assert refused.returncode != 0, printed
        assert said in printed
    made.write({"graph/a.ttl": head + "ex:a ex:size 1 .\n\nex:b ex:of ex:a .\n"})
    assert committed(made.folder).returncode == 0
    assert made.git("log", "--format=%s", "-1") == "change"


def test_the_hooks_name_commands_that_there_are() -> None:
    """And a folder, since a repository need not look like one to be meant."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

    assert [hook["id"] for hook in hooks] == re.findall(r"- id: (kgserver-\w+)", TEXT)
    for hook in hooks:
        assert hook.get("pass_filenames", True) != hook["entry"].endswith(" .")


def workflow() -> str:
    """The workflow as the document shows it, with our own way to install kgserver."""
    shown = re.search(
        r"^```yaml\n(# What a pull.*?)^```", TEXT, re.MULTILINE | re.DOTALL
    )
    assert shown
    return re.sub(r"pip install git\S+", "pip install .", shown[1])


def test_the_workflow_runs_step_by_step(checkout: Checkout, tmp_path: Path) -> None:
    """In a fresh clone of a change; what comes from the network is left out."""
    text = (ROOT / ".github/workflows/check.yml").read_text("utf-8")
    assert text == workflow()
    steps = yaml.safe_load(text)["jobs"]["graph"]["steps"]
    checkout.git("checkout", "-q", "-b", "change")
    path = "graph/background/organisations.ttl"
    said = (checkout.folder / path).read_text("utf-8")
    added = '\nid:works a cex:Company ;\n    rdfs:label "Works"@en .\n'
    checkout.commit({path: said + added})
    clone, summary = tmp_path / "clone", tmp_path / "summary.md"
    checkout.git("clone", "-q", str(checkout.folder), str(clone))
    for step in steps:
        command = step.get("run", "")
        if command and not command.startswith("pip "):
            assert set(step.get("env", {})) <= {"BASE"}
            known = f"export BASE=main GITHUB_STEP_SUMMARY={summary}; set -e; {command}"
            printed = run(f"({known}); echo status $?", clone)
            assert printed.splitlines()[-1] == "status 0", printed

    assert "Works" in summary.read_text("utf-8")


def test_the_workflow_fails_on_a_finding(checkout: Checkout) -> None:
    """With its place, as an annotation in the files of the pull request."""
    steps = yaml.safe_load(workflow())["jobs"]["graph"]["steps"]
    checks = [s["run"] for s in steps if s.get("run", "").startswith("kgserver check")]
    checkout.write({"graph/broken.ttl": "ex:a ex:p 1 .\n"})
    printed = run(f"{checks[0]}; echo status $?", checkout.folder)

    assert printed.splitlines()[-1] == "status 1"
    assert "::error file=graph/broken.ttl," in printed
    assert ",line=1,col=1::" in printed
