"""`kgserver test`: hold the questions and checks of a folder against their answers."""

from __future__ import annotations

import json
import re
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.ask import suite
from kgserver.ask.sparql import table
from kgserver.commands import folder as folders
from kgserver.model import names
from kgserver.model.problem import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.suite import Case, Outcome
    from kgserver.model.settings import Settings

_COLOURS: Mapping[str, str | None] = {
    suite.MISSING: "red", suite.UNEXPECTED: "green", suite.SAME: None,
}  # fmt: skip
_MOST = 50  # rows shown of one query


@click.command(epilog="Example: kgserver test my-graph CQ09 'no-*'")
@click.argument("words", nargs=-1, metavar="[FOLDER] [NAMES]")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option(
    "--update", is_flag=True, help="Write the answers of today as the expected ones."
)
def test(words: tuple[str, ...], *, as_json: bool, update: bool) -> None:
    """Ask the questions and checks of queries/ and compare the answers.

    A question passes where it answers what its .tsv file says, a check where it finds
    nothing. NAMES are file names without suffix, * fits any; without them all are
    asked. Exit status: 1 if an answer differs.
    """
    named = words[:1] if words and Path(words[0]).is_dir() else ()
    settings = folders.settings(Path(named[0]) if named else None)
    cases = _chosen(suite.find(settings.folder), words[len(named) :])
    dataset = folders.built(settings, stale=False)
    aside = {dataset.names.catalog, dataset.names.provenance}
    outcomes = [suite.run(dataset.store, case, aside) for case in cases]
    if update:
        outcomes = [_updated(outcome) for outcome in outcomes]
    if as_json:
        listed = [_as_json(outcome, settings) for outcome in outcomes]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        _tell(outcomes, settings, dataset.prefixes)
    lost = () if words[len(named) :] else suite.orphans(settings.folder)
    for path in lost:
        click.echo(f"{path.relative_to(settings.folder)}: has no query", err=True)
    failed = lost or any(outcome.failed for outcome in outcomes)
    sys.exit(folders.FINDINGS if failed else 0)


def _chosen(cases: Sequence[Case], wanted: Sequence[str]) -> list[Case]:
    """The cases that are named; ends the command for a name that fits none."""
    known = [case.name for case in cases]
    for word in wanted:
        if not any(fnmatch(name, _stem(word)) for name in known):
            near = names.nearest(_stem(word), known)
            hint = f"Did you mean {near}?" if near else "queries/ holds the others."
            folders.stop(f"There is no question or check {word}. {hint}", folders.USAGE)
    if not cases:
        message = "There is nothing to ask: queries/questions and queries/checks are "
        folders.stop(f"{message}empty.", folders.USAGE)
    fits = [_stem(word) for word in wanted] or ["*"]
    return [case for case in cases if any(fnmatch(case.name, fit) for fit in fits)]


def _stem(word: str) -> str:
    """A name as it is compared: `queries/questions/CQ09.rq` is CQ09."""
    return re.sub(r"\.(rq|tsv)$", "", word.rpartition("/")[2])


def _updated(outcome: Outcome) -> Outcome:
    """The outcome once today's answer is the expected one, where there is an answer."""
    case = outcome.case
    if outcome.passed or case.kind == "check" or not outcome.lines:
        return outcome
    case.answers.write_text(suite.as_text(outcome.lines), "utf-8")
    click.echo(f"{case.answers.name}: written anew", err=True)
    return suite.Outcome(case, outcome.lines)


def _tell(
    outcomes: Sequence[Outcome], settings: Settings, prefixes: Mapping[str, str]
) -> None:
    for outcome in outcomes:
        if not outcome.passed:
            path = outcome.case.path.relative_to(settings.folder)
            click.echo(f"{path}: {_said(outcome)} [{outcome.case.title}]")
            for line in _drawn(outcome, prefixes):
                click.echo(line)
    differing = sum(not outcome.passed for outcome in outcomes)
    asked = counted(len(outcomes), "query").replace("querys", "queries")
    click.echo(
        f"{asked}: {f'{differing} to look at' if differing else 'all as expected'}",
        err=True,
    )


def _said(outcome: Outcome) -> str:
    """What came of a query, in a few words."""
    missing = len(outcome.marked(suite.MISSING))
    more = len(outcome.marked(suite.UNEXPECTED))
    if outcome.fault:
        return outcome.fault
    if outcome.case.kind == "check":
        weight = "" if outcome.case.grave else ", no error"
        return f"found {counted(more, 'row')}{weight}"
    return f"{counted(missing, 'row')} missing, {more:,} unexpected"


def _drawn(outcome: Outcome, prefixes: Mapping[str, str]) -> list[str]:
    """The rows with their marks, aligned below the names of the columns."""
    head = outcome.lines[:1] if outcome.lines and outcome.lines[0][:1] == "?" else ()
    rows = outcome.rows[:_MOST]
    marked = [*((suite.SAME, line) for line in head), *rows]
    cells = [suite.cells(row, prefixes) for _, row in marked]
    lines = [
        click.style(f"  {mark} {text}".rstrip(), fg=_COLOURS[mark])
        for (mark, _), text in zip(marked, table.aligned(cells), strict=True)
    ]
    left = len(outcome.rows) - len(rows)
    return [*lines, *([f"    {left:,} rows more"] if left else [])]


def _as_json(outcome: Outcome, settings: Settings) -> Mapping[str, object]:
    case = outcome.case
    return {
        "name": case.name,
        "kind": case.kind,
        "file": case.path.relative_to(settings.folder).as_posix(),
        "title": case.title,
        "passed": outcome.passed,
        "failed": outcome.failed,
        "fault": outcome.fault,
        "missing": outcome.marked(suite.MISSING),
        "unexpected": outcome.marked(suite.UNEXPECTED),
    }
