"""Where statements stand: the file and line behind a triple, and how to blame one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.syntax import faults
from kgserver.model import names
from kgserver.model.problem import Problem, Severity

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

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Charge:
    """What is wrong with a statement, and what to do about it."""

    code: str
    message: str
    hint: str
    severity: Severity = "error"


NOWHERE = Place("", 0)
# Datatypes whose usual values Turtle writes without quotes (Turtle §2.5.2, §2.5.3).
_BARE = frozenset(names.XSD + each for each in ("integer", "decimal", "boolean"))
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?|true|false")


class Excerpts:
    """The texts of lines; each file is read once, however many of its lines."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[str, Sequence[bytes]] = {}

    def of(self, place: Place) -> str:
        """The text of a line, without its line end; empty where there is none."""
        if not place.line:
            return ""
        if place.file not in self._lines:
            data = (self._folder / place.file).read_bytes()
            self._lines[place.file] = data.splitlines()
        return faults.excerpt(self._lines[place.file], place.line)


class Atlas:
    """The places of the statements looked for, found in one pass over the files.

    Where nothing is looked for, no file is.
    """

    def __init__(
        self, readings: Iterable[Reading], folder: Path, wanted: Iterable[Wanted]
    ) -> None:
        self.excerpts = Excerpts(folder)
        wanted = list(wanted)
        readings = readings if wanted else ()
        declared = {p: ns for each in readings for p, ns in each.prefixes.items()}
        self.prefixes = {**names.WELL_KNOWN, **declared}
        self._found = _find(readings, wanted)

    def place(self, want: Wanted | None) -> Place:
        """Where the statement stands, or the nearest one to it.

        Nearest is, in this order: the same triple, the same subject and predicate, the
        same subject, and at last a statement about the subject as its object.
        """
        return self._found.get(want, NOWHERE) if want else NOWHERE

    def blame(self, want: Wanted | None, charge: Charge, file: str = "") -> Problem:
        """The charge as a problem at the statement's line, else of the whole file."""
        place = self.place(want)
        text = self.excerpts.of(place)
        return Problem(
            file=place.file or file,
            line=place.line,
            column=self._column(text, want) if want and text else 0,
            severity=charge.severity,
            code=charge.code,
            message=charge.message,
            hint=charge.hint,
            excerpt=text,
        )

    def name(self, term: Term) -> str:
        """A term as a maintainer writes it: a prefixed name or a quoted text."""
        if isinstance(term, ox.NamedNode):
            return names.shorten(term.value, self.prefixes)
        if isinstance(term, ox.BlankNode):
            return "a nameless node"
        return self._literal(term) if isinstance(term, ox.Literal) else str(term)

    def _literal(self, term: ox.Literal) -> str:
        """A literal as Turtle has it, numbers and truth values without quotes."""
        datatype = term.datatype.value
        if datatype in _BARE and _PLAIN.fullmatch(term.value):
            return term.value
        text = str(term)
        return text.replace(f"^^<{datatype}>", f"^^{self.name(term.datatype)}")

    def _column(self, text: str, want: Wanted) -> int:
        """Where a line names the blamed term: its value, else its property, else it."""
        subject, predicate, value = want
        near = value or predicate or subject
        start = len(text) - len(text.lstrip())
        found = [text.find(spelling) for spelling in self._spellings(near)]
        return min((at for at in found if at >= 0), default=start) + 1

    def _spellings(self, term: Term) -> list[str]:
        if isinstance(term, ox.Literal):
            return [term.value]
        if not isinstance(term, ox.NamedNode):
            return []
        iri = term.value
        spaces = self.prefixes.items()
        return [
            iri,
            *(f"{p}:{iri[len(ns) :]}" for p, ns in spaces if iri.startswith(ns)),
        ]


def _find(
    readings: Iterable[Reading], wanted: Iterable[Wanted]
) -> Mapping[Wanted, Place]:
    best: dict[Wanted, tuple[int, Place]] = {}
    by_node: dict[Term, list[Wanted]] = {}
    for want in wanted:
        by_node.setdefault(want[0], []).append(want)
    for reading in readings if by_node else ():
        for place in reading.quads.about(by_node.keys()):
            quad, line = reading.quads[place], reading.lines[place]
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
