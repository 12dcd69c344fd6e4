"""Mistakes in the letters: quotes, brackets of IRIs, prefixes, look-alikes."""

from __future__ import annotations

import itertools
import unicodedata
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import spacing, tokens
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.sparql.gate.tokens import Fault, Finder, Token

_WIDE = {
    **dict(zip("，。；：？！（）｛｝", ",.;:?!(){}", strict=True)),
    **dict(zip("＝＜＞＊＋＆｜／［］", "=<>*+&|/[]", strict=True)),
}
_DASHES = "–—−‐‑"
_SCHEMES = frozenset(["http:", "https:", "urn:", "mailto:", "file:"])
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "nbsp": "a space"}
_COMPARED = 100  # prefixes of a query that a misspelt one is compared with
_SHOWN = "PREFIX ex: <http://example.org/>"


def look_alikes(found: Sequence[Token]) -> Iterator[Fault]:
    """Characters that look like one of SPARQL's and are another."""
    for token in found:
        if token.kind != "other":
            continue
        if token.text in _WIDE:
            plain = _WIDE[token.text]
            yield (
                token,
                f"{token.text} is a full-width mark.",
                f"Write {plain} instead.",
            )
        elif token.text in _DASHES:
            yield token, f"{token.text} is a dash, not a minus.", "Write -."
        elif unicodedata.category(token.text) in {"Zs", "Zl", "Zp", "Cf", "Cc"}:
            name = unicodedata.name(token.text, f"U+{ord(token.text):04X}").lower()
            hint = "Delete it and type a plain space; it was probably pasted."
            yield token, f"An invisible character stands here: {name}.", hint


def pasted_html(found: Sequence[Token]) -> Iterator[Fault]:
    """`&lt;` where a query was copied from the source of a page."""
    for token, name, end in tokens.runs(found, 3):
        if token.mark == "&" and end.mark == ";" and name.text in _ENTITIES:
            plain = _ENTITIES[name.text]
            yield token, f"&{name.text}; is HTML for {plain}.", f"Write {plain}."


def comments(found: Sequence[Token]) -> Iterator[Fault]:
    """Comments as other languages begin them."""
    for before, token, after in tokens.around(found):
        pair = token.mark + after.mark
        glued = token.end == after.offset and before.text not in _SCHEMES
        if glued and pair in {"//", "--", "/*"}:
            yield token, f"{pair} begins no comment in SPARQL.", "Begin it with #."


def bare_iris(found: Sequence[Token]) -> Iterator[Fault]:
    """IRIs without their angle brackets, or with one of them."""
    for before, token, after in tokens.around(found):
        scheme = token.text.partition(":")[0] + ":"
        if token.kind != "name" or scheme not in _SCHEMES:
            continue
        if before.mark == "<" and before.end == token.offset:
            hint = "Close it with >; a space in it is written %20."
            yield (
                before,
                "The IRI that begins here is not closed, or holds a space.",
                hint,
            )
        elif after.mark == "/" or scheme == "urn:":
            slashes = "" if scheme == "urn:" else "//"
            hint = f"Write <{scheme}{slashes}…>, with angle brackets."
            yield token, "An IRI stands here without its brackets.", hint


def prefix_lines(found: Sequence[Token]) -> Iterator[Fault]:
    """PREFIX lines as Turtle or a hurried hand writes them."""
    for token, name, iri, end in tokens.runs(found, 4, behind=3):
        if token.kind == "language" and token.text.lower() in {"@prefix", "@base"}:
            word = token.text[1:].upper()
            yield (
                token,
                f"{token.text} is Turtle.",
                f"Write {word} and no dot behind it.",
            )
        if token.word != "PREFIX":
            continue
        if name.kind == "word":
            hint = f"Write PREFIX {name.text}: <…>."
            yield name, f"The prefix {name.text} lacks its colon.", hint
        elif name.kind == "iri":
            yield name, "The prefix lacks its name.", f"Write {_SHOWN}."
        elif iri.kind in {"text", "word", "name"}:
            yield iri, "A namespace stands in angle brackets.", f"Write {_SHOWN}."
        elif end.mark in {".", ";"}:
            hint = "Take it away."
            yield end, f"No {end.text} ends a PREFIX in SPARQL.", hint


def undeclared(known: Mapping[str, str]) -> Finder:
    """A finder of prefixes that are used and not declared."""
    offered = {**names.WELL_KNOWN, **known}

    def finder(found: Sequence[Token]) -> Iterator[Fault]:
        declared = {
            after.text[:-1]
            for token, after in itertools.pairwise(found)
            if token.word == "PREFIX"
        }
        for token in found:
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in declared:
                iri = offered.get(prefix)
                likely = {*sorted(declared)[:_COMPARED], *offered}
                near = names.nearest(prefix, likely)
                guess = f" Did you mean {near}: ?" if near and not iri else ""
                line = f"PREFIX {prefix}: <its namespace IRI>"
                line = f"PREFIX {prefix}: <{iri}>" if iri else line
                detail = f"The prefix {prefix}: is not declared."
                yield token, detail, f"Add {line} before the query.{guess}"

    return finder


def variables(found: Sequence[Token]) -> Iterator[Fault]:
    """Variables with a gap behind their mark, or a hyphen in their name."""
    for token, mark, word in tokens.runs(found, 3):
        glued = token.end == mark.offset and mark.end == word.offset
        if token.kind == "variable" and glued and mark.mark == "-" and word.word:
            name = f"{token.text}_{word.text}"
            hint = f"Write {name}, or spaces around a minus."
            yield token, "A variable's name holds no hyphen.", hint
    for token, word in itertools.pairwise(found):
        if token.mark in {"?", "$"} and word.word and token.end < word.offset:
            hint = f"Write {token.text}{word.text} without a space."
            yield token, "A variable lacks its name.", hint


def languages(found: Sequence[Token]) -> Iterator[Fault]:
    """A language or datatype that does not stand at its text."""
    for before, token in itertools.pairwise(found):
        if before.kind == "text" and token.kind == "other" and token.text == "@":
            yield token, "The language behind @ is missing.", 'Write "Stadt"@de.'
        elif token.kind == "language" and before.kind != "text":
            hint = 'Write the language right behind a text: "Stadt"@de.'
            yield token, f"{token.text} stands behind no text.", hint


FINDERS: tuple[Finder, ...] = (
    spacing.quotes,
    look_alikes,
    pasted_html,
    prefix_lines,
    bare_iris,
    comments,
    variables,
    languages,
)
