"""The doctor of Turtle: its rules are documented, and each finds what it is for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from kgserver.load import snapshot
from kgserver.load.rewriting import mending
from kgserver.model import rule
from kgserver.model import settings as setting

from .conftest import CASES, ROOT, cases
from .test_readme import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.problem import Problem

_CODE = re.compile(r"^\S.* (?:error|warning|note): .*\[([\w.:-]+)\]$", re.MULTILINE)
_EXPECTED = ("found.txt", "fixed.diff")


def _is_mended(case: pytest.ParameterSet) -> bool:
    return (cast("Path", case.values[0]) / "fixed.diff").exists()


def found_in(case: Path, folder: Path) -> tuple[Problem, ...]:
    """What is found in a case's files; those of `before/` are in service already."""
    if (case / "before").is_dir():
        shutil.copytree(case / "before", folder)
        assert snapshot.build(setting.read(folder, {})).served
        shutil.rmtree(folder / "graph")
    hidden = shutil.ignore_patterns("before", *_EXPECTED)
    shutil.copytree(case, folder, symlinks=True, ignore=hidden, dirs_exist_ok=True)
    return snapshot.check(setting.read(folder, {}))


@pytest.mark.parametrize("case", cases("check"))
def test_a_mistake_is_found_at_its_place_with_a_remedy(
    case: Path, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    """The findings are those of `found.txt`; a clean case has none."""
    problems = found_in(case, tmp_path / "folder")
    text = "".join(f"{problem.as_text()}\n" for problem in problems)

    golden(case / "found.txt", text.replace(str(tmp_path / "folder"), "."))
    assert all(problem.hint and problem.message for problem in problems)
    assert bool(problems) != case.name.startswith("clean")


@pytest.mark.parametrize("case", [case for case in cases("check") if _is_mended(case)])
def test_a_sure_remedy_is_a_patch_that_git_takes(
    case: Path, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    """It is that of `fixed.diff`; what it mends is not found again."""
    folder = tmp_path / "folder"
    problems = found_in(case, folder)
    settings = setting.read(folder, {})
    patch = mending.patch(settings, problems)
    golden(case / "fixed.diff", patch.replace("\r", "␍"))
    git = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(git, cwd=folder, input=patch.encode(), check=True)

    before = {each.code for each in problems if _is_sure(each)}
    after = {each.code for each in snapshot.check(settings) if _is_sure(each)}
    assert before
    assert not after


def test_an_iri_that_vanished_is_told_once(tmp_path: Path) -> None:
    """Of the save that takes it away; when that is in service, the files are clean."""
    folder = tmp_path / "folder"
    problems = found_in(CASES / "check" / "vanished-iri", folder)
    settings = setting.read(folder, {})
    built = snapshot.build(settings)

    assert built.served
    assert built.problems == problems != ()
    assert snapshot.check(settings) == ()
    assert snapshot.build(settings).problems == ()


def _is_sure(problem: Problem) -> bool:
    return problem.instead is not None or problem.code == "undeclared-prefix"


def test_every_rule_that_may_be_mended_is_in_a_case() -> None:
    """The table says of which rules `--fix` mends what they find."""
    texts = [
        (path.parent / "found.txt").read_text("utf-8")
        for path in CASES.glob("check/*/fixed.diff")
    ]
    mended = {code for text in texts for code in _CODE.findall(text)}

    assert {name for name, each in rule.table().items() if each.fix} <= mended


def test_every_rule_has_a_case() -> None:
    """A rule without one might never find anything."""
    texts = [path.read_text("utf-8") for path in CASES.glob("check/*/found.txt")]
    found = {code.partition(":")[0] for text in texts for code in _CODE.findall(text)}

    assert found == set(rule.table())


def test_every_code_of_the_program_is_a_rule() -> None:
    """A problem without a rule could be neither explained nor switched off."""
    text = "\n".join(
        path.read_text("utf-8") for path in (ROOT / "kgserver" / "load").rglob("*.py")
    )
    codes = set(re.findall(r"code=f?\"([\w.-]+)", text))

    assert codes <= set(rule.table())


def test_the_readme_has_the_table_of_rules() -> None:
    """Name, severity and title, in the order of the table."""
    described = rows("What `check` finds")

    assert list(described) == list(rule.table())
    assert described == {
        name: [each.severity, each.title] for name, each in rule.table().items()
    }


@pytest.mark.parametrize(
    ("text", "code", "glob"),
    [
        ("unused-prefix", "unused-prefix", "*"),
        ("unused-prefix:graph/a/*.ttl", "unused-prefix", "graph/a/*.ttl"),
        ("check:no-country", "check:no-country", "*"),
        ("check:graph/a.ttl", "check", "graph/a.ttl"),
        ("check:*.ttl", "check", "*.ttl"),
        ("check:no-country:graph/*", "check:no-country", "graph/*"),
    ],
)
def test_what_is_switched_off(text: str, code: str, glob: str) -> None:
    """A rule or one of a family, everywhere or in some files."""
    assert rule.exemption(text) == rule.Exemption(code, glob)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("unusd-prefix", "Did you mean unused-prefix?"),
        ("missing-dot", "cannot be switched off"),
        ("check:no-country", "queries/checks has no no-country.rq"),
    ],
)
def test_what_cannot_be_switched_off(text: str, says: str, tmp_path: Path) -> None:
    """The settings name the rule that is meant, or say why not."""
    (tmp_path / "kgserver.toml").write_text(f'ignore = ["{text}"]\n')

    with pytest.raises(setting.SettingsError, match=re.escape(says)):
        setting.read(tmp_path, {})
