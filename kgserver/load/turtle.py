"""Files are read into quads, each with the line that it stands on.

The parser reads a file object lazily, so it is handed one line at a time: the number of
lines handed out when a quad appears is the line on which that quad's object stands. The
iterator survives a syntax fault; where a Turtle file has any, its diagnosis tells them.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress, count
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.load import digests, sources
from kgserver.load.doctor.outline import Outline
from kgserver.load.layout import tokens
from kgserver.load.syntax import diagnosis, excess, faults, foreign
from kgserver.load.syntax.lines import Lines
from kgserver.load.terms.columns import Columns, Oddity
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.terms.statements import Statements
    from kgserver.model.manifest import Source

_QUOTES = "\"'"
# Formats in which a statement is a line, so that lines need no watching.
_BY_LINE = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS)
# Formats that begin as files do that are no RDF.
_MARKED_UP = (ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD)
# Complaints of the parser that are heard; in what is no text each byte is one.
_FAULTS = 10_000
# What a line begins with that states nothing.
_SILENT = (b"", b"#")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file says: its quads, the line of each, its prefixes, its problems.

    `lines[i]` is the line, from 1, of `quads[i]`.
    """

    source: Source
    quads: Statements
    lines: array[int]
    prefixes: Mapping[str, str]
    problems: tuple[Problem, ...]
    outline: Outline

    @property
    def said(self) -> tuple[memoryview, memoryview]:
        """The hash and the line of each statement, in two columns."""
        return memoryview(self.quads.keys), memoryview(self.lines)

    @property
    def names_graphs(self) -> bool:
        """Whether the file's format lets it name graphs of its own (N-Quads, TriG)."""
        return sources.names_graphs(self.source)


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
    read = replace(source, digest=digests.digest_of(data))
    reader = _Reader(read, data)
    quads = reader.read()
    odd, outline = reader.examined(quads)
    problems = tuple(sorted([*reader.problems(), *odd]))
    return Reading(read, quads, reader.places, reader.prefixes, problems, outline)


class _Reader:
    """One file while it is being read."""

    def __init__(self, source: Source, data: bytes) -> None:
        self.source, self.data = source, data
        self.format = sources.format_of(source)
        self.places = array("I")
        self.prefixes: dict[str, str] = {}
        self.broken: dict[int, SyntaxError] = {}
        self.columns = self._columns()

    @cached_property
    def lines(self) -> Sequence[bytes]:
        """Its lines, with their ends."""
        return self.data.splitlines(keepends=True)

    def _columns(self) -> Columns:
        turtle = self.format == ox.RdfFormat.TURTLE
        return Columns(self.source.graph, rdf_1_1=turtle)

    def read(self) -> Statements:
        """Read the file to its end."""
        graphs = self.format.supports_datasets
        too_much = excess.found(self.format, self.data)
        if too_much:
            self.broken[0] = SyntaxError(too_much)
        elif self.format not in _BY_LINE or not self._read_at_once():
            self.columns, self.places = self._columns(), array("I")
            self.columns.take(self._by_line(), graphs=graphs)
        return self.columns.statements(graphs=graphs)

    def _read_at_once(self) -> bool:
        """Read a file with a statement a line; false where that is not so."""
        parser = ox.parse(input=self.data, format=self.format)
        try:
            self.columns.take(parser, graphs=self.format.supports_datasets)
        except SyntaxError:
            return False
        stated = len(self.columns.keys)
        if stated == _count_lines(self.data):
            self.places = array("I", range(1, stated + 1))
            return True
        says = (line.lstrip()[:1] not in _SILENT for line in self.lines)
        self.places = array("I", compress(count(1), says))
        return stated == len(self.places)

    def _by_line(self) -> Iterator[ox.Quad]:
        """The quads, line by line; a fault on a line drags others behind it there."""
        stream = Lines(self.lines, texts=self.format == ox.RdfFormat.TURTLE)
        parser = ox.parse(
            cast("IO[bytes]", stream), self.format, base_iri=self.source.graph
        )
        line_of, places = stream.line_of, self.places.append
        for _ in range(_FAULTS):
            try:
                for quad in parser:
                    places(line_of(quad.object))
                    yield quad
                break
            except SyntaxError as fault:
                self.broken.setdefault(fault.lineno or 0, fault)
            except MemoryError as fault:  # one term is larger than the parser's buffer
                self.broken[stream.count] = SyntaxError(str(fault))
                break
            if len(self.broken) == diagnosis.MOST:
                break
        self.prefixes.update(parser.prefixes)

    def problems(self) -> list[Problem]:
        """All that is wrong: with the syntax, or with terms, at each of their places.

        A file that is none of RDF is told as what it is. Where a Turtle file is broken,
        its diagnosis tells how, else what the parser said.
        """
        path = self.source.path
        found: list[Problem] = []
        if self.broken and self.format not in _MARKED_UP:
            found = foreign.recognised(path, self.data, self.lines)
        if self.broken and self.format == ox.RdfFormat.TURTLE:
            found = found or diagnosis.diagnose(path, self.data)
        said = self.broken.values()
        found = found or [faults.explain(each, path, self.lines) for each in said]
        odd = self.columns.odd
        rows = zip(self.columns.objects, self.places, strict=True) if odd else ()
        return found + [self._tell(odd[o], line) for o, line in rows if o in odd]

    def examined(self, quads: Statements) -> tuple[list[Problem], Outline]:
        """What is odd about a file that could be read, and its outline.

        What looks into that needs numpy, which the web process does without.
        """
        from kgserver.load.doctor.file import examination

        if self.broken:
            return [], Outline()
        text, terminals = tokens.decode(self.data), sources.terminals(self.source)
        path = self.source.path
        lined = self.format in _BY_LINE
        written = examination.Written(path, text, terminals, quads, self.places, lined)
        return examination.examine(written, sources.base_of(self.source))

    def _tell(self, what: Oddity, line: int) -> Problem:
        text = faults.excerpt(self.lines, line)
        quoted = [text.find(f"{each}{what.near}{each}") for each in _QUOTES]
        at = min((n for n in quoted if n >= 0), default=text.find(what.near))
        column = len(text[: max(at, 0)].rstrip(_QUOTES)) + 1
        code, message, hint, _ = what
        return Problem(
            self.source.path, line, column, "error", code, message, hint, text
        )


def _count_lines(data: bytes) -> int:
    """How many lines there are; none where some end otherwise than by a line feed."""
    whole = data.endswith(b"\n")
    return 0 if b"\r" in data else data.count(b"\n") + (not whole)
