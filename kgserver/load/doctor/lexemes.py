"""The lexemes of a text: which names, IRIs, texts and comments it has, and where.

A big file has few kinds of mistakes, so its distinct lexemes are looked at, and only
where one of them is odd the text is gone through for its places.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from kgserver.load.layout import tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

_ESCAPED = re.compile(r"\\([_~.\-!$&'()*+,;=/?#@%])")
_UNICODE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LETTER = re.compile(r"\\(?:([tbnrf\"'\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
# Up to here, in characters, a place is told without the places of all lines.
_NEAR = 4096
_NOTHING = re.compile(r"(?!)")
_LETTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A lexeme at its place: line and column from 1, `start` in characters from 0."""

    text: str
    start: int
    line: int
    column: int


class Lexemes(NamedTuple):
    """The distinct lexemes of a text, by their kind."""

    comments: Sequence[str] = ()
    iris: Sequence[str] = ()
    tags: Sequence[str] = ()
    texts: Sequence[str] = ()
    names: Sequence[str] = ()


class Text:
    """The text of a file that can be read, and its distinct lexemes by their kind.

    A format that is not made of Turtle's terminals has none. They are looked for unless
    they are `known`.
    """

    def __init__(
        self,
        path: str,
        text: str,
        *,
        terminals: bool = True,
        known: Lexemes | None = None,
    ) -> None:
        self.path, self.text = path, text
        self._lexemes = tokens.NAMING if terminals else _NOTHING
        known = known or _by_kind(set(self._lexemes.findall(text)))
        self.comments, self.iris, self.tags, self.texts, self.names = known
        self._begins: Sequence[int] = ()

    def spots(self, wanted: Collection[str]) -> Iterator[Spot]:
        """Every place of some lexemes, in the order of the file."""
        for found in self._lexemes.finditer(self.text) if wanted else ():
            if found[0] in wanted:
                yield self.spot(found[0], found.start())

    def spot(self, text: str, start: int) -> Spot:
        """A piece of the text at its place."""
        if start < _NEAR and not self._begins:
            above = tokens.BREAK.split(self.text[:start])
            return Spot(text, start, len(above), len(above[-1]) + 1)
        self._begins = self._begins or _begins(self.text)
        line = bisect.bisect_right(self._begins, start)
        return Spot(text, start, line, start - self._begins[line - 1] + 1)

    def on(self, number: int) -> Iterator[Spot]:
        """The lexemes of a line, where no text goes on from the line above."""
        line = self.line(number)
        start = self._begins[number - 1] if line else 0
        for found in self._lexemes.finditer(line):
            yield Spot(found[0], start + found.start(), number, found.start() + 1)

    def numbers(self, number: int, written: str) -> Iterator[Spot]:
        """The places of a number, or of true or false, on a line."""
        line = self.line(number)
        start = self._begins[number - 1] if line else 0
        for found in re.finditer(rf"(?<![\w.:]){re.escape(written)}(?!\w)", line):
            yield Spot(found[0], start + found.start(), number, found.start() + 1)

    @property
    def nowhere(self) -> Spot:
        """The file as a whole."""
        return Spot("", 0, 0, 0)

    def start(self, line: int, column: int) -> int:
        """Where a line and column are in the text, counted from 0."""
        return self._begins[line - 1] + column - 1 if self.line(line) else -1

    def at(self, line: int, column: int) -> Spot:
        """The lexeme at a place."""
        found = (spot for spot in self.on(line) if spot.column == column)
        return next(found, self.beginning(line))

    def beginning(self, number: int) -> Spot:
        """Where the first thing on a line stands."""
        line = self.line(number)
        indent = len(line) - len(line.lstrip())
        start = self._begins[number - 1] if line else 0
        return Spot(line.strip(), start + indent, number, indent + 1)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        self._begins = self._begins or _begins(self.text)
        if not 0 < number <= len(self._begins):
            return ""
        end = self._begins[number] if number < len(self._begins) else len(self.text)
        return self.text[self._begins[number - 1] : end].rstrip("\r\n")


def _by_kind(found: Collection[str]) -> Lexemes:
    return Lexemes(
        comments=[each for each in found if each[0] == "#"],
        iris=[each for each in found if each[0] == "<"],
        tags=[each for each in found if each[0] == "@"],
        texts=[each for each in found if each[0] in "\"'"],
        names=[each for each in found if each[0] not in "#<@\"'" and _named(each)],
    )


def _named(lexeme: str) -> bool:
    return lexeme[:2] != "_:"


def _begins(text: str) -> Sequence[int]:
    if "\r" in text:
        return [0, *(found.end() for found in tokens.BREAK.finditer(text))]
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))]


def iri(lexeme: str, prefixes: Mapping[str, str]) -> str | None:
    """The IRI that `<…>` or a prefixed name stands for; relative ones stay as they are.

    None where the prefix is not declared.
    """
    if lexeme[0] == "<":
        bare = lexeme[1:-1]
        return _UNICODE.sub(_character, bare) if "\\" in bare else bare
    prefix, _, local = lexeme.partition(":")
    namespace = prefixes.get(prefix)
    if namespace is None:
        return None
    return namespace + (_ESCAPED.sub(r"\1", local) if "\\" in local else local)


def value(lexeme: str) -> str:
    """The text that a quoted lexeme stands for."""
    marks = 3 if lexeme[:3] in ('"""', "'''") else 1
    bare = lexeme[marks:-marks]
    return _LETTER.sub(_letter, bare) if "\\" in bare else bare


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1] or escape[2], 16))


def _letter(escape: re.Match[str]) -> str:
    if escape[1]:
        return _LETTERS.get(escape[1], escape[1])
    return chr(int(escape[2] or escape[3], 16))


def quoted(text: str, like: str) -> str:
    """A text of one line in the quotes of a lexeme, escaped."""
    mark = like[0]
    escaped = text.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    return f"{mark}{escaped}{mark}"


def prefixes_of(names: Iterable[str]) -> frozenset[str]:
    """The prefixes that some names have."""
    return frozenset(name.partition(":")[0] for name in names)
