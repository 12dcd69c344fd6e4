"""`kgserver import`: a CSV table becomes Turtle for review, checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders

if TYPE_CHECKING:
    from kgserver.ask.drafting.table import Written
    from kgserver.model.problem import Problem

_NEXT = (
    "This is a mapping to begin with: save it, mend what is … or guessed wrongly, and "
    "pass it on: kgserver import {table} --mapping FILE"
)
_PATH = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command(
    "import", epilog="Example: kgserver import cities.csv --mapping map.toml"
)
@click.argument("table", type=_PATH, metavar="TABLE.csv")
@folders.argument
@click.option(
    "--mapping", type=_PATH,
    help="What the columns mean: TOML, or CSVW metadata in JSON.",
)  # fmt: skip
@click.option(
    "--output", help="A new file of the folder to write, such as graph/x.ttl."
)
def import_(
    table: Path, folder: Path | None, mapping: Path | None, output: str | None
) -> None:
    """Write a CSV table as Turtle for review.

    It is written to standard output or a new file. Without --mapping, a mapping is
    written to begin with, by the names of the columns.

    The Turtle is checked as part of the graph; each finding names the line of the
    table. A file is written only where nothing is wrong. Exit status: 1 if something
    is.
    """
    from kgserver.ask.drafting import cells, draft, guess
    from kgserver.ask.drafting import table as tables

    settings = folders.settings(folder)
    dataset = folders.built(settings, stale=False)
    path = output or f"graph/{table.stem}.ttl"
    if (settings.folder / path).exists():
        folders.stop(f"{path} is there already; name a new file.", folders.USAGE)
    try:
        if mapping is None:
            click.echo(guess.draft(table, dataset))
            click.echo(_NEXT.format(table=table), err=True)
            return
        written = tables.write(table, tables.read(mapping), dataset.prefixes)
    except cells.BadMapping as fault:
        folders.stop(str(fault), folders.USAGE)
    for said in written.odd:
        click.echo(said, err=True)
    problems = draft.check(settings, path, written.text)
    for problem in problems:
        click.echo(_told(problem, path, table, written), err=True)
    wrong = any(problem.fatal for problem in problems)
    if output and not wrong:
        draft.add(settings.folder / path, written.text)
        click.echo(f"written to {path}", err=True)
    elif not output:
        click.echo(written.text, nl=False)
    sys.exit(folders.FINDINGS if wrong else 0)


def _told(problem: Problem, path: str, table: Path, written: Written) -> str:
    """The finding, with the line of the table that it comes from."""
    known = problem.file == path and 0 < problem.line <= len(written.lines)
    line = written.lines[problem.line - 1] if known else 0
    return f"{table}:{line}: {problem.as_text()}" if line else problem.as_text()
