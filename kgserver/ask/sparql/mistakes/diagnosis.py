"""Why a query cannot be read, in words that help, with the line and a column.

The engine lists every character that it would have accepted. What a person did is
easier to see on the tokens. Looked at in turn: mistakes in the letters, a word that no
query begins with, brackets, mistakes of words and of meaning, then the place at which
the text leaves the grammar, and last the place at which the engine gave up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import keywords, tokens
from kgserver.ask.sparql.mistakes import clauses, letters, words
from kgserver.ask.sparql.syntax import reader
from kgserver.ask.sparql.syntax.cursor import Unreadable
from kgserver.model import names
from kgserver.model.refusal import BadQuery, EvaluationFailed, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.sparql.gate.tokens import Fault, Finder, Token

_CLOSING = {"{": "}", "(": ")", "[": "]"}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}
_PLACE = re.compile(r"error at (\d+):(\d+)")
# Some finders look at a part of the query again and again; not where it is this long.
_THOROUGH = 5_000  # tokens
_ENDS = "The query ends before"
_FUNCTION = re.compile(r"custom function (<[^>]*>)")
_FUNCTIONS = "Use a function of SPARQL or GeoSPARQL, or a cast such as xsd:integer(?x)."


def explain(
    query: str, found: Sequence[Token], fault: SyntaxError, known: Mapping[str, str]
) -> BadQuery:
    """The Refusal that says why the engine cannot read a query.

    `known` are the prefixes that the data itself uses, to propose the right IRI.
    """
    function = _FUNCTION.search(str(fault))
    if function:
        return _no_function(query, found, function[1])
    prefixes = letters.undeclared(known)
    first: tuple[Finder, ...] = (words.update, *letters.FINDERS, prefixes, _brackets)
    thorough = len(found) <= _THOROUGH
    then = (words.form, *clauses.FINDERS, *words.FINDERS) if thorough else ()
    for finder in (*first, *then):
        for token, detail, hint in finder(found):
            return _refusal(query, token.offset, detail, hint)
    told = _by_grammar(query, found) if thorough else None
    return told or _as_the_engine_says(query, found, fault)


def failure(fault: Exception) -> Refusal:
    """The Refusal that says why the engine could not finish a query."""
    return EvaluationFailed(
        f"The engine gave up: {fault}", "Ask for less, or in another way."
    )


def _no_function(query: str, found: Sequence[Token], iri: str) -> BadQuery:
    """That nothing is known of a function, where it is called."""
    calls = (
        token
        for token, after in tokens.runs(found, 2)
        if after.mark == "("
        and (token.text == iri or (token.kind == "name" and _ends(iri, token)))
    )
    local = re.split("[/#]", iri[1:-1])[-1]
    space = iri[1:-1].removesuffix(local)
    known = [each for each in keywords.FUNCTION_IRIS if each.startswith(space)]
    near = names.nearest(local, [each.removeprefix(space) for each in known])
    hint = f"Did you mean <{space}{near}>?" if near else _FUNCTIONS
    offset = next(calls, tokens.NOTHING).offset
    return _refusal(query, offset, f"There is no function {iri} here.", hint)


def _ends(iri: str, name: Token) -> bool:
    return iri[1:-1].endswith(name.text.partition(":")[2])


def _refusal(query: str, offset: int, detail: str, hint: str) -> BadQuery:
    line, column = tokens.place(query, offset)
    text = tokens.line_at(query, offset)
    return BadQuery(detail, hint, line=line, column=column, excerpt=text)


def _brackets(found: Sequence[Token]) -> Iterator[Fault]:
    stack: list[Token] = []
    for token in found:
        mark = token.mark
        if mark in _CLOSING:
            stack.append(token)
        elif mark in _OPENING:
            if not stack:
                yield token, f"{mark} closes nothing.", "Take it away."
                return
            if stack[-1].text != _OPENING[mark]:
                other = stack[-1].text
                hint = f"Close the {other} before it with {_CLOSING[other]}."
                yield token, f"{mark} stands where {other} is open.", hint
                return
            stack.pop()
    if stack:
        mark = stack[-1].text
        hint = f"Add the missing {_CLOSING[mark]}."
        yield stack[-1], f"{mark} is never closed.", hint


def _by_grammar(query: str, found: Sequence[Token]) -> BadQuery | None:
    """What the grammar expects where the text leaves it, or what is named twice."""
    try:
        tree = reader.read(query, found)
    except Unreadable as fault:
        token = fault.token
        stands = f"{token.text} stands in the place of" if token.text else _ENDS
        detail = f"{stands} {fault.expected}."
        offset = min(token.offset, max(len(query.rstrip()) - 1, 0))
        return _refusal(query, offset, detail, fault.hint)
    for group in [tree.where] if tree.where else []:
        for offset, detail, hint in clauses.bound_before(group):
            return _refusal(query, offset, detail, hint)
    return None


def _as_the_engine_says(
    query: str, found: Sequence[Token], fault: SyntaxError
) -> BadQuery:
    """The engine's place is where it gave up: what is wrong stands there or before."""
    said = str(fault)
    told = _PLACE.search(said)
    if not told:
        return BadQuery(f"The engine says: {said[:200]}", "Check the query's syntax.")
    lines = query.splitlines(keepends=True)[: int(told[1]) - 1]
    offset = sum(map(len, lines)) + int(told[2]) - 1
    reached = [token for token in found if token.offset < offset]
    if not reached:
        return BadQuery("The query cannot be read.", "Check how it begins.")
    detail = f"The query cannot be read further than this {reached[-1].text}."
    hint = "Look just before it for a missing value, dot or keyword, or one too many."
    return _refusal(query, reached[-1].offset, detail, hint)
