"""A wrong edit of the shipped graph is found at its line, with what to do about it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kgserver.load import snapshot
from kgserver.model import settings as setting

from .conftest import ROOT, cases, copy_shipped

if TYPE_CHECKING:
    from kgserver.model.problem import Problem

_PLACE = re.compile(r"(\S+\.ttl):(\d+)")


def edited(case: Path, folder: Path) -> dict[str, Any]:
    """The shipped graph copied into a folder and edited; the edit as its file says."""
    copy_shipped(folder)
    edit = tomllib.loads((case / "edit.toml").read_text("utf-8"))
    path = folder / edit["file"]
    before = path.read_text("utf-8")
    assert before.count(edit["find"]) == 1, "the edit must fit exactly one place"
    path.write_text(before.replace(edit["find"], edit["replace"]), "utf-8")
    return edit


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
def test_wrong_edit_is_found_where_it_is(case: Path, tmp_path: Path) -> None:
    """One of the errors names the file, the line and the remedy."""
    edit = edited(case, tmp_path)
    expected = edit["expected"]
    problems = snapshot.check(setting.read(tmp_path, {}))
    errors = [problem for problem in problems if problem.fatal]

    assert any(fits(problem, expected, tmp_path) for problem in errors), "\n".join(
        problem.as_text() for problem in problems
    )
    assert all(problem.hint for problem in errors)


def test_every_check_finds_something() -> None:
    """No query of the checks is there that no wrong edit sets off."""
    edits = [*(ROOT / "tests/cases/wrong-edits").glob("*/edit.toml")]
    codes = {tomllib.loads(p.read_text("utf-8"))["expected"]["code"] for p in edits}
    checks = {f"check:{p.stem}" for p in (ROOT / "queries/checks").glob("*.rq")}

    assert checks
    assert checks - codes == set()
