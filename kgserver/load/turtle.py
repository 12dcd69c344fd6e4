"""Files are read into quads, each with the line that it stands on.

The parser reads a file object lazily, so it is handed one line at a time: the number of
lines handed out when a quad appears is the line on which that quad's object stands. The
iterator survives a syntax fault, so that one run reports all of them.
"""

from __future__ import annotations

import io
import re
from array import array
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.load import faults, literals, nodes, sources
from kgserver.model import names
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.model.manifest import Source

_STRING = names.XSD + "string"
# How many lines of comment may stand between a text and the next token.
_BACK = 20
_PREFIX = re.compile(rb"\s*(?:@prefix|@base|prefix\s|base\s)", re.IGNORECASE)
_MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file says: its quads, the line of each, its prefixes, its problems.

    `lines[i]` is the line, from 1, of `quads[i]`.
    """

    source: Source
    quads: Sequence[ox.Quad]
    lines: Sequence[int]
    prefixes: Mapping[str, str]
    problems: tuple[Problem, ...]

    @property
    def names_graphs(self) -> bool:
        """Whether the file's format lets it name graphs of its own (N-Quads, TriG)."""
        return sources.names_graphs(self.source)


class _Lines(io.RawIOBase):
    """A file that hands out its lines one a read, and counts them.

    `start` is how many lines are only handed out where they declare a prefix: with it,
    reading begins anew behind a fault that swallowed the rest of the file.
    """

    def __init__(self, lines: Sequence[bytes], start: int) -> None:
        self.lines, self.start = lines, start
        self.count = 0
        self.fresh = False
        self.rest = b""

    def readable(self) -> bool:
        """A raw stream must say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next line, in pieces if it is longer than the parser's buffer."""
        if not self.rest and self.count < len(self.lines):
            line = self.lines[self.count]
            self.count += 1
            self.fresh = True
            self.rest = (
                line if self.count > self.start or _PREFIX.match(line) else b"\n"
            )
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece

    def line_of(self, term: object) -> int:
        """The line of the object just read.

        A plain text is known to have ended only when the next token is seen, which may
        stand on a later line; then the line is the last one that holds the text.
        """
        line, fresh = self.count, self.fresh
        self.fresh = False
        if fresh and isinstance(term, ox.Literal) and term.datatype.value == _STRING:
            text = term.value.rpartition("\n")[2].encode()
            for number in range(line, max(line - _BACK, 0), -1):
                if text in self.lines[number - 1]:
                    return number
        return line


# What each file said when it was read last: a builder that watches a folder reads only
# what was saved. Readings never change, so that sharing them is safe.
_held: dict[Path, Reading] = {}


def read(source: Source, folder: Path) -> Reading:
    """What a file says, read anew where it is not the one that was read last."""
    path = folder / source.path
    held = _held.get(path)
    if held is None or held.source != source:
        held = _held[path] = read_anew(source, folder)
    return held


def read_anew(source: Source, folder: Path) -> Reading:
    """Everything that a file says and every fault in it.

    Relative IRIs are resolved against the file's graph IRI. Blank nodes get labels that
    are the same at each reading of the same file, and differ between files.
    """
    return read_bytes(source, (folder / source.path).read_bytes())


def read_bytes(source: Source, data: bytes) -> Reading:
    """Everything that a file with these bytes says and every fault in it."""
    read = replace(source, digest=sources.digest_of(data))
    reader = _Reader(read, data.splitlines(keepends=True))
    start: int | None = 0
    while start is not None and len(reader.problems) < _MOST_FAULTS:
        start = reader.read_from(start)
    return Reading(
        read, reader.quads, reader.places, reader.prefixes, tuple(reader.problems)
    )


class _Reader:
    """One file while it is being read."""

    def __init__(self, source: Source, lines: Sequence[bytes]) -> None:
        self.source, self.lines = source, lines
        self.quads: list[ox.Quad] = []
        self.places = array("I")
        self.prefixes: dict[str, str] = {}
        self.problems: list[Problem] = []
        # A fault often drags others behind it on its line: only the first is told.
        self.faulty: set[int] = set()
        self.format = sources.format_of(source)
        self.graph = ox.NamedNode(source.graph)
        self.rename = nodes.renamer(source.graph)

    def read_from(self, start: int) -> int | None:
        """Read on behind line `start`; where to begin anew, or None at the end."""
        stream = _Lines(self.lines, start)
        parser = ox.parse(
            cast("IO[bytes]", stream), self.format, base_iri=self.source.graph
        )
        try:
            for item in _each(parser):
                if isinstance(item, SyntaxError):
                    again = self._fault(item, parser.prefixes)
                    if again is not None:
                        return again
                    if len(self.problems) >= _MOST_FAULTS:
                        return None
                else:
                    self._quad(item, stream)
        finally:
            self.prefixes.update(parser.prefixes)
        return None

    def _fault(self, fault: SyntaxError, declared: Mapping[str, str]) -> int | None:
        """Keep the fault; where to begin anew if it swallowed good lines."""
        line = fault.lineno or 0
        if line in self.faulty:
            return None
        self.faulty.add(line)
        problem = faults.explain(fault, self.source.path, self.lines, declared)
        self.problems.append(problem)
        swallowed = problem.code == "unfinished" and line < len(self.lines)
        return _next_statement(self.lines, line) if swallowed else None

    def _quad(self, quad: ox.Quad, stream: _Lines) -> None:
        subject, value, graph = quad.subject, quad.object, quad.graph_name
        line = stream.line_of(value)
        if isinstance(value, ox.Literal):
            self._check(value, line)
        elif isinstance(value, ox.BlankNode):
            value = self.rename(value)
        elif isinstance(value, ox.Triple):
            value = nodes.within(value, self.rename)
            if self.format == ox.RdfFormat.TURTLE:
                self._report(_RDF12, line)
        if isinstance(subject, ox.BlankNode):
            subject = self.rename(subject)
        if isinstance(graph, ox.DefaultGraph) and not self.format.supports_datasets:
            graph = self.graph
        self.quads.append(ox.Quad(subject, quad.predicate, value, graph))
        self.places.append(line)

    def _check(self, literal: ox.Literal, line: int) -> None:
        datatype = literal.datatype.value
        if datatype in literals.CHECKED:
            form = literals.fault(literal.value, datatype)
            if form:
                name = names.shorten(datatype, names.WELL_KNOWN)
                message = f'"{literal.value}" is not a value of {name}'
                hint = f"{name} {form}; correct the text or its datatype."
                self._report(("ill-typed", message, hint), line, literal.value)

    def _report(self, what: tuple[str, str, str], line: int, near: str = "") -> None:
        text = faults.excerpt(self.lines, line)
        column = max(text.find(near), 0) + 1
        code, message, hint = what
        self.problems.append(
            Problem(self.source.path, line, column, "error", code, message, hint, text)
        )


_RDF12 = (
    "rdf-1.2",
    "a statement about a statement is written in RDF 1.2",
    "Files are RDF 1.1, so that every tool can read them: use rdf:Statement with "
    "rdf:subject, rdf:predicate and rdf:object.",
)


def _each(parser: Iterator[ox.Quad]) -> Iterator[ox.Quad | SyntaxError]:
    """The parser's quads and faults in the order of the file."""
    while True:
        try:
            yield next(parser)
        except StopIteration:
            return
        except SyntaxError as fault:
            yield fault


def _next_statement(lines: Sequence[bytes], line: int) -> int | None:
    """The line that ends the statement in which `line` stands, or None at the end."""
    for number in range(line, len(lines)):
        if lines[number - 1].rstrip().endswith(b"."):
            return number
    return None
