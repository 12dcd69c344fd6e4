"""Moving along the tokens of a query, and stopping where it is no query any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from kgserver.ask.sparql.gate import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.sparql.gate.tokens import Token

_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Unreadable(Exception):
    """The place at which a text stops being a query, and what was expected there."""

    def __init__(self, token: Token, expected: str, hint: str) -> None:
        super().__init__(expected)
        self.token, self.expected, self.hint = token, expected, hint


class Cursor:
    """A place in a query's tokens; behind the last one stands a token without text."""

    def __init__(self, query: str, found: Sequence[Token]) -> None:
        self.text, self.found = query, found
        self.at = 0
        self.last = tokens.Token("end", "", len(query.rstrip()))

    @property
    def token(self) -> Token:
        """The token here."""
        return self.found[self.at] if self.at < len(self.found) else self.last

    @property
    def after(self) -> Token:
        """The token behind the one here."""
        behind = self.at + 1
        return self.found[behind] if behind < len(self.found) else self.last

    def take(self) -> Token:
        """The token here, and a step."""
        token = self.token
        self.at = min(self.at + 1, len(self.found))
        return token

    def fail(self, expected: str, hint: str = "") -> NoReturn:
        """Stop here, where something else was expected."""
        raise Unreadable(self.token, expected, hint)

    def mark(self, mark: str, hint: str) -> Token:
        """Step over this mark, which must stand here."""
        if self.token.mark != mark:
            self.fail(f"a {mark}", hint)
        return self.take()

    def source(self, begin: int) -> str:
        """The text from an offset to the end of the token before."""
        return self.text[begin : self.found[self.at - 1].end] if self.at else ""

    def step(self) -> None:
        """Step over one token, or over all that stands in brackets."""
        open_marks = [_CLOSING.get(self.take().mark, "")]
        while open_marks and open_marks[-1] and self.token is not self.last:
            mark = self.token.mark
            if mark == open_marks[-1]:
                open_marks.pop()
            elif mark in _CLOSING:
                open_marks.append(_CLOSING[mark])
            self.take()
