"""A difference by entity: each with its name and its statements, marked, in Turtle."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.terms import spelling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.comparison.effects import Effects
    from kgserver.ask.dataset import Dataset
    from kgserver.load.difference import Difference

ADDED, REMOVED = "+", "-"


@dataclass(frozen=True, slots=True)
class Line:
    """A statement that came (+) or went (-), without its subject; does it follow?"""

    mark: str
    text: str
    follows: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity as Turtle names it, its label if it has one, and its lines."""

    name: str
    label: str
    lines: tuple[Line, ...]


def things(
    statements: Difference, dataset: Dataset, before: Dataset | None = None
) -> tuple[Thing, ...]:
    """The difference by entity: what is said first, what only follows behind it.

    Labels are those of `dataset`, or of `before` for what is no longer there.
    """
    lines: dict[object, list[Line]] = defaultdict(list)
    prefixes = {**(before.prefixes if before else {}), **dataset.prefixes}
    for mark, triples, follows in (
        (REMOVED, statements.removed, False), (ADDED, statements.added, False),
        (REMOVED, statements.inferred_removed, True),
        (ADDED, statements.inferred_added, True),
    ):  # fmt: skip
        for triple in triples:
            text = _text(triple, prefixes, before, dataset)
            lines[triple.subject].append(Line(mark, text, follows))
    found = [
        Thing(
            spelling.spell(node, prefixes),
            _label(node, dataset, before),
            tuple(sorted(held, key=_rank)),
        )
        for node, held in lines.items()
        if isinstance(node, ox.NamedNode | ox.BlankNode | ox.Triple)
    ]
    return tuple(sorted(found, key=_order))


def _text(
    triple: ox.Triple,
    prefixes: Mapping[str, str],
    before: Dataset | None,
    dataset: Dataset,
) -> str:
    said = spelling.verb(triple.predicate, prefixes)
    value = spelling.spell(triple.object, prefixes)
    label = _label(triple.object, dataset, before)
    return f"{said} {value}" + (f"  # {label}" if label else "")


def _label(node: object, dataset: Dataset, before: Dataset | None) -> str:
    """What a thing is called, where it is called something in either state."""
    for held in (dataset, before):
        if held and isinstance(node, ox.NamedNode) and held.describes(node):
            label = held.label(node).text
            if label and not node.value.endswith(label):
                return spelling.plain(label)
    return ""


def _rank(line: Line) -> tuple[bool, str, bool, str]:
    """What is said before what follows; what went beside what came in its place."""
    return line.follows, line.text.partition(" ")[0], line.mark == ADDED, line.text


def _order(thing: Thing) -> tuple[bool, str]:
    """What is said to have changed before what only follows."""
    return all(line.follows for line in thing.lines), thing.name


def renamed(effects: Effects) -> Sequence[str]:
    """Each likely rename in a line: the names before and now, and what it is called."""
    dataset, before = effects.after.dataset, effects.before.dataset
    prefixes = {**before.prefixes, **dataset.prefixes}
    lines = []
    for old, new in effects.renames.items():
        label = _label(new, dataset, before)
        names = f"{spelling.spell(old, prefixes)} → {spelling.spell(new, prefixes)}"
        lines.append(f"{names}{f'  {label}' if label else ''}")
    return sorted(lines)


def shortened(text: str, most: int) -> str:
    """A text that fits, cut where it does not."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def counts(statements: Difference) -> Sequence[tuple[str, int]]:
    """How many statements of each kind there are, in words."""
    return (
        ("added", len(statements.added)),
        ("removed", len(statements.removed)),
        ("newly inferred", len(statements.inferred_added)),
        ("no longer inferred", len(statements.inferred_removed)),
    )
