"""What the engine reads wrongly, put right on the tokens before it sees the query.

The engine refuses TRUE and False, which are legal whatever their case (SPARQL 1.1 §19.8
note 1), and it takes three texts that are not SPARQL: an aggregate in an aggregate
(§18.2.4.1), in an expression a triple term whose subject is no resource (SPARQL 1.2,
ExprTripleTermSubject), and `?x<?a&&?b>?y`, where the longest token is an IRI (§19.8
note 3). A SERVICE that must not be asked and is SILENT counts as one that failed: it
gives one solution without bindings (Federated Query §2.4), as `{}` does. Where the
engine would cut the text into other tokens, see `spacing`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import spacing, tokens
from kgserver.ask.sparql.gate.keywords import AGGREGATES
from kgserver.model.refusal import BadQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from kgserver.ask.sparql.gate.tokens import Fault, Token

_BOOLEANS = frozenset(["TRUE", "FALSE"])
_OPERANDS = frozenset(["variable", "number", "text"])


def mend(query: str, found: Sequence[Token], allowed: Collection[str] = ()) -> str:
    """The query as the engine reads it; `allowed` are the endpoints SERVICE may ask.

    No token moves, so places in the mended query are places in the query.
    """
    parts, end = [], 0
    for begin, behind, text in _replaced(query, found, allowed):
        parts += [query[end:begin], text]
        end = behind
    return "".join([*parts, query[end:]])


def _replaced(
    query: str, found: Sequence[Token], allowed: Collection[str]
) -> Iterator[tuple[int, int, str]]:
    """What is replaced: from where, to where, and by what, as long as that."""
    end = 0
    for n, token in enumerate(found):
        if token.kind != "word" or token.offset < end:
            continue
        behind = token.offset + len(token.text)
        if token.text.upper() in _BOOLEANS:
            yield token.offset, behind, token.text.lower()
        elif token.text.upper() == "SERVICE" and _silenced(found, n, allowed):
            end = _end_of_group(found, n + 2, len(query))
            blank = "".join(c if c == "\n" else " " for c in query[behind:end])
            yield token.offset, end, "{}".ljust(len(token.text)) + blank


def _silenced(found: Sequence[Token], n: int, allowed: Collection[str]) -> bool:
    """Whether the SERVICE at this token is SILENT and must not be asked."""
    behind = found[n + 1 : n + 3]
    silent = len(behind) == 2 and behind[0].text.upper() == "SILENT"
    return silent and behind[1].text[1:-1] not in allowed


def _end_of_group(found: Sequence[Token], n: int, last: int) -> int:
    """The offset behind the group that opens at or behind a token."""
    depth = 0
    for index in range(n, len(found)):
        token = found[index]
        if token.kind == "mark" and token.text in {"{", "}"}:
            depth += 1 if token.text == "{" else -1
            if depth <= 0:
                return token.offset + 1
    return last


def check(query: str, found: Sequence[Token]) -> None:
    """Refuse what the engine would take though it is not SPARQL; raises BadQuery."""
    finders: tuple[Callable[[Sequence[Token]], Iterator[Fault]], ...] = (
        functools.partial(spacing.faults, query), _nested_aggregates,
        _triple_term_subjects, _comparisons_read_as_iris,
    )  # fmt: skip
    for finder in finders:
        for token, detail, hint in finder(found):
            line, column = tokens.place(query, token.offset)
            excerpt = tokens.line_at(query, token.offset)
            raise BadQuery(detail, hint, line=line, column=column, excerpt=excerpt)


def _nested_aggregates(found: Sequence[Token]) -> Iterator[Fault]:
    """Aggregates within the brackets of another; a group in between begins anew."""
    open_marks: list[str] = []
    inside = [0]
    for before, token in tokens.runs(found, 2, before=1):
        name = before.text.upper() if before.kind == "word" else ""
        if token.text == "(" and name in AGGREGATES:
            if inside[-1]:
                hint = "Let a subquery do the inner one and aggregate its result."
                yield before, f"{name} stands inside another aggregate.", hint
            open_marks.append(name)
            inside[-1] += 1
        elif token.text in {"(", "{"} and token.kind == "mark":
            open_marks.append(token.text)
            inside += [0] if token.text == "{" else []
        elif token.text in {")", "}"} and token.kind == "mark" and open_marks:
            closed = open_marks.pop()
            if closed == "{":
                inside.pop()
            elif closed != "(":
                inside[-1] -= 1


def _triple_term_subjects(found: Sequence[Token]) -> Iterator[Fault]:
    for calling, bracket, before, token in tokens.runs(found, 4):
        literal = token.kind in {"number", "text"}
        expression = calling.kind == "word" and bracket.text == "("
        illegal = literal or token.text == "<<("
        if expression and before.text == "<<(" and illegal:
            kind = "literal" if literal else "triple term"
            yield (
                token,
                f"A {kind} cannot be the subject of a triple term.",
                "Its subject is a variable, an IRI or a blank node.",
            )


def _comparisons_read_as_iris(found: Sequence[Token]) -> Iterator[Fault]:
    for before, token, after in tokens.runs(found, 3):
        glued = before.offset + len(before.text) == token.offset
        if (
            token.kind == "iri"
            and glued
            and "&" in token.text
            and before.kind in _OPERANDS
            and after.kind in _OPERANDS
        ):
            yield (
                token,
                f"{token.text} is read as an IRI, not as two comparisons.",
                "Put spaces around < and >.",
            )
