"""Trouble with a request is an exception: a Refusal, which owns its sentence.

    Refusal
    ├── BadRequest           the request cannot be read
    │   └── BadQuery         the query cannot be read; knows the line and column
    │       └── TooComplex   the query could be read and is over a limit
    ├── ServiceDenied        the query would ask an endpoint that is not allowed
    ├── NotFound             nothing is known of this IRI
    │   └── NoVersion        there is no such version of the data; knows which there are
    │       └── PrunedVersion   there was, and it is no longer kept
    ├── MethodNotAllowed     the address answers other methods
    ├── NotAcceptable        none of the formats asked for can be given
    ├── TooLarge             the request's body is over the limit
    ├── TargetTooLong        the address is over the limit
    ├── HeadTooLarge         the header fields are over the limit
    ├── TooLate              the request did not come to its end in time
    ├── UnsupportedMedia     the request's body is in a format that is not read
    ├── NotImplementedHere   understood, and not done by this server
    ├── ServiceFailed        an endpoint that SERVICE asked did not answer
    ├── EvaluationFailed     the engine gave up on a query that it could read
    ├── OverLimit            the query took more than a query may
    │   ├── TooSlow          … of time
    │   └── TooBig           … of memory, or its answer is too long
    ├── Cancelled            the query was ended by who had asked it
    ├── Later                not now; knows in how many seconds
    │   ├── TooMany          … since this client has used its query time
    │   ├── TooManyConnections   … since it has as many as each client gets
    │   └── Busy             … since others are being answered
    └── NotReady             no version is in service yet

Which HTTP status each one has stands in one table, in `serve/refusals.py`; what it is
called, in the message catalogue, in every language.
"""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not served: what is wrong, and what to do about it."""

    def __init__(self, detail: str, hint: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.hint = hint

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """Members of the problem document beside its standard ones (RFC 9457 §3.2)."""
        return {"hint": self.hint} if self.hint else {}


class BadRequest(Refusal):
    """The request cannot be read."""


class BadQuery(BadRequest):
    """The query cannot be read; `line` and `column` count from 1, 0 means unknown."""

    def __init__(
        self,
        detail: str,
        hint: str = "",
        *,
        line: int = 0,
        column: int = 0,
        excerpt: str = "",
    ) -> None:
        super().__init__(detail, hint)
        self.line, self.column, self.excerpt = line, column, excerpt

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """The hint, and the place in the query."""
        place = {"line": self.line, "column": self.column} if self.line else {}
        shown = {"excerpt": self.excerpt} if self.excerpt else {}
        return {**super().extra, **place, **shown}


class TooComplex(BadQuery):
    """The query is over a limit of what may be asked: which one, and its value."""

    def __init__(
        self, limit: str, most: int, counted: str, hint: str, place: tuple[int, int]
    ) -> None:
        line, column = place
        super().__init__(
            f"The query has more than {most:,} {counted}.",
            hint,
            line=line,
            column=column,
        )
        self.limit, self.most = limit, most

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """The hint, the place at which it is too much, the limit and its value."""
        return {**super().extra, "limit": self.limit, "value": self.most}


class ServiceDenied(Refusal):
    """The query can be read and would ask an endpoint that it must not ask."""


class ServiceFailed(Refusal):
    """An endpoint that SERVICE asked did not answer, or may not be asked."""


class NotFound(Refusal):
    """Nothing is known here of what was asked for."""


class NoVersion(NotFound):
    """There is no such version of the data; `versions` are the names of those kept."""

    def __init__(self, detail: str, versions: list[str]) -> None:
        super().__init__(detail, "/changes lists the versions that are kept.")
        self.versions = versions

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """The hint, and the names of the versions that can be asked for."""
        return {**super().extra, "versions": self.versions}


class PrunedVersion(NoVersion):
    """The version was in service once and has been taken away since."""


class MethodNotAllowed(Refusal):
    """The address exists and answers other methods."""

    def __init__(self, method: str, allowed: list[str], hint: str = "") -> None:
        hint = hint or f"Use one of {', '.join(allowed)}."
        super().__init__(f"{method} is not answered here.", hint)
        self.allowed = allowed

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """The hint, and the methods that are answered."""
        return {**super().extra, "allowed": self.allowed}


class NotAcceptable(Refusal):
    """None of the formats that the client accepts can be given."""

    def __init__(self, accept: str, offered: list[str], why: str = "") -> None:
        super().__init__(
            why or f"Nothing here can be sent as {accept!r}.",
            f"Ask for one of {', '.join(offered)}.",
        )
        self.offered = offered

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """The hint, and the formats that can be given."""
        return {**super().extra, "offered": self.offered}


class TooLarge(Refusal):
    """The body of the request is over the limit."""


class TargetTooLong(Refusal):
    """The address that is asked for is over the limit."""


class HeadTooLarge(Refusal):
    """The header fields of the request are over the limit."""


class TooLate(Refusal):
    """The request did not come to its end in time."""


class UnsupportedMedia(Refusal):
    """The body of the request is in a format that is not read here."""


class NotImplementedHere(Refusal):
    """Understood, but not something that this server does."""


class EvaluationFailed(Refusal):
    """The engine could read the query and could not finish it."""


class NotReady(Refusal):
    """No version of the graph is in service yet."""


class OverLimit(Refusal):
    """The query was ended because it took more than a query may; names the limit."""

    def __init__(self, limit: str, value: float, detail: str, hint: str) -> None:
        super().__init__(detail, hint)
        self.limit, self.value = limit, value

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """The hint, the setting that is the limit, and its value."""
        value = int(self.value) if self.value == int(self.value) else str(self.value)
        return {**super().extra, "limit": self.limit, "value": value}


class TooSlow(OverLimit):
    """The query took longer than a query may."""


class TooBig(OverLimit):
    """The query took more memory than a query may, or its answer is too long."""


class Cancelled(Refusal):
    """The query was ended by who had asked it."""


class Later(Refusal):
    """It can be asked again; `seconds` tells when."""

    def __init__(self, detail: str, hint: str, seconds: float) -> None:
        super().__init__(detail, hint)
        self.seconds = max(1, round(seconds + 0.5))

    @property
    def extra(self) -> dict[str, str | int | list[str]]:
        """The hint, and in how many seconds to ask again."""
        return {**super().extra, "retryAfter": self.seconds}


class TooMany(Later):
    """This client has used the query time that each client gets."""


class TooManyConnections(Later):
    """This client has as many connections as each client gets."""


class Busy(Later):
    """The server does and holds as much as it may."""
