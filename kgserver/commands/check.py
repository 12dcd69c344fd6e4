"""`kgserver check`: say everything that is wrong with the files."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from kgserver.ask.report import github, sarif, terminal
from kgserver.commands import folder as folders
from kgserver.load.history import git
from kgserver.model import rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

_LOOKS: Mapping[str, Mapping[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "note": {"fg": "cyan", "bold": True},
    "caret": {"fg": "green", "bold": True},
    "why": {"dim": True},
    "help": {"fg": "green"},
}


@click.command(epilog="Example: kgserver check my-graph --format github")
@folders.argument
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    help="How findings are printed: for people, programs, GitHub Actions, code hosts.",
)
@click.option("--strict", is_flag=True, help="Warnings end with 1, too.")
@click.option(
    "--fix", is_flag=True, help="Print a patch of what has one sure remedy instead."
)
@click.option("--anew", is_flag=True, help="Look at every file, changed or not.")
def check(folder: Path | None, *, as_json: bool, form: str, **switches: bool) -> None:
    """Say everything that is wrong with the files.

    Only what was saved since the last build is looked at, where there is one. With
    --fix, pipe the patch into git apply. Exit status: 1 if there is an error.
    """
    from kgserver.load import snapshot

    settings = folders.settings(folder)
    problems = snapshot.check(settings, anew=switches["anew"])
    if switches["fix"]:
        _mend(settings, problems)
    else:
        _PRINTERS["json" if as_json else form](settings, problems)
    weighty = {"error", "warning"} if switches["strict"] else {"error"}
    found = any(problem.severity in weighty for problem in problems)
    sys.exit(folders.FINDINGS if found else 0)


def _mend(settings: Settings, problems: Sequence[Problem]) -> None:
    """Print the patch, and beside it how much is left for a person."""
    from kgserver.load.rewriting import mending

    patch = mending.patch(settings, problems, _prefix(settings))
    click.echo(patch.encode("utf-8", "surrogateescape"), nl=False)
    left = [each for each in problems if not patch or not mending.is_sure(each)]
    said = "left for you: " if patch else "no sure remedy: " if left else ""
    click.echo(f"{said}{terminal.summary(left)}", err=True)


def _text(_settings: Settings, problems: Sequence[Problem]) -> None:
    color = False if os.environ.get("NO_COLOR") else None
    for text, kind in terminal.pieces(problems):
        click.echo(click.style(text, **_LOOKS.get(kind, {})), color=color)
    click.echo(terminal.summary(problems), err=True)


def _json(_settings: Settings, problems: Sequence[Problem]) -> None:
    listed = [{**each.as_json(), "why": rule.of(each.code).why} for each in problems]
    click.echo(json.dumps(listed, ensure_ascii=False, indent=1))


def _github(settings: Settings, problems: Sequence[Problem]) -> None:
    prefix = _prefix(settings)
    for problem in problems:
        click.echo(github.write(problem, prefix))


def _sarif(settings: Settings, problems: Sequence[Problem]) -> None:
    log = sarif.document(problems, _prefix(settings))
    click.echo(json.dumps(log, ensure_ascii=False, indent=1))


def _prefix(settings: Settings) -> str:
    """The path of the folder in its checkout, where it is in one."""
    try:
        return git.find(settings.folder).prefix
    except git.NoHistory:
        return ""


_PRINTERS = {"text": _text, "json": _json, "github": _github, "sarif": _sarif}
