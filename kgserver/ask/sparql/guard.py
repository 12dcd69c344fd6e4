"""What no query may do, decided on its tokens before any parser sees it.

The engine's parser recurses, so that some thousand open braces end the process, and it
plans some hundred nested blank nodes for seconds; its SERVICE reaches any address that
this machine can. None of that gets through here.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from kgserver.ask.sparql import tokens
from kgserver.model.refusal import BadQuery, ServiceDenied, TooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.sparql.tokens import Token

LONGEST = 1_000_000  # characters
# opening mark, its closing mark, how deep it may be nested, what it is called
_NESTING = (
    ("{", "}", 64, "group"),
    ("(", ")", 64, "bracket"),
    ("[", "]", 24, "blank node"),
)
_SERVICE_HINT = (
    "Ask the other endpoint yourself and join the answers, or have its address allowed."
)


def check_length(query: str) -> None:
    """Refuse a query that is too long to be looked at."""
    if len(query) > LONGEST:
        raise TooLarge(
            f"The query has {len(query)} characters; the limit is {LONGEST}.",
            "Put its values into several queries.",
        )


def check(query: str, found: Sequence[Token]) -> None:
    """Refuse a query that is nested too deep, or would reach another host."""
    for token, after in itertools.pairwise([*found, tokens.NOTHING]):
        silent = after.text.upper() == "SILENT"
        if token.kind == "word" and token.text.upper() == "SERVICE" and not silent:
            line, _ = tokens.place(query, token.offset)
            raise ServiceDenied(f"SERVICE is not allowed (line {line}).", _SERVICE_HINT)
    for opening, closing, most, name in _NESTING:
        _check_depth(query, found, (opening, closing), (most, name))


def _check_depth(
    query: str, found: Sequence[Token], marks: tuple[str, str], limit: tuple[int, str]
) -> None:
    depth, (most, name) = 0, limit
    for token in found:
        if token.kind == "mark" and token.text in marks:
            depth += 1 if token.text == marks[0] else -1
            if depth > most:
                line, column = tokens.place(query, token.offset)
                raise BadQuery(
                    f"More than {most} levels of {name} are nested in one another.",
                    "Write the query flatter.",
                    line=line,
                    column=column,
                )
