"""What no query may do, decided on its tokens before any parser sees it.

The engine's parser recurses, so that some thousand open braces end the process, and it
plans some hundred patterns or nested blank nodes for seconds (a star of 200 patterns
takes nine); its SERVICE reaches any address that this machine can. None of that gets
through here. Everything is counted in one pass, so that a refusal is cheap.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate import tokens
from kgserver.model.refusal import ServiceDenied, TooComplex, TooLarge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from kgserver.ask.sparql.gate.tokens import Token


@dataclass(frozen=True, slots=True)
class Limit:
    """How much there may be of something in a query, and what to do about more."""

    name: str
    most: int
    counted: str
    hint: str


_FLATTER = "Take needless nesting away, or ask in two queries."
_FEWER = "Ask several smaller queries and put their answers together."
LENGTH = Limit("length", 500_000, "characters", _FEWER)
LIMITS: Mapping[str, Limit] = {
    limit.name: limit
    for limit in (
        Limit("tokens", 60_000, "words and marks", _FEWER),
        Limit("group-nesting", 64, "levels of { } in one another", _FLATTER),
        Limit("bracket-nesting", 64, "levels of ( ) in one another", _FLATTER),
        Limit("blank-node-nesting", 24, "levels of [ ] in one another", _FLATTER),
        Limit("triple-nesting", 24, "levels of << >> in one another", _FLATTER),
        Limit(
            "patterns", 250, "triple patterns and groups",
            "Ask for parts of it, or use VALUES for what differs between patterns.",
        ),
        Limit(
            "path-steps", 100, "steps in one property path",
            "Use + or * for repeated steps, or name what lies between in variables.",
        ),
        Limit(
            "operators", 1000, "operators",
            "Use IN (…) or VALUES in place of a chain of || and =.",
        ),
        Limit("values", 50_000, "values in VALUES", _FEWER),
    )
}  # fmt: skip
_NESTED = {
    "{": "group-nesting", "(": "bracket-nesting", "[": "blank-node-nesting",
    "<<": "triple-nesting", "<<(": "triple-nesting", "{|": "triple-nesting",
}  # fmt: skip
_OPENING = {"}": "{", ")": "(", "]": "[", ">>": "<<", ")>>": "<<(", "|}": "{|"}
_STEPS = frozenset("/|^*+?!")
_OPERATORS = frozenset(["||", "&&", "!", "+", "-", "*", "/", "|", "^"])
_SERVICE_HINT = (
    "Ask the other endpoint yourself and join the answers; the operator of this server "
    "can allow endpoints."
)


def read(query: str) -> Sequence[Token]:
    """The tokens of a query that is not too long to be looked at."""
    if len(query) > LENGTH.most:
        raise TooLarge(
            f"The query has {len(query)} characters; the limit is {LENGTH.most}.",
            LENGTH.hint,
        )
    most = LIMITS["tokens"].most
    found = tokens.read(query, most + 1)
    if len(found) > most:
        raise _over(query, found[-1], LIMITS["tokens"])
    return found


def check(query: str, found: Sequence[Token], endpoints: Collection[str] = ()) -> None:
    """Refuse a query over a limit, or one that would reach another host.

    `endpoints` are the addresses that SERVICE may ask.
    """
    _check_services(query, found, endpoints)
    for token, name, size in _sizes(found):
        if size > LIMITS[name].most:
            raise _over(query, token, LIMITS[name])


def _over(query: str, token: Token, limit: Limit) -> TooComplex:
    line, column = tokens.place(query, token.offset)
    return TooComplex(limit.name, limit.most, limit.counted, limit.hint, (line, column))


def _check_services(
    query: str, found: Sequence[Token], endpoints: Collection[str]
) -> None:
    for token, asked, silent in services(found):
        # one that is silent counts as failed: see `mends`
        if silent or asked.text[1:-1] in endpoints:
            continue
        line, _ = tokens.place(query, token.offset)
        if asked.kind == "variable":
            raise ServiceDenied(
                f"SERVICE asks wherever {asked.text} leads (line {line}).",
                "Name the endpoint by its IRI.",
            )
        raise ServiceDenied(
            f"SERVICE may not ask {asked.text} (line {line}).", _SERVICE_HINT
        )


def services(found: Sequence[Token]) -> Iterator[tuple[Token, Token, bool]]:
    """Each SERVICE, the token that says whom it asks, and whether it is SILENT."""
    for token, next_, last in tokens.runs(found, 3, behind=2):
        if token.word == "SERVICE":
            silent = next_.word == "SILENT"
            yield token, last if silent else next_, silent


def _sizes(found: Sequence[Token]) -> Iterator[tuple[Token, str, int]]:
    """How much there is of everything that is limited, up to each token."""
    sizes: Counter[str] = Counter()
    listing = 0  # the depth of braces at which VALUES lists its rows, 0 outside
    for before, token in tokens.runs(found, 2, before=1):
        mark = token.mark
        if mark in _NESTED:
            sizes[_NESTED[mark]] += 1
            yield token, _NESTED[mark], sizes[_NESTED[mark]]
        elif mark in _OPENING:
            sizes[_NESTED[_OPENING[mark]]] -= 1
        groups = sizes["group-nesting"]
        if before.word == "VALUES":
            listing = groups + (mark != "{")
        elif listing and mark == "}":
            listing = 0
        for name in _counted(token, sizes, inside=bool(listing)):
            sizes[name] += 1
            yield token, name, sizes[name]


def _counted(token: Token, sizes: Counter[str], *, inside: bool) -> Iterator[str]:
    """What a token is one of; `inside` tells whether it stands in VALUES."""
    if inside:
        if token.kind not in {"mark", "language"}:
            yield "values"
        return
    if token.mark in _STEPS:
        yield "path-steps"
    elif token.kind not in {"name", "iri"} and token.text not in {"a", "(", ")"}:
        sizes["path-steps"] = 0
    if token.mark in _OPERATORS:
        yield "operators"
    ends = token.mark in {".", ";", ","} and not sizes["bracket-nesting"]
    if ends or token.mark == "}":
        yield "patterns"
