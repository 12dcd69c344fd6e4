"""A query as tokens, read before any parser sees it (SPARQL 1.1 Query Language, §19.8).

One pass of one expression, so that its time grows with the length of the text and with
nothing else. A text that is no SPARQL still comes out as tokens: what fits no rule is a
token of its own of kind `other`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# kind, pattern; the first that fits wins
_KINDS = (
    ("space", r"\s+"),
    ("comment", r"#[^\r\n]*"),
    ("iri", r"<[^<>\"{}|^`\\\s]*>"),
    ("text", r'"""(?:[^"\\]|\\.|"(?!""))*"""' + r"|'''(?:[^'\\]|\\.|'(?!''))*'''"),
    ("text", r'"(?:[^"\\\r\n]|\\.)*"' + r"|'(?:[^'\\\r\n]|\\.)*'"),
    ("variable", r"[?$]\w+"),
    ("language", r"@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*"),
    (
        "name",
        r"(?:[^\W\d_][\w.\-]*)?:(?:[\w:]|%[0-9a-fA-F]{2}|\\.|[.\-](?=[\w.:%\-]))*",
    ),
    ("node", r"_:[\w.\-]*"),
    ("number", r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"),
    ("word", r"[^\W\d]\w*"),
    ("broken", r"\"|'"),
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


@dataclass(frozen=True, slots=True)
class Token:
    """One token: what kind it is, its text, and where it begins in the query."""

    kind: str
    text: str
    offset: int


NOTHING = Token("other", "", 0)


def read(query: str) -> Sequence[Token]:
    """The tokens of a query, without white space and comments."""
    return [token for token in _all(query) if token.kind not in {"space", "comment"}]


def place(query: str, offset: int) -> tuple[int, int]:
    """The line and column, both from 1, of an offset in a query."""
    before = query[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def line_at(query: str, offset: int) -> str:
    """The whole line on which an offset stands, without its line end."""
    begin = query.rfind("\n", 0, offset) + 1
    end = query.find("\n", offset)
    return query[begin : end if end >= 0 else len(query)].rstrip("\r")


def _all(query: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(query):
        kind, _ = _KINDS[int((found.lastgroup or "k0")[1:])]
        yield Token(kind, found[0], found.start())
