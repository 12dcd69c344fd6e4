"""What is odd about the IRIs and names of a file, as they are written."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from kgserver.load.doctor import charge
from kgserver.load.doctor.charge import Charge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.doctor.lexemes import Text
    from kgserver.model.problem import Problem

# Spaces that are none, what has no width, what turns the direction of writing.
# Joiners have a meaning between the letters of some scripts, none beside ASCII.
_UNSEEN = re.compile(
    "[\x7f-\xa0\xad\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
    "|(?<=[ -~])[\u200c\u200d]|[\u200c\u200d](?=[ -~])"
)
_AWAY = "Take the character away."
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")
_WORDS = re.compile(r"[^\W\d_]+")


def check(text: Text) -> Iterator[Problem]:
    """What is odd about the IRIs and names of a file."""
    written = [*text.iris, *text.names]
    charges = {
        each: [said] for each in written if not each.isascii() and (said := _odd(each))
    }
    rare = [each for each in text.iris if each[:5] != "<http" and _is_relative(each)]
    if rare and "@base" not in text.tags and "BASE" not in text.text:
        charges |= {each: [_relative(each)] for each in rare}
    yield from charge.everywhere(text, charges)


def _odd(lexeme: str) -> Charge | None:
    unseen = _UNSEEN.search(lexeme)
    if unseen:
        name = f"U+{ord(unseen[0]):04X} {unicodedata.name(unseen[0], 'CONTROL')}"
        space = unicodedata.category(unseen[0]) == "Zs"
        return Charge(
            "suspicious-iri",
            f"{_shown(lexeme)} holds {name}, which cannot be seen",
            "Take it away; a space in an IRI is written %20." if space else _AWAY,
            None if space else _UNSEEN.sub("", lexeme),
        )
    for word in _WORDS.findall(lexeme):
        mixed = "" if word.isascii() else _mixed(word)
        if mixed:
            return Charge(
                "suspicious-iri",
                f"{_shown(lexeme)} has letters of two alphabets: {mixed}",
                "Write the name anew by hand, in one alphabet.",
            )
    return None


def _mixed(word: str) -> str:
    """One letter of each alphabet, where a word has two; "" where it has one."""
    found: dict[str, str] = {}
    for letter in word:
        alphabet = unicodedata.name(letter, "").partition(" ")[0]
        if alphabet in _ALPHABETS:
            found.setdefault(alphabet, f"{letter} ({unicodedata.name(letter)})")
    return " and ".join(found.values()) if len(found) > 1 else ""


def _is_relative(lexeme: str) -> bool:
    """Whether an IRI is relative; those of the document itself and its parts may be."""
    bare = lexeme[1:-1]
    return bool(bare) and bare[0] != "#" and not _ABSOLUTE.match(bare)


def _relative(lexeme: str) -> Charge:
    return Charge(
        "relative-iri",
        f"{lexeme} is relative: it means another thing in another file",
        "Write the whole IRI or a name with a prefix, or declare @base.",
    )


def _shown(lexeme: str) -> str:
    """The lexeme with what cannot be seen made visible."""
    return _UNSEEN.sub(lambda c: f"\\u{ord(c[0]):04X}", lexeme)
