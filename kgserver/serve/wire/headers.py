"""What stands before a body, as bytes: the status line and the fields."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# What the connection itself says (RFC 9110 §7.6.1), and what it works out.
_OURS = frozenset(["connection", "keep-alive", "transfer-encoding", "date", "server"])
_LENGTH = "content-length"
# A body never stands behind these (RFC 9110 §15.3.5, §15.4.5).
BODILESS = frozenset([204, 304])


@lru_cache
def status_line(status: int) -> bytes:
    """The first line of a response."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("latin-1")


def encoded(fields: Iterable[tuple[str, str]]) -> bytes:
    """Fields as they are sent, without those that are the connection's own."""
    lines = [
        f"{name}: {value}\r\n"
        for name, value in fields
        if (lower := name.lower()) not in _OURS and lower != _LENGTH
    ]
    text = "".join(lines)
    # what came from a request may not end a line
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        message = "a header field holds a line break"
        raise ValueError(message)
    return text.encode("latin-1", "replace")
