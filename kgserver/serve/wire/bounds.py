"""What clients may take of the server: time, connections, memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Times:
    """How many seconds each may take; 0 for `transfer` is as long as it likes."""

    head: float = 10  # until the last header field is here
    body: float = 60  # from there until the body is
    idle: float = 60  # until the next request begins
    passing: float = 2  # until a client closes that was told to
    transfer: float = 600  # until an answer is out


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of what: connections in all, those of one owner, bytes of all together.

    0 is as many as the system lets, or no limit. `whose` tells from an address who owns
    its connections; those of nobody are not counted.
    """

    connections: int = 0
    each: int = 0
    held: int = 512 * 1024 * 1024
    whose: Callable[[str], str] = str
