"""`kgserver diff`: what differs between two states of the graph, and what that does."""

from __future__ import annotations

import contextlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kgserver.ask.comparison.effects import Effects
    from kgserver.ask.comparison.sides import Side

_NO_PATCH = "There is no patch while {} cannot be reasoned over; mend that first."
_LOOKS: Mapping[str, Callable[[str], str]] = {
    "+": partial(click.style, fg="green"),
    "-": partial(click.style, fg="red"),
    "head": partial(click.style, bold=True),
    "note": partial(click.style, italic=True),
}


@click.command(epilog="Example: kgserver diff HEAD~1 HEAD --review")
@click.argument("words", nargs=-1, metavar="[FOLDER] [A] [B]")
@click.option(
    "--format", "form", default="text", show_default=True,
    type=click.Choice(["text", "json", "patch", "review"]),
    help="How it is written: patch is RDF Patch, review Markdown for a pull request.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--review", is_flag=True, help="The same as --format review.")
@click.option(
    "--limit", default=200, show_default=True, type=click.IntRange(1),
    help="The entities that the text lists at most.",
)  # fmt: skip
def diff(
    words: Sequence[str], form: str, limit: int, *, as_json: bool, review: bool
) -> None:
    """Tell what differs between two states of the graph.

    A and B are the number of a version, a git revision (main, HEAD~1, A..B) or a
    folder. B is the files as they are now, A the version in service. Told are
    statements that come and go, said and inferred, new and mended problems, questions
    with another answer, IRIs that vanish, and which of these are likely renamed. Exit
    status: 1 if B has an error that A has not.
    """
    from kgserver.ask.comparison import effects, sides

    form = "json" if as_json else "review" if review else form
    folder, named = _split(words)
    settings = folders.settings(folder)
    with contextlib.ExitStack() as stack:
        try:
            opening = (
                sides.opened(settings, named[0]) if named
                else sides.in_service(settings)
            )  # fmt: skip
            before = stack.enter_context(opening)
            later = named[1] if len(named) > 1 else ""
            after = stack.enter_context(sides.opened(settings, later))
        except sides.NoSide as fault:
            folders.stop(str(fault), folders.USAGE)
        if form == "patch":
            _patch(before, after)
            return
        found = effects.between(before, after)
        _write(found, form, limit)
        sys.exit(folders.FINDINGS if found.breaks else 0)


def _split(words: Sequence[str]) -> tuple[Path | None, Sequence[str]]:
    """The folder, if the first word is one and not a side, and the sides."""
    first = Path(words[0]) if words else None
    both = len(words) == 2 and Path(words[1]).is_dir()
    folder = first if first and first.is_dir() and not both else None
    named = list(words[1:] if folder else words)
    if len(named) == 1 and ".." in named[0] and not Path(named[0]).is_dir():
        earlier, _, later = named[0].partition("..")
        named = [earlier or "HEAD", later.removeprefix(".") or "HEAD"]
    if len(named) > 2:
        folders.stop("Name at most two sides: kgserver diff A B", folders.USAGE)
    return folder, named


def _patch(before: Side, after: Side) -> None:
    from kgserver.ask.comparison import patch

    for side in (before, after):
        fatal = [each for each in side.problems if each.fatal]
        if not side.whole:
            click.echo("\n".join(each.as_text() for each in fatal), err=True)
            folders.stop(_NO_PATCH.format(side.name), folders.FINDINGS)
    for line in patch.write(before, after):
        click.echo(line)


def _write(found: Effects, form: str, limit: int) -> None:
    from kgserver.ask.comparison import document, review, text

    if form == "json":
        click.echo(json.dumps(document.write(found), ensure_ascii=False, indent=1))
    elif form == "review":
        click.echo(review.write(found), nl=False)
    else:
        for line, kind in text.draw(found, limit):
            click.echo(_LOOKS.get(kind, str)(line))
