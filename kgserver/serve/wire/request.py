"""One request as it came: its line, its headers, its body, and whose it is."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

# Requests that a client may send before the first is answered, and their bytes.
_MANY, _LARGE = 32, 1024 * 1024


@dataclass(slots=True)
class Request:
    """A request; its target is as it was written, names of headers in lower case.

    Fields that came several times are one, with commas between (RFC 9110 §5.3).
    """

    method: str
    target: bytes
    version: str
    headers: Mapping[bytes, bytes]
    body: bytes
    peer: tuple[str, int]
    lasting: bool  # the client would use the connection again

    def header(self, name: bytes) -> str:
        """A header's value; empty where there is none."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self.target) + len(self.body)

    @property
    def path(self) -> str:
        """The path, its escapes kept."""
        return self._split[0]

    @property
    def query(self) -> str:
        """What stands behind the question mark."""
        return self._split[1]

    @property
    def _split(self) -> tuple[str, str]:
        path, _, query = self.target.decode("latin-1").partition("?")
        if not path.startswith("/"):  # absolute-form, RFC 9112 §3.2.2
            path = urlsplit(path).path or "/"
        return path, query


class Ahead:
    """Requests that have come ahead of their time; `size` is their bytes."""

    def __init__(self) -> None:
        self.size = 0
        self._waiting: deque[Request] = deque()

    @property
    def full(self) -> bool:
        """Whether there are as many as may wait."""
        return len(self._waiting) >= _MANY or self.size >= _LARGE

    def put(self, request: Request) -> None:
        """Let one more wait."""
        self._waiting.append(request)
        self.size += request.size

    def take(self) -> Request:
        """The one that waits longest."""
        request = self._waiting.popleft()
        self.size -= request.size
        return request

    def clear(self) -> None:
        """Forget them."""
        self._waiting.clear()
        self.size = 0
