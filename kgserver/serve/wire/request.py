"""What a request says, read from the wire (RFC 9112)."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

_LONGEST_HEAD = 640 * 1024  # bytes: the longest query, percent-encoded where it must be
_LONGEST_FIELDS = 64 * 1024
_MOST_FIELDS = 128


class UnreadableError(Exception):
    """A request that cannot be served: its status, and why."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


@dataclass(slots=True)
class Request:
    """One request; names of header fields are in lower case, repeated ones joined."""

    method: str = ""
    target: bytes = b""
    version: str = "1.1"
    fields: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    raw: bytes = b""  # all of it, where it came in one piece and has no body
    keeps: bool = True  # whether the connection stays open behind it
    peer: str = ""
    count: int = 0
    size: int = 0

    @property
    def path(self) -> str:
        """The path, its escapes undone, as WSGI has it: bytes as Latin-1."""
        path = self._origin().partition(b"?")[0]
        return unquote_to_bytes(path).decode("latin-1")

    @property
    def query(self) -> str:
        """What stands behind the question mark, as it came."""
        return self._origin().partition(b"?")[2].decode("latin-1")

    def lengthen(self, part: bytes) -> None:
        """Take a part of the target; raises UnreadableError where it gets too long."""
        self.target += part
        if len(self.target) > _LONGEST_HEAD:
            raise UnreadableError(414, "The address is too long; send a POST.")

    def add(self, name: bytes, value: bytes) -> None:
        """Take a header field; raises UnreadableError where there are too many."""
        self.count += 1
        self.size += len(name) + len(value)
        if self.count > _MOST_FIELDS or self.size > _LONGEST_FIELDS:
            raise UnreadableError(431, "The header fields are too many or too long.")
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "host" and key in self.fields:
            raise UnreadableError(400, "There are two Host fields.")
        between = "; " if key == "cookie" else ", "
        held = self.fields.get(key)
        self.fields[key] = text if held is None else f"{held}{between}{text}"

    def check(self) -> None:
        """Look at the head as a whole (RFC 9112 §3.2)."""
        if self.version == "1.1" and "host" not in self.fields:
            raise UnreadableError(400, "The Host field is missing.")

    def _origin(self) -> bytes:
        """The target without a scheme and host before it (RFC 9112 §3.2.2)."""
        if self.target.startswith((b"http://", b"https://")):
            return b"/" + b"".join(self.target.split(b"/", 3)[3:])
        return self.target
