"""A query as tokens, read before any parser sees it (SPARQL 1.1 Query Language, §19.8).

Each character is read a bounded number of times, also in a hostile text: what a rule
has run over it keeps. A quote that is not closed takes the rest of its line, or of the
text, and a run such as `a.b-c` that turns out to be no prefix is split in a second
look. A text that is no SPARQL still comes out as tokens: what fits no rule is a token
of its own of kind `other`.
"""

from __future__ import annotations

import itertools
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, overload

_LONG = r'"""(?:[^"\\]|\\.|"(?!""))*+'
_SHORT = r'"(?:[^"\\\r\n]|\\[^\r\n])*+'
# \w and what else a name may hold: the middle dot, combining accents, ties (PN_CHARS).
_W = r"\w\u00b7\u0300-\u036f\u203f\u2040"
_PLX = r"%[0-9a-fA-F]{2}|\\[^\w\s]"
_LOCAL = rf"(?:(?:[\w:]|{_PLX})(?:[{_W}:]|{_PLX}|[.\-](?=[{_W}.:%\-]))*+)?"
_RUN = rf"[^\W\d_][{_W}.\-]*+"
IRI = r"<(?:[^\x00-\x20<>\"{}|^`\\]|\\[uU][0-9a-fA-F]{4,8})*+>"
# kind, pattern; the first that fits wins
_KINDS = (
    ("space", r"[ \t\r\n]+"),
    ("comment", r"#[^\r\n]*"),
    ("iri", IRI),
    ("text", rf'{_LONG}"""' + "|" + rf'{_LONG}"""'.replace('"', "'")),
    ("broken", r'"""(?s:.*)' + r"|'''(?s:.*)"),
    ("text", rf'{_SHORT}"' + "|" + rf'{_SHORT}"'.replace('"', "'")),
    ("broken", _SHORT + "|" + _SHORT.replace('"', "'")),
    ("variable", rf"[?$]\w[{_W}]*+"),
    ("language", r"@[a-zA-Z]+(?:-{1,2}[a-zA-Z0-9]+)*+"),
    ("name", rf"(?:{_RUN})?:{_LOCAL}"),
    ("node", r"_:\w(?:[\w.\-]*[\w\-])?"),
    (
        "number",
        r"[0-9]++\.[0-9]*[eE][+-]?[0-9]+|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?"
        r"|[0-9]++(?:[eE][+-]?[0-9]+)?",
    ),
    ("run", _RUN),
    ("word", r"[^\W\d]\w*"),
    (
        "mark",
        r"\^\^|\{\||\|\}|<<\(?|\)?>>|&&|\|\||!=|<=|>=|[{}()\[\].;,/|^*+?!=<>$&~-]",
    ),
    ("other", r"."),
)
_TOKEN = re.compile(
    "|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(_KINDS)),
    re.DOTALL,
)
_NAMES = tuple(dict.fromkeys(kind for kind, _ in _KINDS))
_NUMBERS = {kind: number for number, kind in enumerate(_NAMES)}
_KIND_OF = {f"k{n}": kind for n, (kind, _) in enumerate(_KINDS)}
_UNSEEN = frozenset(["space", "comment"])
_PIECE = re.compile(r"[^\W\d]\w*|[0-9]+|.", re.DOTALL)
_MANY = 32 * 1024  # characters of a text whose tokens are not all made at once


class Token(NamedTuple):
    """One token: what kind it is, its text, and where it begins in the query."""

    kind: str
    text: str
    offset: int

    @property
    def word(self) -> str:
        """Its text in capitals where it is a bare word, else nothing."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def mark(self) -> str:
        """Its text where it is punctuation, else nothing."""
        return self.text if self.kind == "mark" else ""

    @property
    def end(self) -> int:
        """The offset behind it."""
        return self.offset + len(self.text)


NOTHING = Token("other", "", 0)
# What a look at tokens finds: the one at fault, what is wrong, what to do.
Fault = tuple[Token, str, str]
Finder = Callable[[Sequence[Token]], Iterator[Fault]]


class Cut(Sequence[Token]):
    """The tokens of a long text: where it is cut. A token is made when it is asked for.

    A token takes some 160 bytes, its place nine; what is needed for a moment in many
    small parts is hard to give back to the system.
    """

    def __init__(self, query: str, found: Iterable[Token]) -> None:
        self._query = query
        self._kinds = bytearray()
        self._begins, self._ends = array("I"), array("I")
        for kind, text, offset in found:
            self._kinds.append(_NUMBERS[kind])
            self._begins.append(offset)
            self._ends.append(offset + len(text))

    def __len__(self) -> int:
        return len(self._kinds)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Token]: ...

    def __getitem__(self, at: int | slice) -> Token | Sequence[Token]:
        if isinstance(at, slice):
            return tuple(map(self.__getitem__, range(*at.indices(len(self)))))
        begin = self._begins[at]
        return Token(
            _NAMES[self._kinds[at]], self._query[begin : self._ends[at]], begin
        )

    def __iter__(self) -> Iterator[Token]:
        query, made = self._query, tuple.__new__  # all that Token does, and quicker
        places = zip(self._kinds, self._begins, self._ends, strict=True)
        for kind, begin, end in places:
            yield made(Token, (_NAMES[kind], query[begin:end], begin))


def each(query: str) -> Iterator[Token]:
    """The tokens of a query one by one, without white space and comments."""
    for found in _TOKEN.finditer(query):
        kind = _KIND_OF[found.lastgroup or ""]
        if kind == "run":
            yield from _split(found[0], found.start())
        elif kind not in _UNSEEN:
            yield Token(kind, found[0], found.start())


def read(query: str, most: int | None = None) -> Sequence[Token]:
    """The tokens of a query, without white space and comments, or the first of them."""
    found = itertools.islice(each(query), most)
    return tuple(found) if len(query) <= _MANY else Cut(query, found)


def runs(
    found: Iterable[Token], length: int, *, before: int = 0, behind: int = 0
) -> Iterator[tuple[Token, ...]]:
    """Each run of so many tokens; some that are none may stand at the ends."""
    padded = itertools.chain([NOTHING] * before, found, [NOTHING] * behind)
    copies = itertools.tee(padded, length)
    shifted = (itertools.islice(copy, n, None) for n, copy in enumerate(copies))
    return zip(*shifted, strict=False)


def around(found: Iterable[Token]) -> Iterator[tuple[Token, ...]]:
    """Each token between the one before it and the one behind it."""
    return runs(found, 3, before=1, behind=1)


def place(query: str, offset: int) -> tuple[int, int]:
    """The line and column, both from 1, of an offset in a query."""
    begin = query.rfind("\n", 0, offset) + 1
    return query.count("\n", 0, offset) + 1, offset - begin + 1


def line_at(query: str, offset: int) -> str:
    """The whole line on which an offset stands, without its line end."""
    begin = query.rfind("\n", 0, offset) + 1
    end = query.find("\n", offset)
    return query[begin : end if end >= 0 else len(query)].rstrip("\r")


def _split(run: str, start: int) -> Iterator[Token]:
    """The words, numbers and marks of a run that is no prefix."""
    for piece in _PIECE.finditer(run):
        first = piece[0][0]
        kind = "number" if first.isdigit() else "mark" if first in ".-" else "word"
        yield Token(kind, piece[0], start + piece.start())
