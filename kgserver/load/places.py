"""Where a statement stands: the file and line behind a triple, or behind a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import faults
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.turtle import Reading

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# What is looked for: a subject, and where they are known a predicate and an object.
Wanted = tuple[Term, Term | None, Term | None]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; line 0 is the file as a whole, an empty file is nowhere."""

    file: str
    line: int


NOWHERE = Place("", 0)


def find(
    readings: Sequence[Reading], wanted: Iterable[Wanted]
) -> Mapping[Wanted, Place]:
    """The place of each statement looked for, or the nearest one to it.

    Nearest is, in this order: the same triple, the same subject and predicate, the same
    subject, and at last a statement about the subject as its object.
    """
    best: dict[Wanted, tuple[int, Place]] = {}
    by_node: dict[Term, list[Wanted]] = {}
    for want in wanted:
        by_node.setdefault(want[0], []).append(want)
    for reading in readings if by_node else ():
        for quad, line in zip(reading.quads, reading.lines, strict=True):
            for node in (quad.subject, quad.object):
                for want in by_node.get(node, ()):
                    near = _nearness(quad, want)
                    if near > best.get(want, (0, NOWHERE))[0]:
                        best[want] = near, Place(reading.source.path, line)
    return {want: place for want, (_, place) in best.items()}


def _nearness(quad: ox.Quad, want: Wanted) -> int:
    subject, predicate, value = want
    if quad.subject != subject:
        return 1
    if predicate is None or quad.predicate != predicate:
        return 2
    return 4 if quad.object == value else 3


def excerpt(folder: Path, place: Place) -> str:
    """The text of the place's line."""
    if not place.line:
        return ""
    return faults.excerpt((folder / place.file).read_bytes().splitlines(), place.line)


def column(text: str, near: Term | None, prefixes: Mapping[str, str]) -> int:
    """The column, from 1, at which a line names a term; 1 where it does not."""
    if isinstance(near, ox.Literal):
        spellings = [near.value]
    elif isinstance(near, ox.NamedNode):
        fits = [(p, ns) for p, ns in prefixes.items() if near.value.startswith(ns)]
        spellings = [f"{p}:{near.value[len(ns) :]}" for p, ns in fits] + [near.value]
    else:
        return len(text) - len(text.lstrip()) + 1
    found = [text.find(spelling) for spelling in spellings]
    hits = [at for at in found if at >= 0]
    return min(hits) + 1 if hits else len(text) - len(text.lstrip()) + 1


def name(term: Term, prefixes: Mapping[str, str]) -> str:
    """A term as a maintainer writes it: a prefixed name or a quoted text."""
    if isinstance(term, ox.NamedNode):
        return names.shorten(term.value, prefixes)
    return "a nameless node" if isinstance(term, ox.BlankNode) else str(term)
