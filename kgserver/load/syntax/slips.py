"""Slips of a writer's hand, each with its code, a sentence and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.syntax import prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable

_BOM = "The file begins with a byte order mark. Save it as UTF-8 without BOM."
# prefixes that are the beginning of an IRI, and what is wrong with them
_SCHEMES = frozenset(("http", "https"))
_BARE_IRI = (
    "bad-iri",
    "an IRI stands here without its < and >",
    "Write < before it and > behind it.",
)
# a statement that ends too soon
EARLY_DOT = (
    "early-dot",
    "the statement ends here, and what follows it has no subject",
    "Write ; for the dot if the next line goes on about the same subject.",
)
# a statement that begins with its property
NO_SUBJECT = (
    "missing-subject",
    "the statement has no subject",
    "Write what it is about before the property, or take the statement away.",
)
# what a statement that is not ended ends in; what to do where a property follows, and
# where a subject or nothing does
_ENDINGS = {
    ",": (
        "It ends in a comma, and a new property follows: write ; in its place.",
        "It ends in a comma, and no value follows: write . in its place.",
    ),
    ";": (
        "It ends in a semicolon, and a new subject follows: write . in its place.",
        "It ends in a semicolon, and a new subject follows: write . in its place.",
    ),
    "": (
        "Write . behind it, or ; if the next line goes on about the same subject.",
        "End it: write . behind it.",
    ),
}


def unended(ending: str, *, last: bool = False) -> tuple[str, str, str]:
    """What is wrong with a statement that ends in a token and in no dot.

    `last` tells that nothing of its own follows it.
    """
    hints = _ENDINGS.get(ending) or _ENDINGS[""]
    return "missing-dot", "the statement is not ended", hints[last]


def surplus(word: str) -> tuple[str, str, str]:
    """What is wrong with a token behind a value on the same line."""
    said = f"{word} follows where the statement should go on or end"
    hint = "Write , before one more value, ; before a new property, or take it away."
    return "missing-mark", said, hint


def unclosed(bracket: str, line: int) -> tuple[str, str, str]:
    """What is wrong with a `[` or `(` of a line that does not close where it should."""
    end = {"[": "]", "(": ")"}[bracket]
    said = f"the {bracket} of line {line} is not closed here"
    return "open-bracket", said, f"Write {end} where it ends, before the next line."


def undeclared(
    prefix: str, declared: Iterable[str], why: str = ""
) -> tuple[str, str, str]:
    """What is wrong with a prefix without declaration; why, where that is known."""
    if prefix in _SCHEMES:
        return _BARE_IRI
    said = f"the prefix {prefix}: is not declared"
    if prefix.startswith("\ufeff"):
        return "undeclared-prefix", said, _BOM
    if why:
        said, hint = f"{said}: {why}", f"Declare {prefix}: here if that was meant."
        return "undeclared-prefix", said, hint
    return "undeclared-prefix", said, prefixes.declare(prefix, declared)
