"""A query as tokens, read before any parser sees it (SPARQL 1.1 Query Language, §19.8).

Each character is read a bounded number of times, also in a hostile text: what a rule
has run over it keeps. A quote that is not closed takes the rest of its line, or of the
text, and a run such as `a.b-c` that turns out to be no prefix is split in a second
look. A text that is no SPARQL still comes out as tokens: what fits no rule is a token
of its own of kind `other`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

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
_KIND_OF = {f"k{n}": kind for n, (kind, _) in enumerate(_KINDS)}
_UNSEEN = frozenset(["space", "comment"])
_PIECE = re.compile(r"[^\W\d]\w*|[0-9]+|.", re.DOTALL)


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


def each(query: str) -> Iterator[Token]:
    """The tokens of a query one by one, without white space and comments."""
    for found in _TOKEN.finditer(query):
        kind = _KIND_OF[found.lastgroup or ""]
        if kind == "run":
            yield from _split(found[0], found.start())
        elif kind not in _UNSEEN:
            yield Token(kind, found[0], found.start())


def read(query: str) -> Sequence[Token]:
    """All tokens of a query, without white space and comments."""
    return tuple(each(query))


def around(found: Sequence[Token]) -> Iterator[tuple[Token, Token, Token]]:
    """Each token between the one before it and the one behind it."""
    padded = [NOTHING, *found, NOTHING]
    return zip(padded, found, padded[2:], strict=False)


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
