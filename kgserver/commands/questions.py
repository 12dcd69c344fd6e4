"""The questions that `kgserver new` asks: one a value, again until the answer fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from kgserver.ask.drafting import answers, kinds, values
from kgserver.load.terms import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.forms import Field
    from kgserver.ask.drafting.kinds import Kind
    from kgserver.ask.drafting.shapes import Path
    from kgserver.load.terms.spelling import Term

T = TypeVar("T")


def narrowed(dataset: Dataset, kind: Kind) -> Kind:
    """The kind, or one below it that a person chooses."""
    below = kinds.narrower(dataset, kind)
    if not below:
        return kind
    click.echo(f"There are kinds of {kind.label}:")
    _list([f"{each.label} ({each.name})" for each in below])
    while True:
        said = _typed(f"which kind (blank: {kind.label})")
        chosen = _numbered(below, said) or (kinds.find(dataset, said) if said else kind)
        if chosen:
            return chosen
        click.echo(f"  {said} is no number or name of these.")


def ask(
    dataset: Dataset, fields: Sequence[Field], have: Sequence[Path]
) -> Iterator[tuple[Path, Term]]:
    """What a person answers to the fields; nothing skips what is not needed."""
    for field in fields:
        given = sum(path == field.path for path in have)
        if field.given is not None:
            if not given:
                yield field.path, field.given
            continue
        for value in _values(dataset, field, given):
            yield field.path, value


def _values(dataset: Dataset, field: Field, given: int) -> Iterator[Term]:
    """The values of one field, as many as there may be of it."""
    if field.most is not None and given >= field.most:
        return
    if field.help:
        click.echo(click.style(f"  {field.help}", dim=True))
    offers = answers.offers(dataset, field)
    if offers:
        _list([answers.shown(dataset, each) for each in offers])
    if len(field.languages) > 1 and not given:
        for language in field.languages:
            needed = bool(field.least) and language == field.languages[0]
            value = _answer(dataset, field, offers, (language, needed))
            if value is not None:
                yield value
        return
    count = given
    while field.most is None or count < field.most:
        language = field.languages[0] if field.languages else ""
        value = _answer(dataset, field, offers, (language, count < field.least), count)
        if value is None:
            return
        count += 1
        yield value
        if field.languages or (not field.links and field.least <= count):
            return


def _answer(
    dataset: Dataset,
    field: Field,
    offers: Sequence[Term],
    wanted: tuple[str, bool],
    count: int = 0,
) -> Term | None:
    """One answer, asked for until it fits; None where it is left out."""
    language, needed = wanted
    question = _question(dataset, field, language, needed=needed, count=count)
    while True:
        said = _typed(question)
        if not said and not needed:
            return None
        if not said:
            click.echo(f"  This is needed. {field.complaint}".rstrip())
            continue
        chosen = _numbered(offers, said)
        if chosen is not None:
            return chosen
        try:
            value = answers.read(dataset, field, said, language)
        except values.Unfit as fault:
            offers = fault.offers or offers
            click.echo(f"  That does not fit: {fault}")
            if fault.offers:
                _list([answers.shown(dataset, each) for each in fault.offers])
        else:
            shown = answers.shown(dataset, value)
            if field.links and said != shown.rpartition(" (")[0]:
                click.echo(f"  → {shown}")
            return value


def _question(
    dataset: Dataset, field: Field, language: str, *, needed: bool, count: int
) -> str:
    short = spelling.verb(field.property, dataset.prefixes)
    more = "another " if count and not needed else ""
    tongue = f" in {language}" if language else ""
    like = f", such as {field.example}" if field.example and not count else ""
    skip = "" if needed else "; blank: no more" if count else "; blank: none"
    return f"{more}{field.name}{tongue} ({short}{like}{skip})"


def _typed(question: str) -> str:
    said: str = click.prompt(question, default="", show_default=False)
    return said.strip()


def _numbered(offers: Sequence[T], said: str) -> T | None:
    at = int(said) if said.isascii() and said.isdigit() else 0
    return offers[at - 1] if 0 < at <= len(offers) else None


def _list(lines: Sequence[str]) -> None:
    for number, line in enumerate(lines, 1):
        click.echo(f"  {number:>3}  {line}")
