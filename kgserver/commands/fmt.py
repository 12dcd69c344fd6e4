"""`kgserver fmt`: write Turtle files in one style."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders
from kgserver.model.problem import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.load.rewriting.formatting import Rewriting

_STREAM = Path("-")
_EXAMPLE = "Example: kgserver fmt --check my-graph"


@click.command(epilog=_EXAMPLE)
@click.argument(
    "paths",
    nargs=-1,
    metavar="[FOLDER or FILES]",
    type=click.Path(path_type=Path, exists=True, allow_dash=True),
)
@click.option("--check", is_flag=True, help="Write nothing; name what is not so yet.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def fmt(paths: Sequence[Path], *, check: bool, diff: bool) -> None:
    """Write Turtle files in one style.

    Only white space changes. A file with a syntax fault is left as it is. With -
    standard input is written to standard output. Exit status: 1 if a file has a fault
    or, with --check, is not in the style.
    """
    rewritings = [each for path in paths or (None,) for each in _found(path)]
    changing = [each for each in rewritings if each.changes]
    for rewriting in rewritings:
        for problem in rewriting.problems:
            click.echo(problem.as_text(), err=True)
        _deliver(rewriting, check=check, diff=diff)
    faulty = any(each.problems for each in rewritings)
    _sum_up(len(rewritings), len(changing), written=not check and not diff)
    sys.exit(folders.FINDINGS if faulty or (check and changing) else 0)


def _found(path: Path | None) -> list[Rewriting]:
    """What a path on the command line means: a folder's files, a file, the input."""
    from kgserver.load.rewriting import formatting

    if path == _STREAM:
        return [formatting.of(sys.stdin.buffer.read(), path)]
    if path is None or path.is_dir():
        found = formatting.files(folders.settings(path))
        return [formatting.rewriting(_near(each)) for each in found]
    if path.suffix != formatting.SUFFIX:
        message = f"{path} is not a Turtle file; name files that end in .ttl."
        folders.stop(message, folders.USAGE)
    return [formatting.rewriting(path)]


def _deliver(rewriting: Rewriting, *, check: bool, diff: bool) -> None:
    if diff:
        _print(rewriting.diff())
    elif check and rewriting.changes:
        click.echo(rewriting.path)
    elif rewriting.path == _STREAM and not check and not rewriting.problems:
        _print(rewriting.after)
    elif rewriting.changes and not check:
        rewriting.write()


def _print(text: str) -> None:
    """Write a file's text as it is, whatever its bytes are."""
    click.echo(text.encode("utf-8", "surrogateescape"), nl=False)


def _near(path: Path) -> Path:
    """A path as a person here would type it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _sum_up(number: int, changing: int, *, written: bool) -> None:
    verb = "formatted" if written else "to format"
    said = f"{counted(changing, 'file')} {verb}" if changing else "nothing to format"
    click.echo(f"{said}, {counted(number, 'file')} looked at", err=True)
