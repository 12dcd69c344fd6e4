"""What is odd about the texts and language tags of a file."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from kgserver.load.doctor import charge, lexemes
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.file import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.doctor.lexemes import Text
    from kgserver.model.problem import Problem

# Controls but tab and line ends, the byte order mark, the zero-width space, what turns
# the direction of writing: none has a meaning in a text that is to be read.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]"
)
_UNSEEN_ESCAPED = re.compile(
    r"\\[bf]|\\u(?:00(?:0[0-8BCEFbcef]|[189][0-9A-Fa-f]|7[Ff])|200[Bb]|202[A-Ea-e]"
    r"|206[6-9]|[Ff][Ee][Ff][Ff])"
)
# The first byte of a letter in UTF-8, read as Windows-1252, with one that may follow.
_GARBLED = re.compile("[\xc2-\xf4][\x80-\xbf\u0152-\u02dc\u2013-\u2122]")
# Escapes that mostly are the beginning of a name behind a backslash.
_SHORT = frozenset((r"\b", r"\f"))
_AWAY = "Take it away; in \\u form it would still be there."
_SPACES = " \t\xa0"


def check(text: Text) -> Iterator[Problem]:
    """What is odd about the texts of a file."""
    odd = [
        each
        for each in text.texts
        if each[1] in _SPACES
        or each[-2] in _SPACES
        or not (each.isascii() and each.isprintable())
        or "\\" in each
    ]
    charges = {each: found for each in odd if (found := list(_charges(each)))}
    yield from charge.everywhere(text, charges)
    tagged = {each: [said] for each in text.tags if (said := languages.charge(each))}
    yield from charge.everywhere(text, tagged)


def _charges(lexeme: str) -> Iterator[Charge]:
    whole = lexeme[:3] not in ('"""', "'''")
    if whole and (lexeme[1] in _SPACES or lexeme[-2] in _SPACES):
        yield _spaces(lexeme)
    if not lexeme.isascii() or "\\" in lexeme or not lexeme.isprintable():
        yield from _letters(lexeme)


def _spaces(lexeme: str) -> Charge:
    bare = lexeme[1:-1].strip(_SPACES)
    ends = "begins" if lexeme[1] in _SPACES else "ends"
    return Charge(
        "spaces-around",
        f"the text {ends} with a space",
        f'Write "{bare}".' if bare else "Write the text, or take the statement away.",
        f"{lexeme[0]}{bare}{lexeme[0]}" if bare else None,
    )


def _letters(lexeme: str) -> Iterator[Charge]:
    unseen = _UNSEEN.search(lexeme) or _UNSEEN_ESCAPED.search(lexeme)
    if unseen:
        path = unseen[0] in _SHORT
        name = _name(lexemes.value(f'"{unseen[0]}"'))
        yield Charge(
            "control-character",
            f"the text holds {name}, which cannot be seen",
            "Write \\\\ if a backslash is meant." if path else _AWAY,
            None if path else _UNSEEN_ESCAPED.sub("", _UNSEEN.sub("", lexeme)),
        )
    elif "\ufffd" in lexeme:
        yield Charge(
            "garbled-text",
            "the text holds \ufffd: a letter was lost when it was read",
            "Look the text up at its source and write it anew.",
        )
    elif _GARBLED.search(lexeme):
        yield from _garbled(lexeme)


def _garbled(lexeme: str) -> Iterator[Charge]:
    """A text whose letters, as bytes of Windows-1252, are UTF-8 that says something."""
    try:
        meant = lexeme.encode("cp1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return
    yield Charge(
        "garbled-text",
        f"{_GARBLED.findall(lexeme)[0]} is UTF-8 that was read as Windows-1252",
        f"Write {meant}, and read the source of the text as UTF-8.",
        meant,
    )


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'CONTROL')}"
