"""`kgserver explain`: why a statement holds, down to files, lines and quoted words."""

from __future__ import annotations

import contextlib
import json
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.ask import authorship
from kgserver.ask.browse.listing import search
from kgserver.ask.why import document, proofs, statement
from kgserver.commands import folder as folders
from kgserver.load.history import blame, chronicle, git
from kgserver.model import names
from kgserver.model.refusal import Refusal
from kgserver.serve.frame import messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.why.proofs import Argument, Step

_MANY = 25  # statements that one pattern may ask about
_EXAMPLE = "kgserver explain 'id:wolfsburg cex:twinnedPlace ?place'"


@click.command(epilog=f"Example: {_EXAMPLE}")
@click.argument("words", nargs=-1, required=True, metavar="[FOLDER] STATEMENT")
@click.option(
    "--limit", default=1, show_default=True, type=click.IntRange(1, proofs.MOST),
    help="Most proofs of each statement.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the proofs as JSON.")
def explain(words: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """Say why a statement of the built version holds.

    STATEMENT is subject, property and value as Turtle writes them, in quotes: prefixed
    names, <IRIs>, "texts"@en. A ? stands for anything, and shows every match.
    """
    folder, asked = _split(words)
    settings = folders.settings(folder)
    dataset = folders.built(settings)
    with contextlib.suppress(git.NoHistory):
        blame.bring(settings, chronicle.bring(settings))
    try:
        pattern = statement.read(asked, dataset.prefixes)
    except Refusal as fault:
        hint = f"\n    help: {fault.hint}" if fault.hint else ""
        folders.stop(f"{fault.detail}{hint}", folders.USAGE)
    matching = statement.matches(dataset, pattern)
    found = list(islice(matching, _MANY))
    if not found:
        folders.stop(_unfound(dataset, pattern), folders.FINDINGS)
    proved = [(each, proofs.prove(dataset, each, limit)) for each in found]
    if as_json:
        documents = [document.as_json(dataset, *each) for each in proved]
        click.echo(json.dumps(documents, ensure_ascii=False, indent=1))
        return
    click.echo("\n\n".join(_told(dataset, *each) for each in proved))
    if next(matching, None):
        click.echo(f"\nThese are the first {_MANY}; name more of the statement.")


def _split(words: tuple[str, ...]) -> tuple[Path | None, str]:
    """The folder, if the first word is one, and the statement."""
    first, *rest = words
    if Path(first).is_dir():
        if not rest:
            folders.stop(f"Name a statement: {_EXAMPLE}", folders.USAGE)
        return Path(first), " ".join(rest)
    return None, " ".join(words)


def _unfound(dataset: Dataset, pattern: statement.Pattern) -> str:
    """That a statement does not hold, and what is said instead."""
    version = f"Version {dataset.snapshot.version}"
    wider = statement.Pattern(pattern.subject, pattern.predicate, None)
    if pattern.subject is None or not any(statement.matches(dataset, wider)):
        wider = statement.Pattern(pattern.subject, None, None)
    near = [document.sentence(dataset, t) for t in statement.matches(dataset, wider)]
    said = "This does not hold: no file says it, and it does not follow."
    if pattern.subject is None:
        return f"{version} holds no such statement."
    if not near:
        meant = _meant(dataset, pattern.subject)
        return f"{said}\n{version} says nothing of its subject. {meant}"
    shown = "\n".join(f"    {each}" for each in near[:5])
    more = f"\n    … and {len(near) - 5} more" if len(near) > 5 else ""
    return f"{said}\n{version} says of it:\n{shown}{more}"


def _meant(dataset: Dataset, subject: object) -> str:
    """What to do about a subject that nothing is said of."""
    words = re.sub(r"[\W_]+", " ", names.local_name(str(subject).strip("<>")))
    hits = search.find(dataset, words, "en", 1)
    if not hits:
        return "Look at the spelling."
    return f"Did you mean {names.shorten(hits[0].node.value, dataset.prefixes)}?"


def _told(
    dataset: Dataset, triple: statement.Triple, arguments: Sequence[Argument]
) -> str:
    """Every proof of one statement as an indented tree."""
    if not arguments:
        spoken = document.sentence(dataset, triple)
        return f"{spoken}\n    holds, but its proof is too long to be found"
    trees = ("\n".join(_tree(dataset, argument)) for argument in arguments)
    return "\n\nor else:\n\n".join(trees)


def _tree(dataset: Dataset, argument: Argument) -> Iterator[str]:
    """The lines of a proof: a statement, why it holds, below it what it rests on."""
    shown: set[int] = set()

    def lines(number: int) -> Iterator[str]:
        step = argument.steps[number]
        yield document.sentence(dataset, step.triple)
        if number in shown and not step.asserted:
            yield "    as shown above"
            return
        shown.add(number)
        yield from (f"    {line}" for line in _grounds(dataset, step))
        below = (*step.axioms, *step.premises)
        for place, other in enumerate(below):
            last = place == len(below) - 1
            for depth, line in enumerate(lines(other)):
                mark = ("└── " if last else "├── ") if not depth else "    "
                yield f"    {mark if not depth or last else '│   '}{line}"

    return lines(0)


def _grounds(dataset: Dataset, step: Step) -> Iterator[str]:
    if not step.asserted:
        yield f"{messages.message(f'rule.{step.rule}', 'en')} [{step.rule}]"
    for origin in step.origins:
        place = f"{origin.path}:{origin.line}" if origin.line else origin.path
        yield f"{place}: {origin.text.strip()}".rstrip(": ")
        commit = authorship.of(dataset, origin)
        if commit:
            yield f"    {commit.short} {commit.date[:10]} {commit.author}"
    for quote in step.quotes:
        source = f", {dataset.label(quote.source).text}" if quote.source else ""
        yield f"“{quote.text}”{source}"
