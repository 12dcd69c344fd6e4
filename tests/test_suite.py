"""`kgserver test`: an answer that differs is shown row by row, and nothing else is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kgserver import cli

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings


def run(*arguments: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(cli.main, ["test", *arguments])


def laid_out(case: Path, folder: Path) -> str:
    """A folder with the case's data, question and check."""
    for name, place in (
        ("data.ttl", "graph"),
        ("question.rq", "queries/questions"),
        ("question.tsv", "queries/questions"),
        ("check.rq", "queries/checks"),
    ):
        if (case / name).is_file():
            (folder / place).mkdir(parents=True, exist_ok=True)
            shutil.copy(case / name, folder / place / name)
    return str(folder)


@pytest.mark.parametrize("case", cases("suite"))
def test_what_differs_is_said(
    case: Path, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    """The rows with their marks, how many queries there are, the exit status."""
    done = run(laid_out(case, tmp_path))

    golden(case / "said.txt", f"{done.stdout}{done.stderr}exit {done.exit_code}\n")


QUESTIONS = {
    "graph/a.ttl": "<http://e/a> <http://e/p> 1 .\n",
    "queries/questions/one.rq": "# One\nSELECT ?o { ?s ?p ?o }\n",
    "queries/questions/one.tsv": "?o\n1\n",
    "queries/questions/two.rq": "# Two\nSELECT ?o { ?s ?p ?o }\n",
    "queries/questions/two.tsv": "?o\n2\n",
    "queries/questions/three.rq": "# Three\nSELECT ?p { ?s ?p ?o }\n",
}


def test_only_what_is_named_is_asked(make_folder: Callable[..., Settings]) -> None:
    """By name, by file, by a pattern; a name that fits nothing is told."""
    folder = str(make_folder(QUESTIONS).folder)

    assert run(folder, "one").exit_code == 0
    assert run(folder, "queries/questions/two.rq").exit_code == 1
    assert "2 queries: 2 to look at" in run(folder, "t*").stderr
    wrong = run(folder, "ones")
    assert wrong.exit_code == 2
    assert "no question or check ones. Did you mean one?" in wrong.stderr


def test_update_makes_today_s_answer_the_expected_one(
    make_folder: Callable[..., Settings],
) -> None:
    """Those that differ are written, the others left as they are."""
    folder = make_folder(QUESTIONS).folder
    kept = (folder / "queries/questions/one.tsv").stat().st_mtime_ns
    done = run(str(folder), "--update")

    assert done.exit_code == 0
    assert (folder / "queries/questions/two.tsv").read_text() == "?o\n1\n"
    assert (folder / "queries/questions/three.tsv").read_text() == "?p\n<http://e/p>\n"
    assert (folder / "queries/questions/one.tsv").stat().st_mtime_ns == kept
    assert run(str(folder)).exit_code == 0


def test_an_answer_without_its_question_is_told(
    make_folder: Callable[..., Settings],
) -> None:
    """It would never be looked at again."""
    lost = {"queries/questions/gone.tsv": "?o\n1\n"}
    done = run(str(make_folder({**QUESTIONS, **lost}).folder), "--update")

    assert done.exit_code == 1
    assert "queries/questions/gone.tsv: has no query" in done.stderr


def test_json_holds_the_rows(make_folder: Callable[..., Settings]) -> None:
    """One object a query."""
    done = run(str(make_folder(QUESTIONS).folder), "two", "--json")

    (outcome,) = json.loads(done.stdout)
    assert (outcome["name"], outcome["passed"]) == ("two", False)
    assert (outcome["missing"], outcome["unexpected"]) == (["2"], ["1"])


def test_a_folder_that_cannot_be_built_is_not_tested(
    make_folder: Callable[..., Settings],
) -> None:
    """An older version would answer for files that say something else."""
    folder = make_folder(QUESTIONS).folder
    assert run(str(folder), "one").exit_code == 0
    (folder / "graph/a.ttl").write_text("ex:a ex:p 1 .")
    done = run(str(folder), "one")

    assert done.exit_code == 1
    assert "the prefix ex:" in done.stderr
