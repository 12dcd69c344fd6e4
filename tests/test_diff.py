"""`kgserver diff`: what differs between two states, and what that does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from kgserver import cli
from kgserver.ask.comparison import sides
from kgserver.model import settings as setting

from .checkout import Checkout
from .conftest import CASES, cases

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "@prefix : <http://e/> .\n"


def run(*arguments: object) -> Result:
    """The command in this process."""
    return CliRunner().invoke(cli.main, ["diff", *map(str, arguments)])


def laid_out(case: Path, name: str, folder: Path) -> Path:
    """One side of a case as a folder."""
    for file, place in (
        (f"{name}.ttl", "graph/data.ttl"),
        ("ontology.ttl", "ontology/ontology.ttl"),
        ("question.rq", "queries/questions/question.rq"),
        ("question.tsv", "queries/questions/question.tsv"),
    ):
        if (case / file).is_file():
            (folder / name / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(case / file, folder / name / place)
    return folder / name


@pytest.fixture(name="folders")
def _folders(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    case: Path = request.param
    return laid_out(case, "before", tmp_path), laid_out(case, "after", tmp_path)


@pytest.mark.parametrize("case", cases("diff"))
def test_what_differs_is_said(
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    golden: Callable[[Path, str], None],
) -> None:
    """As text with the exit status, and as the comment on a pull request."""
    laid_out(case, "before", tmp_path)
    laid_out(case, "after", tmp_path)
    monkeypatch.chdir(tmp_path)
    text, review = run("before", "after"), run("before", "after", "--review")

    golden(case / "said.txt", f"{text.stdout}exit {text.exit_code}\n")
    golden(case / "review.md", review.stdout)


# In these one state cannot be reasoned over.
_FAULTY = ("problem-is-mended", "syntax-fault-comes")


@pytest.mark.parametrize(
    "folders", [CASES / "diff" / name for name in _FAULTY], indirect=True
)
def test_there_is_no_patch_of_half_a_graph(folders: tuple[Path, Path]) -> None:
    """It would take away all that followed; what to mend is said in its place."""
    done = run(*folders, "--format", "patch")

    assert (done.exit_code, done.stdout) == (1, "")
    assert "graph/data.ttl:3:" in done.stderr
    assert "There is no patch while" in done.stderr


@pytest.mark.parametrize(
    "folders",
    [case for case in cases("diff") if case.id not in _FAULTY],
    indirect=True,
)
def test_a_patch_makes_one_state_of_the_other(folders: tuple[Path, Path]) -> None:
    """Deleting and adding what it says leads from one default graph to the other."""
    first, *lines, last = run(*folders, "--format", "patch").stdout.splitlines()
    before, after = (_graph(folder) for folder in folders)
    for line in lines:
        (quad,) = ox.parse(line[2:], ox.RdfFormat.N_TRIPLES)
        (before.remove if line[0] == "D" else before.add)(quad.triple)

    assert (first, last) == ("TX .", "TC .")
    assert before == after


def _graph(folder: Path) -> set[ox.Triple]:
    with sides.opened(setting.read(folder, {}), "") as side:
        said, follows = side.plain()
        return {*said, *follows}


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Checkout:
    checkout = Checkout(tmp_path / "checkout")
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"})
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 2 .\n"})
    checkout.write({"graph/a.ttl": f"{HEAD}:a :p 3 .\n"})
    return checkout


@pytest.mark.parametrize(
    ("named", "lines"),
    [
        (["HEAD"], ["  - :p 2", "  + :p 3"]),
        (["HEAD~1", "HEAD"], ["  - :p 1", "  + :p 2"]),
        (["HEAD~1..HEAD"], ["  - :p 1", "  + :p 2"]),
        (["HEAD~1.."], ["  - :p 1", "  + :p 2"]),
        (["main~1", "main~1"], []),
    ],
)
def test_revisions_are_compared(
    checkout: Checkout, named: list[str], lines: list[str]
) -> None:
    """With each other, and with the files as they are now."""
    done = run(checkout.folder, *named)

    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if line[:2] == "  "] == lines


def test_a_revision_has_its_own_settings(checkout: Checkout) -> None:
    """Reasoning was off then."""
    ontology = f"{HEAD}:p a <http://www.w3.org/2002/07/owl#SymmetricProperty> .\n"
    files = {"graph/a.ttl": f"{HEAD}:a :p :b .\n", "ontology/o.ttl": ontology}
    checkout.commit({**files, "kgserver.toml": 'reasoning = "none"\n'})
    checkout.commit({"kgserver.toml": 'reasoning = "rules"\n'})
    done = run(checkout.folder, "HEAD~1", "HEAD")

    assert "  + :p :a  (follows)" in done.stdout.splitlines()


def test_versions_are_compared(checkout: Checkout) -> None:
    """By their numbers; the one in service is the default."""
    folder = str(checkout.folder)
    for number in (3, 4):
        checkout.write({"graph/a.ttl": f"{HEAD}:a :p {number} .\n"})
        assert CliRunner().invoke(cli.main, ["build", folder]).exit_code == 0
    checkout.write({"graph/a.ttl": f"{HEAD}:a :p 5 .\n"})

    assert "  - :p 3\n  + :p 4" in run(folder, 1, 2).stdout
    assert "  - :p 4\n  + :p 5" in run(folder).stdout
    assert "  - :p 3\n  + :p 5" in run(folder, 1).stdout


def test_json_holds_every_effect(checkout: Checkout) -> None:
    """Triples as lines of N-Triples."""
    told = json.loads(run(checkout.folder, "HEAD", "--json").stdout)

    assert told["removed"] == [
        '<http://e/a> <http://e/p> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .'
    ]
    assert (told["inferredAdded"], told["newProblems"]) == ([], [])
    assert (told["before"][:6], told["after"]) == ("HEAD (", "the files")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ([], "No version is in service. Run kgserver build, or name two sides."),
        (["nowhere"], "nowhere is no version (none), no folder, no revision"),
        (["--", "--help"], "--help is no version (none), no folder, no revision"),
        (["--", "--output=x"], "--output=x is no version (none), no folder"),
        (["HEAD", "HEAD", "HEAD"], "Name at most two sides"),
    ],
)
def test_what_cannot_be_compared_is_told(
    checkout: Checkout, named: list[str], said: str
) -> None:
    """With exit status 2."""
    done = run(checkout.folder, *named)

    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_new_error_ends_with_1(checkout: Checkout) -> None:
    """One that was there before does not."""
    checkout.commit({"graph/a.ttl": "ex:a ex:p 1 .\n"})
    checkout.commit({"graph/a.ttl": "ex:a ex:p 1 .\n# still\n"})

    assert run(checkout.folder, "HEAD~2", "HEAD").exit_code == 1
    assert run(checkout.folder, "HEAD~1", "HEAD").exit_code == 0


def test_a_comment_ends_where_comments_do(checkout: Checkout) -> None:
    """However much differs, every fold is closed."""
    many = "".join(f':a{n} :p "{"x" * 300}{n}" .\n' for n in range(3000))
    checkout.write({"graph/a.ttl": HEAD + many})
    review = run(checkout.folder, "HEAD", "--review").stdout

    assert len(review) < 65_536
    assert review.count("<details>") == review.count("</details>") > 0
    assert review.count("\n```") % 2 == 0
