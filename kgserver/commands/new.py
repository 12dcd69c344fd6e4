"""`kgserver new`: write a new thing, checked, to the file that it belongs into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.forms import Field
    from kgserver.ask.drafting.kinds import Kind
    from kgserver.ask.drafting.shapes import Path as Way
    from kgserver.load.terms.spelling import Term
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

    Given = list[tuple[Way, Term]]


def _noted(context: click.Context, _option: click.Parameter, value: object) -> None:
    """Keep whether the kinds are only to be listed."""
    context.meta["listing"] = value


# How many files a thing is tried in.
_TRIED = 4
_NO_CLASS = "The ontology declares no class; write one into ontology/."
_MORE = "Say what is missing, as property=value (blank: give up)"


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
    from kgserver.ask.drafting import answers, draft, forms, kinds

    settings, dataset = _opened(words)
    if file:
        _fits(settings, file)
    known = kinds.every(dataset)
    if not known:
        folders.stop(_NO_CLASS, folders.USAGE)
    if not words or click.get_current_context().meta["listing"]:
        click.echo("\n".join(f"{each.name}  {each.label}" for each in known))
        return
    kind = _kind(dataset, words[0], yes=yes)
    fields = forms.form(dataset, kind)
    said = _given(dataset, fields, labels, sets)
    if not yes:
        from kgserver.commands import questions

        said += questions.ask(dataset, fields, [path for path, _ in said])
    about = draft.iri(dataset, answers.called(said) or kind.name), kind
    draught = _placed(settings, dataset, about, said, file)
    while draught.fatal and not yes:
        more = click.prompt(_MORE, default="", show_default=False)
        if not more:
            break
        said += _given(dataset, fields, (), [more])
        draught = _placed(settings, dataset, about, said, file)
    _write(settings, draught, yes=yes)


def _opened(words: Sequence[str]) -> tuple[Settings, Dataset]:
    """The folder that is named behind the kind, or in its place for a list."""
    listing = click.get_current_context().meta["listing"]
    rest = words if listing else words[1:]
    settings = folders.settings(Path(rest[0]) if rest else None)
    return settings, folders.built(settings, stale=False)


@dataclass(frozen=True, slots=True)
class _Draught:
    """A block, the file that it is to go into, what would be wrong with it there."""

    path: str
    text: str
    problems: Sequence[Problem]

    @property
    def fatal(self) -> bool:
        return any(problem.fatal for problem in self.problems)


def _placed(
    settings: Settings,
    dataset: Dataset,
    about: tuple[str, Kind],
    said: Given,
    file: str | None,
) -> _Draught:
    """The block in the first of its files where it is in order, else in the first."""
    from kgserver.ask.drafting import draft, homes

    iri, kind = about
    paths = [file] if file else homes.find(dataset, kind, names.local_name(iri), said)
    tried: list[_Draught] = []
    for path in paths[:_TRIED]:
        text = draft.write(settings, dataset, path, about, said)
        tried.append(_Draught(path, text, draft.check(settings, path, text)))
        if not tried[-1].fatal:
            break
    chosen = tried[0] if tried[-1].fatal else tried[-1]
    click.echo(f"{chosen.path}:\n{chosen.text}")
    for problem in chosen.problems:
        click.echo(problem.as_text(), err=True)
    return chosen


def _write(settings: Settings, draught: _Draught, *, yes: bool) -> None:
    """Add the block to its file, unless something is wrong or a person says no."""
    from kgserver.ask.drafting import draft

    if draught.fatal:
        folders.stop("Nothing is written until this is mended.", folders.FINDINGS)
    if not yes and not click.confirm("Write it?", default=True):
        folders.stop("Nothing is written.", folders.FINDINGS)
    draft.add(settings.folder / draught.path, draught.text)
    click.echo(f"written to {draught.path}", err=True)


def _fits(settings: Settings, file: str) -> None:
    """Stop where a file is not one of the folder's Turtle files, or to be."""
    inside = (settings.folder / file).resolve().is_relative_to(settings.folder)
    if not inside or not file.endswith(".ttl"):
        message = f"{file} is no Turtle file of the folder; write --file graph/x.ttl."
        folders.stop(message, folders.USAGE)


def _kind(dataset: Dataset, word: str, *, yes: bool) -> Kind:
    from kgserver.ask.drafting import kinds

    found = kinds.find(dataset, word)
    if found and not yes:
        from kgserver.commands import questions

        return questions.narrowed(dataset, found)
    if found is None:
        known = [name for k in kinds.every(dataset) for name in (k.name, k.label)]
        near = names.nearest(word.capitalize(), known) or names.nearest(word, known)
        hint = f"Did you mean {near}? " if near else ""
        message = f"There is no class {word}. {hint}kgserver new --list shows them."
        return folders.stop(message, folders.USAGE)
    return found


def _given(
    dataset: Dataset,
    fields: Sequence[Field],
    labels: Sequence[str],
    sets: Sequence[str],
) -> Given:
    """Properties and values as the options have them."""
    from kgserver.ask.drafting import answers

    given: Given = []
    for label in labels:
        language, mark, text = label.partition("=")
        if not mark or not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", language):
            folders.stop(f"Write --label en=Name, not {label}.", folders.USAGE)
        given.append(answers.labelled(text, language))
    for each in sets:
        prop, mark, value = each.partition("=")
        if not mark:
            folders.stop(f"Write --set property=value, not {each}.", folders.USAGE)
        iri = answers.called_so(fields, prop) or folders.iri(prop, dataset.prefixes)
        given.append(answers.given(dataset, fields, iri, value))
    return given
