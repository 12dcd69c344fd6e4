"""Turtle's tokens: nothing is lost, broken files are read to their end, in linear time.

The terminals are those of RDF 1.1 Turtle, §6.5; what is none of them becomes a token
too. The texts of all tokens, joined, are the file. N-Triples, N-Quads and TriG are made
of the same terminals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kgserver.model.terminals import PN_CHARS, PN_CHARS_BASE

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_PREFIX = rf"[{PN_CHARS_BASE}](?:[{PN_CHARS}]|\.++(?=[{PN_CHARS}]))*+"
_MORE = rf"[{PN_CHARS}:]|{_ESCAPE}"
_LOCAL = rf"(?:[{PN_CHARS_BASE}_:0-9]|{_ESCAPE})(?:{_MORE}|\.++(?={_MORE}))*+"

# The order matters: the first that fits is taken. No pattern can go back over what it
# has read, so that each character is looked at a few times at most.
_KINDS = (
    ("space", r"[ \t\r\n]++"),
    ("comment", r"#[^\r\n]*+"),
    ("string", r'"""(?:[^"\\]|\\.|"(?!""))*+"""' r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"),
    # a text over several lines that nothing closes
    ("open", r'"""(?s:.*+)' r"|'''(?s:.*+)"),
    ("short", r'"(?:[^"\\\r\n]|\\[^\r\n])*+"' r"|'(?:[^'\\\r\n]|\\[^\r\n])*+'"),
    # a text that breaks off at the end of its line
    ("torn", r"\"[^\r\n]*+|'[^\r\n]*+"),
    ("iri", r'<[^\x00-\x20<>"{}|^`]*+>'),
    ("directive", r"@(?:prefix|base)(?![A-Za-z0-9-])"),
    ("language", r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[a-z]++)?+"),
    ("blank", rf"_:[{PN_CHARS_BASE}_0-9](?:[{PN_CHARS}]|\.++(?=[{PN_CHARS}]))*+"),
    ("name", rf"(?:{_PREFIX})?+:(?:{_LOCAL})?+"),
    (
        "number",
        r"[+-]?(?:[0-9]++\.[0-9]*[eE][+-]?[0-9]++|\.?[0-9]++[eE][+-]?[0-9]++"
        r"|[0-9]*\.[0-9]++|[0-9]++)",
    ),
    ("word", rf"[{PN_CHARS_BASE}_](?:[{PN_CHARS}]|\.++(?=[{PN_CHARS}]))*+"),
    ("mark", r"\^\^|[.;,\[\](){}]"),
    ("other", r"(?s:.)"),
)
_TOKEN = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _KINDS), re.DOTALL)
# What names or quotes something, and the comments in between: no space, mark or number.
NAMING = re.compile(
    "|".join(
        form
        for kind, form in _KINDS
        if kind not in {"space", "word", "mark", "number"}
        and kind not in {"other", "directive"}
    ),
    re.DOTALL,
)
BREAK = re.compile(r"\r\n|\r|\n")
SILENT = frozenset(("space", "comment"))
_MANY_LINES = frozenset(("space", "string", "open"))


class Token(NamedTuple):
    """One token: its kind, its exact text, where it stands; all places count from 1.

    `start` counts characters of the file from 0, `column` characters of the line.
    """

    kind: str
    text: str
    start: int
    line: int
    column: int

    @property
    def end(self) -> int:
        """The place behind its last character, counted as `start` is."""
        return self.start + len(self.text)

    @property
    def last_line(self) -> int:
        """The line on which it ends."""
        return self.line + len(BREAK.findall(self.text))


def tokenise(text: str) -> list[Token]:
    """Every token of a text, in order; their texts joined are the text."""
    return list(_each(text))


def decode(data: bytes) -> str:
    """A file's text, from which its bytes can be had back whatever they are."""
    return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The bytes of a text that `decode` gave."""
    return text.encode("utf-8", "surrogateescape")


def _each(text: str) -> Iterator[Token]:
    line, begins = 1, 0
    for found in _TOKEN.finditer(text):
        kind, start = found.lastgroup or "other", found.start()
        word = found[0]
        if kind == "short":
            kind = "string"
        yield Token(kind, word, start, line, start - begins + 1)
        if kind in _MANY_LINES:
            for end in BREAK.finditer(word):
                line += 1
                begins = start + end.end()
