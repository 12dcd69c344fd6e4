"""Mistakes in the words: misspelt keywords, the habits of SQL, unknown functions."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import keywords, tokens
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.sparql.gate.tokens import Fault, Finder, Token

_BEGIN = f"Begin with {', '.join(keywords.FORMS)}."
_BINARY = frozenset(["=", "!=", "<", ">", "<=", ">=", "&&", "||", "/", "-"])
# comparisons of other languages, as two marks of this one
_GLUED = {
    "==": "Write = for 'is equal to'.", "=>": "Write >=.", "=<": "Write <=.",
}  # fmt: skip
# what other languages call a function, and what SPARQL has for it
_FOREIGN = {
    "LENGTH": "STRLEN(?x)", "LEN": "STRLEN(?x)", "SUBSTRING": "SUBSTR(?x, 1, 3)",
    "LOWER": "LCASE(?x)", "UPPER": "UCASE(?x)", "CONCATENATE": "CONCAT(?x, ?y)",
    "IFNULL": "COALESCE(?x, ?y)", "ISNULL": "!BOUND(?x)", "NVL": "COALESCE(?x, ?y)",
    "CURRENT_DATE": "NOW()", "CAST": "xsd:integer(?x)", "DATE": "xsd:date(?x)",
    "STARTSWITH": "STRSTARTS(?x, ?y)", "ENDSWITH": "STRENDS(?x, ?y)",
}  # fmt: skip
# what other languages write as a word, and what SPARQL has for it
_HABITS = {
    "AND": "Write && between conditions, and nothing between patterns.",
    "OR": "Write || between conditions, and UNION between groups.",
    "LIKE": 'Write REGEX(?x, "…") or CONTAINS(?x, "…").',
    "IS": "Write BOUND(?x) or !BOUND(?x).",
    "NULL": "Write !BOUND(?x).",
    "JOIN": "Patterns that share a variable are joined without a word.",
    "ON": "Patterns that share a variable are joined without a word.",
    "BETWEEN": "Write ?x >= 1 && ?x <= 9.",
    "UNIQUE": "Write DISTINCT.",
    "TOP": "Write LIMIT 10 at the end.",
    "ELSE": "Write IF(condition, value, other value).",
    "CASE": "Write IF(condition, value, other value).",
}
# how near a misspelt word must be to be recognised
_CLOSE = 0.75


def update(found: Sequence[Token]) -> Iterator[Fault]:
    """An update where a query is expected."""
    first = next(behind_prologue(found), tokens.NOTHING)
    if first.word in keywords.UPDATES:
        detail = f"{first.word} is an update, not a query."
        yield first, detail, "The graph is edited as Turtle files; only ask."


def behind_prologue(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens from the first on that is not part of a PREFIX or BASE."""
    prologue = {"PREFIX", "BASE", "VERSION"}
    return itertools.dropwhile(
        lambda token: token.word in prologue or token.kind in {"name", "iri", "text"},
        found,
    )


def form(found: Sequence[Token]) -> Iterator[Fault]:
    """A query that begins with none of the forms."""
    first = next(behind_prologue(found), tokens.NOTHING)
    if first.word in keywords.FORMS:
        return
    if not first.text:
        if found:
            hint = "Add SELECT, ASK, CONSTRUCT or DESCRIBE behind them."
            yield found[-1], "The query holds only prefixes.", hint
        else:
            yield first, "The query is empty.", _BEGIN
        return
    near = names.nearest(first.text.upper(), keywords.FORMS)
    hint = f"Did you mean {near}?" if near else _BEGIN
    yield first, f"A query cannot begin with {first.text}.", hint


def unknown(found: Sequence[Token]) -> Iterator[Fault]:
    """Words that are neither keywords nor functions of SPARQL."""
    used = {token.text[1:] for token in found if token.kind == "variable"}
    for token, after in tokens.runs(found, 2, behind=1):
        word = token.word
        if not word or (word in keywords.KNOWN and word != "A") or token.text == "a":
            continue
        calls = after.mark == "("
        if token.text == "A":
            yield token, "A is no property.", "Write a, in lower case."
        elif calls and word in _FOREIGN:
            hint = f"Write {_FOREIGN[word]}."
            yield token, f"SPARQL has no function {word}.", hint
        elif word in _HABITS:
            yield token, f"SPARQL has no {word}.", _HABITS[word]
        elif token.text in used:
            yield (
                token,
                f"{token.text} lacks its question mark.",
                f"Write ?{token.text}.",
            )
        else:
            yield token, *_guessed(token, calls=calls)


def _guessed(token: Token, *, calls: bool) -> tuple[str, str]:
    """What an unknown word may have been meant to be."""
    no_function = f"SPARQL has no function {token.text}."
    no_word = f"SPARQL has no word {token.text}."
    near = names.nearest(token.word, keywords.FUNCTIONS, _CLOSE) if calls else None
    near = near or names.nearest(token.word, keywords.KNOWN, _CLOSE)
    if near:
        said = no_function if calls and near in keywords.FUNCTIONS else no_word
        return said, f"Did you mean {near}?"
    if calls:
        hint = "A function of another vocabulary has a prefix: geof:distance(…)."
        return no_function, hint
    return (
        f"{token.text} is no word of SPARQL.",
        f'A variable is ?{token.text}, a text is "{token.text}", a name has a prefix.',
    )


def arguments(found: Sequence[Token]) -> Iterator[Fault]:
    """Functions with too few or too many arguments."""
    for n, (token, after) in enumerate(itertools.pairwise(found)):
        if after.mark != "(" or token.word not in keywords.FUNCTIONS:
            continue
        least, most = keywords.FUNCTIONS[token.word]
        count = _counted(found, n + 1)
        if token.word == "GROUP_CONCAT" and (count > 1 or _nameless(found, n + 1)):
            hint = 'Write GROUP_CONCAT(?x; SEPARATOR=", ").'
            yield token, "The separator of GROUP_CONCAT is named.", hint
        elif not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            noun = "argument" if wanted == "1" else "arguments"
            detail = f"{token.word} takes {wanted} {noun}, not {count}."
            yield token, detail, "Look at its brackets and commas."


def _nameless(found: Sequence[Token], opening: int) -> bool:
    """Whether a text stands right behind the ; of these brackets."""
    inside = itertools.takewhile(lambda t: t.mark != ")", found[opening:])
    pairs = tokens.runs(inside, 2, behind=1)
    return any(token.mark == ";" and after.kind == "text" for token, after in pairs)


def _counted(found: Sequence[Token], opening: int) -> int:
    """How many arguments stand in the brackets that open at this token."""
    depth, commas, filled = 0, 0, False
    for index in range(opening, len(found)):
        mark = found[index].mark
        depth += (mark in {"(", "{", "["}) - (mark in {")", "}", "]"})
        if not depth:
            break
        filled = filled or index > opening
        commas += mark == "," and depth == 1
    return commas + 1 if filled else 0


def operators(found: Sequence[Token]) -> Iterator[Fault]:
    """Operators of other languages."""
    operand = {"variable", "text", "number"}
    for before, token, after in tokens.around(found):
        follows = before.kind in operand or before.mark == ")"
        glued = token.mark + after.mark if token.end == after.offset else ""
        if glued in _GLUED:
            yield token, f"SPARQL has no {glued}.", _GLUED[glued]
        elif token.text == "<>" and follows:
            yield token, "SPARQL has no <>.", "Write != for 'is not equal to'."
        elif token.mark == "&":
            yield token, "SPARQL has no single &.", "Write && for 'and'."
        elif token.mark == "|" and follows:
            yield token, "A single | joins property paths only.", "Write || for 'or'."
        elif token.mark in _BINARY and after.mark == ")":
            yield after, f"{token.mark} lacks its right side.", "Write a value there."
        elif token.word == "IN" and after.mark != "(":
            yield after, "What follows IN stands in brackets.", "Write IN (1, 2, 3)."


def sql(found: Sequence[Token]) -> Iterator[Fault]:
    """ORDER BY ?x DESC, LIMIT 10, 20, and FROM a table."""
    for before, token, after in tokens.around(found):
        if token.word in {"ASC", "DESC"} and after.mark != "(":
            shown = before.text if before.kind == "variable" else "?x"
            yield (
                token, f"{token.word} stands before what it sorts by.",
                f"Write {token.word}({shown}).",
            )  # fmt: skip
        elif before.word in {"LIMIT", "OFFSET"} and token.kind != "number":
            yield token, f"{before.word} takes a number.", f"Write {before.word} 10."
        elif before.word == "LIMIT" and after.mark == ",":
            yield after, "LIMIT takes one number.", "Write LIMIT 20 OFFSET 10."
        elif before.word == "FROM" and token.word and token.word != "NAMED":
            hint = "Write FROM <…> with a graph's IRI, or leave it out."
            yield token, "FROM takes the IRI of a graph.", hint


FINDERS: tuple[Finder, ...] = (operators, sql, unknown, arguments)
