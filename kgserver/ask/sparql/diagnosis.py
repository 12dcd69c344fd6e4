"""Why a query cannot be read, in words that help, with the line and a column.

The engine lists every character that it would have accepted. What a person forgot is
easier to see on the tokens, so these are looked at first: an open quote, a prefix that
is not declared, an unknown first word, an open bracket. Only then comes the engine's
place.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from kgserver.ask.sparql import tokens
from kgserver.model import names
from kgserver.model.refusal import BadQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kgserver.ask.sparql.tokens import Token

    # the token at fault, what is wrong, what to do
    Fault = tuple[Token, str, str]
    Finder = Callable[[Sequence[Token]], Iterator[Fault]]

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE")
_UPDATES = frozenset(
    [
        "INSERT",
        "DELETE",
        "LOAD",
        "CLEAR",
        "DROP",
        "CREATE",
        "ADD",
        "MOVE",
        "COPY",
        "WITH",
    ]
)
_CLOSING = {"{": "}", "(": ")", "[": "]"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_QUOTES = "“”„‘’«»"
_PLACE = re.compile(r"error at (\d+):(\d+)")
# what the engine says when the text can be read and makes no sense, and what it means
_MEANINGS = (
    (
        "variable that is unbound",
        "A variable of the SELECT is neither grouped by nor aggregated.",
        "Add it to GROUP BY, or aggregate it: (SAMPLE(?x) AS ?y).",
    ),
)


def explain(
    query: str, found: Sequence[Token], fault: SyntaxError, known: Mapping[str, str]
) -> Exception:
    """The Refusal that says why the engine cannot read a query.

    `known` are the prefixes that the data itself uses, to propose the right IRI.
    """
    for finder in (_update, _open_quote, _undeclared(known), _unknown_form, _brackets):
        for token, detail, hint in finder(found):
            return _refusal(query, token.offset, detail, hint)
    return _as_the_engine_says(query, found, fault)


def _refusal(query: str, offset: int, detail: str, hint: str) -> BadQuery:
    line, column = tokens.place(query, offset)
    text = tokens.line_at(query, offset)
    return BadQuery(detail, hint, line=line, column=column, excerpt=text)


def _behind_prologue(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens from the first on that is not part of a PREFIX or BASE."""
    prologue = {"PREFIX", "BASE"}
    return itertools.dropwhile(
        lambda token: token.text.upper() in prologue or token.kind in {"name", "iri"},
        found,
    )


def _update(found: Sequence[Token]) -> Iterator[Fault]:
    first = next(_behind_prologue(found), tokens.NOTHING)
    if first.text.upper() in _UPDATES:
        detail = f"{first.text.upper()} is an update, not a query."
        yield first, detail, "The graph is edited as Turtle files; only ask."


def _open_quote(found: Sequence[Token]) -> Iterator[Fault]:
    for token in found:
        if token.kind == "broken":
            yield token, "A text begins here and is not closed.", "Add the same quote."
        elif token.kind == "other" and token.text in _QUOTES:
            yield token, f"{token.text} is no quote.", 'Write straight quotes: "…".'


def _undeclared(known: Mapping[str, str]) -> Finder:
    """A finder of prefixes that are used and not declared."""
    offered = {**names.WELL_KNOWN, **known}

    def finder(found: Sequence[Token]) -> Iterator[Fault]:
        declared = {
            after.text[:-1]
            for token, after in itertools.pairwise(found)
            if token.text.upper() == "PREFIX"
        }
        for token in found:
            prefix = token.text.partition(":")[0]
            if token.kind == "name" and prefix not in declared:
                iri = offered.get(prefix)
                near = names.nearest(prefix, {*declared, *offered})
                guess = f" Did you mean {near}: ?" if near and not iri else ""
                line = f"PREFIX {prefix}: <{iri or 'its namespace IRI'}>"
                detail = f"The prefix {prefix}: is not declared."
                yield token, detail, f"Add {line} before the query.{guess}"

    return finder


def _unknown_form(found: Sequence[Token]) -> Iterator[Fault]:
    first = next(_behind_prologue(found), tokens.NOTHING)
    if first.text.upper() not in _FORMS:
        near = names.nearest(first.text.upper(), _FORMS)
        said = (
            f"A query cannot begin with {first.text}." if first.text else "It is empty."
        )
        hint = f"Did you mean {near}?" if near else f"Begin with {', '.join(_FORMS)}."
        yield first, said, hint


def _brackets(found: Sequence[Token]) -> Iterator[Fault]:
    stack: list[Token] = []
    for token in found:
        if token.kind != "mark":
            continue
        if token.text in _CLOSING:
            stack.append(token)
        elif token.text in _OPENING:
            if not stack:
                yield token, f"{token.text} closes nothing.", "Take it away."
                return
            if stack[-1].text != _OPENING[token.text]:
                other = stack[-1].text
                hint = f"Close the {other} before it with {_CLOSING[other]}."
                yield token, f"{token.text} stands where {other} is open.", hint
                return
            stack.pop()
    if stack:
        mark = stack[-1].text
        yield (
            stack[-1],
            f"{mark} is never closed.",
            f"Add the missing {_CLOSING[mark]}.",
        )


def _as_the_engine_says(
    query: str, found: Sequence[Token], fault: SyntaxError
) -> BadQuery:
    """The engine's place is where it gave up: what is wrong stands there or before."""
    words = str(fault)
    for phrase, detail, hint in _MEANINGS:
        if phrase in words:
            return BadQuery(detail, hint)
    told = _PLACE.search(words)
    if not told:
        return BadQuery(f"The engine says: {words[:200]}", "Check the query's syntax.")
    lines = query.splitlines(keepends=True)[: int(told[1]) - 1]
    offset = sum(map(len, lines)) + int(told[2]) - 1
    reached = [token for token in found if token.offset < offset]
    if not reached:
        return BadQuery("The query cannot be read.", "Check how it begins.")
    detail = f"The query cannot be read further than this {reached[-1].text}."
    hint = "Look just before it for a missing value, dot or keyword, or one too many."
    return _refusal(query, reached[-1].offset, detail, hint)
