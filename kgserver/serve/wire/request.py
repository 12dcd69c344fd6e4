"""One request as it came: its line, its headers, its body, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


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
