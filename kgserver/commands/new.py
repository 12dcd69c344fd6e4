"""`kgserver new`: write a new thing, checked, to the file that it belongs into."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.forms import Field, Kind
    from kgserver.model.settings import Settings

    Given = list[tuple[str, str]]

_LABEL = names.RDFS + "label"


def _noted(context: click.Context, _option: click.Parameter, value: object) -> None:
    """Keep whether the kinds are only to be listed."""
    context.meta["listing"] = value


@click.command(
    epilog="Example: kgserver new city --label en=Hamburg --set wgs:lat=53.55"
)
@click.argument("words", nargs=-1, metavar="KIND [FOLDER]")
@click.option(
    "--label", "labels", multiple=True, help="A name with its language: en=X."
)
@click.option(
    "--set", "sets", multiple=True, help="A value: property=value; repeat it."
)
@click.option(
    "--file", "file", help="The file to add it to, in place of the usual one."
)
@click.option(
    "--list", is_flag=True, callback=_noted, expose_value=False,
    help="List the kinds of things.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Ask nothing; write it if nothing is wrong.")
def new(
    words: Sequence[str],
    labels: Sequence[str],
    sets: Sequence[str],
    file: str | None,
    *,
    yes: bool,
) -> None:
    """Write a new thing of a KIND, a class of the ontology, in Turtle.

    What its shapes ask for is asked, unless it is given. The block is shown first, and
    written only where nothing is wrong with it.
    """
    from kgserver.ask.drafting import draft, forms

    listing = click.get_current_context().meta["listing"]
    kind_words = [] if listing else list(words[:1])
    rest = words[len(kind_words) :]
    settings = folders.settings(Path(rest[0]) if rest else None)
    dataset = folders.built(settings, stale=False)
    if listing or not kind_words:
        for kind in forms.kinds(dataset):
            click.echo(f"{kind.name}  {kind.label}")
        return
    kind = _kind(dataset, kind_words[0])
    fields = forms.form(dataset, kind)
    given = _given(dataset, labels, sets)
    if not yes:
        given += _asked(dataset, fields, given)
    name = next((v.rpartition("@")[0] or v for p, v in given if p == _LABEL), kind.name)
    by_path = {field.path.value: field for field in fields}
    values = draft.values(given, by_path, dataset.prefixes)
    path = file or draft.home(dataset, kind)
    about = (draft.iri(dataset, name), kind)
    text = draft.write(settings, dataset, path, about, values)
    _deliver(settings, path, text, yes=yes)


def _deliver(settings: Settings, path: str, text: str, *, yes: bool) -> None:
    """Show the block, check it, and write it where nothing is wrong with it."""
    from kgserver.ask.drafting import draft

    click.echo(f"{path}:\n{text}")
    problems = draft.check(settings, path, text)
    for problem in problems:
        click.echo(problem.as_text(), err=True)
    if any(problem.fatal for problem in problems):
        folders.stop("Nothing is written until this is mended.", folders.FINDINGS)
    if not yes and not click.confirm("Write it?", default=True):
        sys.exit(folders.FINDINGS)
    draft.add(settings.folder / path, text)
    click.echo(f"written to {path}", err=True)


def _kind(dataset: Dataset, word: str) -> Kind:
    from kgserver.ask.drafting import forms

    found = forms.find(dataset, word)
    if found is None:
        known = [kind.name for kind in forms.kinds(dataset)]
        near = names.nearest(word.capitalize(), known)
        hint = f"Did you mean {near}? " if near else ""
        message = f"There is no class {word}. {hint}kgserver new --list shows them."
        return folders.stop(message, folders.USAGE)
    return found


def _given(dataset: Dataset, labels: Sequence[str], sets: Sequence[str]) -> Given:
    """Properties and values as the options have them."""
    given: Given = []
    for label in labels:
        language, mark, text = label.partition("=")
        if not mark or not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language):
            folders.stop(f"Write --label en=Name, not {label}.", folders.USAGE)
        given.append((_LABEL, f"{text}@{language}"))
    for each in sets:
        prop, mark, value = each.partition("=")
        if not mark:
            folders.stop(f"Write --set property=value, not {each}.", folders.USAGE)
        given.append((folders.iri(prop, dataset.prefixes), value))
    return given


def _asked(dataset: Dataset, fields: Sequence[Field], given: Given) -> Given:
    """What a person answers to the fields that are not given; nothing skips one."""
    have = [prop for prop, _ in given]
    answers: Given = []
    for field in fields:
        label = dataset.label(field.path).text
        short = names.shorten(field.path.value, dataset.prefixes)
        for _ in range(max(field.least, 1) - have.count(field.path.value)):
            if field.help:
                click.echo(click.style(f"  {field.help}", dim=True))
            need = "" if field.least else ", if known"
            value = click.prompt(
                f"{label} ({short}{need})", default="", show_default=False
            )
            if value:
                answers.append((field.path.value, value))
    return answers
