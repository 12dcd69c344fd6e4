"""`kgserver history`: what changed of an entity, when, and by whom."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders
from kgserver.load import inputs
from kgserver.load.terms import spelling
from kgserver.model import names
from kgserver.model.problem import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.load.history.entries import Entry
    from kgserver.model.settings import Settings


@click.command(epilog="Example: kgserver history id:changchun --since 2030-01-01")
@click.argument("words", nargs=-1, required=True, metavar="[FOLDER] ENTITY")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000),
    help="How many changes are told at most.",
)  # fmt: skip
@click.option("--since", default="", help="Only changes from this day on: 2030-01-31.")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
def history(words: Sequence[str], limit: int, since: str, *, as_json: bool) -> None:
    """Tell what changed of an entity, commit by commit, from git.

    ENTITY is an IRI or a prefixed name. The newest change is told first, and before it
    what is saved and not committed.
    """
    from kgserver.load.history import chronicle, git

    if len(words) > 2:
        folders.stop("Name one entity: kgserver history id:changchun", folders.USAGE)
    settings = folders.settings(Path(words[0]) if len(words) == 2 else None)
    _dated(since)
    prefixes = _prefixes(settings)
    iri = folders.iri(words[-1], prefixes)
    try:
        repository = chronicle.bring(settings)
        now = chronicle.pending(settings, repository, iri)
        past = chronicle.of(settings.state, iri, limit=limit, since=since)
    except git.NoHistory as fault:
        folders.stop(str(fault), folders.USAGE)
    told = [*([now] if now else []), *past]
    if as_json:
        listed = [entry.as_json() for entry in told]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for entry in told:
        click.echo("\n".join(_lines(entry, iri, prefixes)))
    said = _summary(told, iri, prefixes, since)
    if len(past) == limit < chronicle.count(settings.state, iri):
        said += "; --limit tells how many at most"
    if repository.shallow:
        said += "; the checkout is shallow and lacks older ones"
    click.echo(said, err=True)
    if not told and not since:
        near = chronicle.nearest(settings.state, iri)
        hint = f" Did you mean {names.shorten(near, prefixes)}?" if near else ""
        folders.stop(f"Look at the spelling.{hint}", folders.FINDINGS)


def _dated(since: str) -> None:
    """Stop where a day is no date."""
    try:
        datetime.date.fromisoformat(since or "2030-01-31")
    except ValueError:
        folders.stop(f"Write --since 2030-01-31, not {since}.", folders.USAGE)


def _prefixes(settings: Settings) -> Mapping[str, str]:
    """The prefixes of the version in service; without one, the well-known."""
    snapshot = inputs.serving(settings)
    return {**names.WELL_KNOWN, **(snapshot.prefixes if snapshot else {})}


def _lines(entry: Entry, iri: str, prefixes: Mapping[str, str]) -> list[str]:
    commit = entry.commit
    head = "not committed yet"
    if commit:
        head = f"{commit.short} {commit.date[:10]} {commit.author}: {commit.summary}"
    lines = [click.style(head, bold=True)]
    for mark, colour, triples in (
        ("-", "red", entry.removed), ("+", "green", entry.added),
    ):  # fmt: skip
        lines += [
            click.style(
                f"  {mark} {spelling.statement(triple, prefixes, iri)}", fg=colour
            )
            for triple in triples
        ]
    if not entry.added and not entry.removed:
        added, removed = entry.counts
        lines.append(f"  {added:,} added, {removed:,} removed; too many to be kept")
    return lines


def _summary(
    told: Sequence[Entry], iri: str, prefixes: Mapping[str, str], since: str
) -> str:
    name, when = names.shorten(iri, prefixes), f" since {since}" if since else ""
    if not told:
        return f"No commit{when} says anything of {name}."
    return f"{counted(len(told), 'change')} of {name}{when}"
