"""Files are read into quads, each with the line that it stands on.

The parser reads a file object lazily, so it is handed one line at a time: the number of
lines handed out when a quad appears is the line on which that quad's object stands. The
iterator survives a syntax fault; where a Turtle file has any, its diagnosis tells them.
"""

from __future__ import annotations

import io
from array import array
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress, count
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.load import digests, sources
from kgserver.load.doctor.outline import Outline
from kgserver.load.layout import tokens
from kgserver.load.syntax import diagnosis, faults
from kgserver.load.terms.columns import Columns, Oddity
from kgserver.model import names
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.terms.statements import Statements
    from kgserver.model.manifest import Source

_STRING = names.XSD + "string"
# How many lines of comment may stand between a text and the next token.
_BACK = 20
_QUOTES = "\"'"
# Formats in which a statement is a line, so that lines need no watching.
_BY_LINE = (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS)
# What a line begins with that states nothing.
_SILENT = (b"", b"#")
# How many lines may say nothing before it is looked whether a text is open.
_IDLE = 200


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


class _Lines(io.RawIOBase):
    """A file that hands out its lines one a read, and counts them.

    An open text would be scanned anew with each line that the parser is given; so
    where many lines say nothing, the file is ended if a text is open in it.
    """

    def __init__(self, lines: Sequence[bytes], *, texts: bool) -> None:
        self.lines = lines
        self.texts = texts
        self.idle = 0
        self.count = 0
        self.fresh = False
        self.rest = b""

    def readable(self) -> bool:
        """A raw stream must say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next line, in pieces if it is longer than the parser's buffer."""
        if not self.rest and self.count < len(self.lines):
            self.rest = self.lines[self.count]
            self.count += 1
            self.idle += 1
            if self.idle == _IDLE and self.texts and _is_open(self.lines):
                self.lines, self.rest = (), b""
            self.fresh = True
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece

    def line_of(self, term: object) -> int:
        """The line of the object just read.

        A plain text is known to have ended only when the next token is seen, which may
        stand on a later line; then the line is the last one that holds the text.
        """
        line, fresh = self.count, self.fresh
        self.fresh, self.idle = False, 0
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
        if self.format not in _BY_LINE or not self._read_at_once():
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
        stream = _Lines(self.lines, texts=self.format == ox.RdfFormat.TURTLE)
        parser = ox.parse(
            cast("IO[bytes]", stream), self.format, base_iri=self.source.graph
        )
        line_of, places = stream.line_of, self.places.append
        while len(self.broken) < diagnosis.MOST:
            try:
                for quad in parser:
                    places(line_of(quad.object))
                    yield quad
                break
            except SyntaxError as fault:
                self.broken.setdefault(fault.lineno or 0, fault)
        self.prefixes.update(parser.prefixes)

    def problems(self) -> list[Problem]:
        """All that is wrong: with the syntax, or with terms, at each of their places.

        Where a Turtle file is broken, its diagnosis tells how, else what the parser
        said.
        """
        path = self.source.path
        found: list[Problem] = []
        if self.broken and self.format == ox.RdfFormat.TURTLE:
            found = diagnosis.diagnose(path, self.data)
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
        column = len(text[: max(text.find(what.near), 0)].rstrip(_QUOTES)) + 1
        code, message, hint, _ = what
        return Problem(
            self.source.path, line, column, "error", code, message, hint, text
        )


def _count_lines(data: bytes) -> int:
    """How many lines there are; none where some end otherwise than by a line feed."""
    whole = data.endswith(b"\n")
    return 0 if b"\r" in data else data.count(b"\n") + (not whole)


def _is_open(lines: Sequence[bytes]) -> bool:
    """Whether a text over several lines is not closed before the file ends."""
    written = tokens.tokenise(tokens.decode(b"".join(lines)))
    return any(token.kind == "open" for token in written)
