"""Files are read into quads, each with the line that it stands on.

The parser reads a file object lazily, so it is handed one line at a time: the number of
lines handed out when a quad appears is the line on which that quad's object stands. The
iterator survives a syntax fault; where a Turtle file has any, its diagnosis tells them.
"""

from __future__ import annotations

import io
from array import array
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.load import faults, literals, nodes, sources
from kgserver.load.doctor import examination
from kgserver.load.doctor.examination import Written
from kgserver.load.doctor.outline import Outline
from kgserver.load.doctor.survey import Survey
from kgserver.load.layout import tokens
from kgserver.load.syntax import diagnosis
from kgserver.model import names
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.model.manifest import Source

_STRING = names.XSD + "string"
# How many lines of comment may stand between a text and the next token.
_BACK = 20
_QUOTES = "\"'"
# How many lines may say nothing before it is looked whether a text is open.
_IDLE = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file says: its quads, the line of each, its prefixes, its problems.

    `lines[i]` is the line, from 1, of `quads[i]`; `outline` is what must be known of
    the file to look across files.
    """

    source: Source
    quads: Sequence[ox.Quad]
    lines: Sequence[int]
    prefixes: Mapping[str, str]
    problems: tuple[Problem, ...]
    outline: Outline

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
    read = replace(source, digest=sources.digest_of(data))
    reader = _Reader(read, data.splitlines(keepends=True))
    reader.read()
    odd, outline = reader.examined(data)
    problems = tuple(sorted([*reader.problems, *reader.faults(data), *odd]))
    return Reading(
        read, reader.quads, reader.places, reader.prefixes, problems, outline
    )


class _Reader:
    """One file while it is being read."""

    def __init__(self, source: Source, lines: Sequence[bytes]) -> None:
        self.source, self.lines = source, lines
        self.quads: list[ox.Quad] = []
        self.places = array("I")
        self.prefixes: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.broken: dict[int, SyntaxError] = {}
        self.format = sources.format_of(source)
        self.graph = ox.NamedNode(source.graph)
        self.rename = nodes.renamer(source.graph)
        self.survey = Survey(sources.base_of(source))

    def read(self) -> None:
        """Read the file to its end; a fault on a line drags others behind it there."""
        stream = _Lines(self.lines, texts=self.format == ox.RdfFormat.TURTLE)
        parser = ox.parse(
            cast("IO[bytes]", stream), self.format, base_iri=self.source.graph
        )
        for item in _each(parser):
            if not isinstance(item, SyntaxError):
                self._quad(item, stream)
                continue
            self.broken.setdefault(item.lineno or 0, item)
            if len(self.broken) >= diagnosis.MOST:
                break
        self.prefixes.update(parser.prefixes)

    def faults(self, data: bytes) -> list[Problem]:
        """The faults of syntax: where a Turtle file went wrong, else what was said."""
        path = self.source.path
        found: list[Problem] = []
        if self.broken and self.format == ox.RdfFormat.TURTLE:
            found = diagnosis.diagnose(path, data)
        said = self.broken.values()
        return found or [faults.explain(each, path, self.lines) for each in said]

    def examined(self, data: bytes) -> tuple[list[Problem], Outline]:
        """What is odd about a file that could be read, and its outline."""
        if self.broken:
            return [], Outline()
        text, terminals = tokens.decode(data), sources.terminals(self.source)
        path = self.source.path
        written = Written(path, text, terminals, self.quads, self.places)
        return examination.examine(written, self.survey)

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
        predicate = quad.predicate
        self.survey.take(subject, predicate, value, line)
        self.quads.append(ox.Quad(subject, predicate, value, graph))
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
        column = len(text[: max(text.find(near), 0)].rstrip(_QUOTES)) + 1
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


def _is_open(lines: Sequence[bytes]) -> bool:
    """Whether a text over several lines is not closed before the file ends."""
    written = tokens.tokenise(tokens.decode(b"".join(lines)))
    return any(token.kind == "open" for token in written)


def _each(parser: Iterator[ox.Quad]) -> Iterator[ox.Quad | SyntaxError]:
    """The parser's quads and faults in the order of the file."""
    while True:
        try:
            yield next(parser)
        except StopIteration:
            return
        except SyntaxError as fault:
            yield fault
