"""Findings are told to people, to GitHub Actions, and in SARIF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner

from kgserver import cli
from kgserver.ask.report import github, sarif
from kgserver.model import problem, rule
from kgserver.model.problem import Problem

from .conftest import CASES, ROOT

if TYPE_CHECKING:
    from click.testing import Result

ODD = Problem(
    "graph/a,b:c.ttl", 3, 7, "note", "check:no-self", "100%\nof it", "Mend: it.", "x"
)
WHOLE = Problem("graph/ü b.ttl", 0, 0, "error", "graph-twice", "fills the graph", "")


def run(*arguments: str, color: bool = False, **environment: str) -> Result:
    """`kgserver check` in this process."""
    return CliRunner(env=environment).invoke(
        cli.main, ["check", *arguments], color=color
    )


def case(name: str) -> str:
    """The folder of a case."""
    return str(CASES / "check" / name)


def test_a_workflow_command_escapes_what_would_end_a_value() -> None:
    """Per cent, line ends; in properties also colon and comma."""
    assert github.write(ODD, "kg/") == (
        "::notice file=kg/graph/a%2Cb%3Ac.ttl,title=check%3Ano-self,line=3,col=7"
        "::100%25%0Aof it%0AMend: it."
    )
    assert github.write(WHOLE) == (
        "::error file=graph/ü b.ttl,title=graph-twice::fills the graph"
    )


def test_sarif_has_what_the_standard_asks_for() -> None:
    """SARIF 2.1.0: §3.13, §3.14, §3.19, §3.27, §3.49; places count from 1."""
    log = sarif.document([ODD, WHOLE], "kg/")
    (made,) = log["runs"]
    driver, results = made["tool"]["driver"], made["results"]

    assert log["version"] == "2.1.0"
    assert made["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    assert [each["id"] for each in driver["rules"]] == list(rule.table())
    for each in driver["rules"]:
        assert each["defaultConfiguration"]["level"] in ("none", *_LEVELS)
        texts = ("shortDescription", "fullDescription", "help")
        assert all(each[text]["text"].endswith((".", ".ttl")) for text in texts)
    for result in results:
        named = driver["rules"][result["ruleIndex"]]["id"]
        assert result["ruleId"].partition("/")[0] == named
        assert result["level"] in _LEVELS
        assert result["message"]["text"]
    place, whole = (r["locations"][0]["physicalLocation"] for r in results)
    assert place["region"]["startLine"] == 3
    assert place["region"]["startColumn"] == 7
    assert whole == {"artifactLocation": {"uri": "kg/graph/%C3%BC%20b.ttl"}}


_LEVELS = ("note", "warning", "error")


@pytest.mark.parametrize(
    "name", ["clean", "bad-check", "check", "graph-twice", "spaces-around", "shape"]
)
def test_sarif_fits_the_schema_of_its_makers(name: str) -> None:
    """Whatever is found, or nothing: see tests/sarif/NOTICE for the schema."""
    schema = json.loads(
        (ROOT / "tests/sarif/sarif-schema-2.1.0.json").read_text("utf-8")
    )
    log = json.loads(run(case(name), "--format", "sarif").stdout)
    jsonschema.Draft4Validator.check_schema(schema)
    faults = jsonschema.Draft4Validator(schema).iter_errors(log)

    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []
    assert log["$schema"] == schema["id"]
    assert bool(log["runs"][0]["results"]) == (name != "clean")


def test_warnings_end_with_1_only_where_that_is_asked_for() -> None:
    """Notes never do, errors always."""
    assert run(case("spaces-around")).exit_code == 0
    assert run(case("spaces-around"), "--strict").exit_code == 1
    assert run(case("language-case"), "--strict").exit_code == 0
    assert run(case("ill-typed")).exit_code == 1


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_every_format_tells_the_rule(form: str) -> None:
    """And is JSON where it says so."""
    done = run(case("spaces-around"), "--format", form)

    assert "spaces-around" in done.stdout
    assert form not in ("json", "sarif") or json.loads(done.stdout)


def test_the_reason_of_a_rule_is_told_once() -> None:
    """However often the rule is broken."""
    done = run(case("quote-text-of-its-source"))

    assert done.stdout.count("[quote-text]") == 2
    assert done.stdout.count(f"why: {rule.table()['quote-text'].why}") == 1
    assert done.stderr == "2 warnings\n"


def test_colours_are_for_terminals_that_want_them() -> None:
    """None in a pipe, none where NO_COLOR is set."""
    folder = case("spaces-around")

    assert "\x1b[" in run(folder, color=True).stdout
    assert "\x1b[" not in run(folder).stdout
    assert "\x1b[" not in run(folder, color=True, NO_COLOR="1").stdout


def test_nothing_in_a_file_moves_the_cursor_of_a_terminal() -> None:
    """Controls and what turns the direction of writing are shown as lost letters."""
    odd = Problem("a.ttl", 1, 4, "error", "syntax", "a\x1b[2Jb", "", "x\x1b\u202ey")

    assert "\x1b" not in odd.as_text()
    assert "\u202e" not in odd.as_text()


def test_a_caret_stands_under_its_letter_where_letters_are_wide() -> None:
    """A space as wide as the letter above it."""
    assert problem.caret('中 "x"', 3) == "\u3000 ^"


def test_of_a_long_line_is_shown_what_is_around_the_place() -> None:
    """With the caret under it, and marks where the line goes on."""
    odd = Problem(
        "a.ttl", 1, 5_001, "error", "syntax", "a", "", "x" * 5_000 + "!xy" * 99
    )
    told = odd.as_text().splitlines()

    assert len(told[1]) < 320
    assert told[1][len(told[2]) - 1] == "!"
    assert told[1].strip().startswith("…")
    assert told[1].endswith("…")


def test_a_patch_is_all_that_fix_prints() -> None:
    """The rest is said apart, so that git takes it from a pipe."""
    done = run(case("language-case"), "--fix")
    none = run(case("relative-iri"), "--fix")

    assert done.stdout.startswith("--- a/tests/cases/check/language-case/graph/in.ttl")
    assert (none.stdout, none.stderr) == ("", "no sure remedy: 1 note\n")
