"""How each query ended, as one value: what metrics and logs are made from."""

from __future__ import annotations

import functools
import itertools
import os
import secrets
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outcome:
    """One query from its arrival to its end.

    `ending` is answered, cached, refused, failed, cancelled, gone (the client went
    away), busy (the queue was full), or limited; `limit` then names the setting that
    was hit. `seconds` are from arrival to end, of which `waited` in the queue; `size`
    is the body's bytes before compression. `text` is the query, for a log that is
    configured to hold it.
    """

    id: str
    form: str
    ending: str
    limit: str = ""
    seconds: float = 0.0
    waited: float = 0.0
    rows: int = 0
    size: int = 0
    text: str = ""
    client: str = ""


def new_id() -> str:
    """A name for a query that nobody guesses."""
    return secrets.token_urlsafe(15)


def spent_id() -> str:
    """A name for a query that is over already, so that it may be guessed."""
    return f"{_process()}.{next(_number)}"


_number = itertools.count()


@functools.cache
def _process() -> str:
    """What the names that this process gives begin with."""
    return secrets.token_urlsafe(9)


os.register_at_fork(after_in_child=_process.cache_clear)


class Recorder(Protocol):
    """Whoever wants to know how queries end."""

    def record(self, outcome: Outcome) -> None:
        """Take note; called in the web process's event loop, so it must be quick."""
