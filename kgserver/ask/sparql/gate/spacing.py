"""Where the engine would cut a query into other words than the language does.

The language is read by longest match (SPARQL 1.1 §19.8 note 3); the engine looks for
what it expects at a place, so that `SERVICESILENT` is two keywords to it, `?x<'>'` a
comparison, and a quote that is not closed an empty text. Whoever counts tokens, or
looks for SERVICE among them, would then look at another query than the one that runs.
Each of these is refused, or written so that the engine reads it as the language does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import keywords, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.sparql.gate.tokens import Fault, Token

_QUOTES = "“”„‘’«»‹›「」"
_SPACES = "Put spaces between the words."
_ASKING = "SERVICE"
# What may stand before a name that stands before a brace.
_NAMING = frozenset(["SERVICE", "SILENT", "GRAPH", "FROM", "NAMED", "DESCRIBE"])
_KNOWN = "|".join(sorted(keywords.KNOWN, key=len, reverse=True))
_GLUED = re.compile(rf"(?:{_KNOWN}|[0-9]+(?:E[0-9]+)?)+", re.ASCII)
_LONGEST = 40  # letters of a word that can be looked at quickly
# What may end a value, behind which an expression goes on with an operator.
_VALUES = frozenset(["variable", "number", "text", "iri", "name", "language"])
_CLOSED = frozenset([")", "]", "}", ">>", ")>>"])
_IRI = re.compile(tokens.IRI)
_BARE_DOT = re.compile(r"(?<!\\)\.")
_BOOLEANS = frozenset(["TRUE", "FALSE"])


def faults(query: str, found: Sequence[Token]) -> Iterator[Fault]:
    """Texts that are not closed, and words that stand together without a space."""
    yield from quotes(found)
    for before, token, after in tokens.around(found):
        if token.kind == "word" and _is_glued(token.word):
            yield token, f"{token.text} is no word of SPARQL.", _SPACES
        elif token.kind == "name" and after.mark == "{":
            prefix = token.text.partition(":")[0]
            if _ASKING in prefix.upper() and before.word not in _NAMING:
                yield token, f"A group cannot follow {token.text}.", _SPACES
    for token in _behind_values(found):
        if token.mark in {"<<", "<<("} and _IRI.match(query, token.offset + 1):
            hint = "Put a space between < and <."
            yield token, f"{token.mark} stands behind a value.", hint


def quotes(found: Sequence[Token]) -> Iterator[Fault]:
    """Texts that are not closed, and quotes of a typographer."""
    for token in found:
        if token.kind == "broken":
            yield token, "A text begins here and is not closed.", "Add the same quote."
        elif token.kind == "other" and token.text in _QUOTES:
            yield token, f"{token.text} is no quote.", 'Write straight quotes: "…".'


def _is_glued(word: str) -> bool:
    if word in keywords.KNOWN:
        return False
    return len(word) > _LONGEST or _ASKING in word or bool(_GLUED.fullmatch(word))


def escaped(found: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Names and IRIs that the engine might cut in two, and how it cannot.

    An escape in an IRI is the character (SPARQL 1.1 §19.2), and nothing in the
    comparison that the engine might take it for. Of a name the engine reads one dot
    that is not escaped (§19.8 rule 169 has any number).
    """
    for token in _behind_values(found):
        if token.kind == "iri" and token.text[1] not in ">\\":
            code = ord(token.text[1])
            escape = f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
            yield token, f"<{escape}{token.text[2:]}"
    for token in found:
        prefix, colon, local = token.text.partition(":")
        bare = len(_BARE_DOT.findall(local)) if "." in local else 0
        if token.kind == "name" and bare > 1:
            yield token, prefix + colon + _BARE_DOT.sub(r"\.", local)


def _behind_values(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens in round brackets that stand right behind a value.

    Those of VALUES are left out: no expression stands there.
    """
    depth, listing = 0, False
    for before, token in tokens.runs(found, 2, before=1):
        depth += (token.mark == "(") - (token.mark == ")")
        listing = before.word == "VALUES" or (listing and token.mark != "}")
        value = before.kind in _VALUES or before.mark in _CLOSED
        if depth > 0 and not listing and (value or before.word in _BOOLEANS):
            yield token
