"""A wrong edit of the shipped graph is found at its line, with what to do about it."""

from __future__ import annotations

import contextlib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kgserver.load import snapshot

from .conftest import ROOT, build_shipped, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

_PLACE = re.compile(r"(\S+\.ttl):(\d+)")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the shipped graph, built, in which one file after another is edited."""
    return build_shipped(tmp_path_factory.mktemp("edited"))


@contextlib.contextmanager
def edited(edit: dict[str, Any], folder: Path) -> Iterator[None]:
    """The graph in a folder with an edit, which is taken back."""
    path = folder / edit["file"]
    before = path.read_text("utf-8")
    assert before.count(edit["find"]) == 1, "the edit must fit exactly one place"
    path.write_text(before.replace(edit["find"], edit["replace"]), "utf-8")
    try:
        yield
    finally:
        path.write_text(before, "utf-8")


def places(problem: Problem) -> list[tuple[str, int]]:
    """The file and line of a problem, and those that its words name besides."""
    words = f"{problem.message} {problem.hint}"
    named = [(file, int(line)) for file, line in _PLACE.findall(words)]
    return [(problem.file, problem.line), *named]


def fits(problem: Problem, expected: dict[str, Any], folder: Path) -> bool:
    """Whether a problem is the one expected: its file, its line, its words."""
    lines = [
        (folder / file).read_text("utf-8").split("\n")[line - 1]
        for file, line in places(problem)
        if file == expected["file"] and line
    ]
    if problem.code != expected["code"]:
        return False
    named = any(expected.get("line", "") in line for line in lines)
    return named and expected.get("says", "") in f"{problem.message} {problem.hint}"


@pytest.mark.parametrize("case", cases("wrong-edits"))
def test_wrong_edit_is_found_where_it_is(case: Path, settings: Settings) -> None:
    """One of the errors names the file, the line and the remedy."""
    edit = tomllib.loads((case / "edit.toml").read_text("utf-8"))
    with edited(edit, settings.folder):
        problems = snapshot.check(settings)
        errors = [problem for problem in problems if problem.fatal]
        fitting = [e for e in errors if fits(e, edit["expected"], settings.folder)]

    assert fitting, "\n".join(problem.as_text() for problem in problems)
    assert all(problem.hint for problem in errors)


def test_every_check_finds_something() -> None:
    """No query of the checks is there that no wrong edit sets off."""
    edits = [*(ROOT / "tests/cases/wrong-edits").glob("*/edit.toml")]
    codes = {tomllib.loads(p.read_text("utf-8"))["expected"]["code"] for p in edits}
    checks = {f"check:{p.stem}" for p in (ROOT / "queries/checks").glob("*.rq")}

    assert checks
    assert checks - codes == set()
