"""`kgserver check`: say everything that is wrong with the files."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders
from kgserver.model.problem import counted

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog="Example: kgserver check my-graph --json")
@folders.argument
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--anew", is_flag=True, help="Look at every file, changed or not.")
def check(folder: Path | None, *, as_json: bool, anew: bool) -> None:
    """Say everything that is wrong with the files; exit with 1 if anything is.

    Only what was saved since the last build is looked at, where there is one.
    """
    from kgserver.load import snapshot

    problems = snapshot.check(folders.settings(folder), anew=anew)
    if as_json:
        listed = [problem.as_json() for problem in problems]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(problem.as_text())
        summary = counted(len(problems), "finding") if problems else "nothing to mend"
        click.echo(summary, err=True)
    sys.exit(folders.FINDINGS if any(problem.fatal for problem in problems) else 0)
