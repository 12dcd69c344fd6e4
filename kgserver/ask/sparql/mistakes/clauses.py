"""Mistakes of meaning: what SELECT gives, what is grouped, what is named twice."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import tokens
from kgserver.ask.sparql.gate.keywords import AGGREGATES
from kgserver.ask.sparql.syntax.tree import Element, Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.sparql.gate.tokens import Fault, Finder, Token

_BINDING = frozenset(
    ["OPTIONAL", "UNION", "GROUP", "GRAPH", "BIND", "VALUES", "SELECT"]
)
_NAMED = "Name what is grouped by: GROUP BY (… AS ?name), and SELECT ?name."
_ENDS = frozenset(["HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"])


@dataclass(frozen=True, slots=True)
class Choice:
    """One SELECT: the tokens of its projection, of its WHERE, of its GROUP BY."""

    head: Sequence[Token]
    body: Sequence[Token]
    grouped: Sequence[Token]
    having: bool

    @property
    def grouping(self) -> bool:
        """Whether rows are grouped: GROUP BY, HAVING or something aggregated."""
        return self.having or bool(self.grouped) or any(_aggregates(self.head))

    @property
    def single(self) -> set[str]:
        """The variables that have one value in each group."""
        named = {t.text for t in _outside(self.grouped) if t.kind == "variable"}
        return named | _names(self.grouped) | _names(self.head)


def choices(found: Sequence[Token]) -> Iterator[Choice]:
    """Every SELECT of a query, subqueries among them."""
    for n, token in enumerate(found):
        if token.word != "SELECT":
            continue
        behind = range(n, len(found))
        begin = next((m for m in behind if found[m].mark == "{"), None)
        if begin is None:
            return
        head = list(
            itertools.takewhile(
                lambda t: t.word not in {"WHERE", "FROM"}, found[n + 1 : begin]
            )
        )
        end = _end(found, begin)
        grouped: list[Token] = []
        if end + 2 < len(found) and found[end + 1].word == "GROUP":
            grouped += itertools.takewhile(
                lambda t: t.word not in _ENDS and t.mark != "}", found[end + 3 :]
            )
        behind_end = found[end + 1].word if end + 1 < len(found) else ""
        yield Choice(head, found[begin : end + 1], grouped, behind_end == "HAVING")


def _end(found: Sequence[Token], begin: int) -> int:
    """Where the group that opens at a token is closed."""
    depth = 0
    for index in range(begin, len(found)):
        depth += (found[index].mark == "{") - (found[index].mark == "}")
        if not depth:
            return index
    return len(found) - 1


def _outside(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens that stand in no brackets."""
    depth = 0
    for token in found:
        depth += (token.mark == "(") - (token.mark == ")")
        if not depth:
            yield token


def _names(found: Sequence[Token]) -> set[str]:
    """The variables behind AS."""
    pairs = itertools.pairwise(found)
    return {token.text for before, token in pairs if before.word == "AS"}


def _unaggregated(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens that stand in the brackets of no aggregate."""
    depth = inside = 0
    for before, token in tokens.runs(found, 2, before=1):
        depth += (token.mark == "(") - (token.mark == ")")
        if token.mark == "(" and before.word in AGGREGATES:
            inside = inside or depth
        elif inside and depth < inside:
            inside = 0
        if not inside:
            yield token


def _aggregates(found: Sequence[Token]) -> Iterator[bool]:
    return (
        token.word in AGGREGATES and after.mark == "("
        for token, after in itertools.pairwise(found)
    )


def bare_aggregates(found: Sequence[Token]) -> Iterator[Fault]:
    """SELECT COUNT(?x), without brackets or a name."""
    for choice in choices(found):
        depth = 0
        for token in choice.head:
            depth += (token.mark == "(") - (token.mark == ")")
            if token.word in AGGREGATES and depth == 0:
                hint = f"Write ({token.word}(?x) AS ?name)."
                yield token, f"{token.word} needs brackets and a name here.", hint
            if token.mark == "," and depth == 0:
                yield token, "No comma stands between variables.", "Put a space there."


def filtered_aggregates(found: Sequence[Token]) -> Iterator[Fault]:
    """FILTER(COUNT(?x) > 1)."""
    depth = 0
    for before, token in tokens.runs(found, 2, before=1):
        if before.word == "FILTER" and token.mark == "(":
            depth = 1
        elif depth:
            depth += (token.mark == "(") - (token.mark == ")")
        if depth and token.word in AGGREGATES:
            hint = f"Write HAVING ({token.word}(?x) > 1) behind GROUP BY."
            yield token, f"A FILTER looks at one row: {token.word} needs many.", hint


def lonely_exists(found: Sequence[Token]) -> Iterator[Fault]:
    """EXISTS as if it were a pattern."""
    for before, token, after in tokens.around(found):
        begins = before.mark in {"{", "}", "."} or before.kind in {"variable", "name"}
        negated = token.word == "NOT" and after.word == "EXISTS"
        if begins and (token.word == "EXISTS" or negated):
            said = "NOT EXISTS" if negated else "EXISTS"
            yield token, f"{said} is a condition.", f"Write FILTER {said} {{ … }}."


def shared_nodes(found: Sequence[Token]) -> Iterator[Fault]:
    """A blank node's label in two groups (§19.6)."""
    groups, count = [0], 0
    homes: dict[str, int] = {}
    for token in found:
        if token.mark == "{":
            count += 1
            groups.append(count)
        elif token.mark == "}" and len(groups) > 1:
            groups.pop()
        elif (
            token.kind == "node"
            and homes.setdefault(token.text, groups[-1]) != (groups[-1])
        ):
            hint = f"Write a variable: ?{token.text[2:]}."
            yield token, f"{token.text} stands in another group already.", hint


def ungrouped(found: Sequence[Token]) -> Iterator[Fault]:
    """Variables of a SELECT that grouping leaves without one value."""
    for choice in choices(found):
        if not choice.grouping:
            continue
        single = choice.single
        star = next((t for t in choice.head[:2] if t.mark == "*"), None)
        if star and choice.grouped:
            hint = "Name the variables: those grouped by, and aggregates of others."
            yield star, "SELECT * does not go with GROUP BY.", hint
        named = any(t.mark == "(" for t in choice.grouped)
        for token in _unaggregated(choice.head):
            if token.kind == "variable" and token.text not in single:
                one = f"(SAMPLE({token.text}) AS ?one)"
                hint = _NAMED if named else f"Add it to GROUP BY, or take one: {one}."
                said = f"{token.text} is neither grouped by nor aggregated."
                yield token, said, hint


def named_twice(found: Sequence[Token]) -> Iterator[Fault]:
    """`AS ?x` where there is a ?x already."""
    for choice in choices(found):
        seen: set[str] = set()
        used = {t.text for t in choice.body if t.kind == "variable"}
        used |= {t.text for t in choice.grouped if t.kind == "variable"}
        depth = 0
        for before, token in itertools.pairwise([tokens.NOTHING, *choice.head]):
            depth += (token.mark == "(") - (token.mark == ")")
            alias = before.word == "AS"
            if token.kind != "variable" or (depth and not alias):
                continue
            if token.text in seen:
                yield token, f"SELECT names {token.text} twice.", "Name it once."
            elif alias and token.text in used:
                hint = f"Choose another name: AS {token.text}2."
                yield token, f"{token.text} has a value in WHERE already.", hint
            seen.add(token.text)


def bound_before(group: Group) -> Iterator[tuple[int, str, str]]:
    """BIND to a variable that the group before it uses; offsets in place of tokens."""
    used: set[str] = set()
    for part in group.parts:
        if isinstance(part, Element):
            if part.kind == "BIND" and part.name in used:
                detail = f"BIND cannot set ?{part.name}: it is used before."
                yield part.offset, detail, "Choose a name that is not used yet."
            for each in part.groups:
                yield from bound_before(each)
            if part.kind not in _BINDING:
                continue
        used |= part.variables


FINDERS: tuple[Finder, ...] = (
    bare_aggregates,
    filtered_aggregates,
    lonely_exists,
    shared_nodes,
    ungrouped,
    named_twice,
)
