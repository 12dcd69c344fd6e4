"""The relay: the one way out for a query, to the endpoints that the operator lists.

The engine's own client follows redirects and asks whatever address a name leads to. So
in the text that the engine gets, each SERVICE names the relay instead, which listens on
loopback: it knows the listed endpoints by number, behind a path that nobody can guess,
asks public addresses only (see `addresses`) and follows no redirect. What it does is in
`passage`; here is where it is, and how a query is led there.
"""

from __future__ import annotations

import re
import secrets
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # from where to where in a query an endpoint stands, and which of them it is
    Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Relay:
    """The endpoints that may be asked, and the port and path of the relay."""

    endpoints: tuple[str, ...]
    port: int
    path: str

    @property
    def base(self) -> str:
        """What the addresses of all endpoints begin with."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def readdress(self, query: str, places: tuple[Place, ...]) -> str:
        """The query with each endpoint replaced by the relay's address for it."""
        parts, end = [], 0
        for begin, behind, number in places:
            parts += [query[end:begin], f"<{self.base}{number}>"]
            end = behind
        return "".join([*parts, query[end:]])

    def told(self, said: str) -> str | None:
        """What the engine says of an endpoint, without the relay's own address.

        None where it speaks of none. The relay's own words are the body of its answer.
        """
        found = re.search(re.escape(self.base) + r"(\d+)", said)
        if not found:
            return None
        payload = said.partition("with payload:\n")[2].strip()
        return f"<{self.endpoints[int(found[1])]}>: {payload or 'it did not answer'}"


def opened(endpoints: tuple[str, ...]) -> tuple[Relay, socket.socket]:
    """A relay, and the socket on loopback at which somebody has to serve it."""
    listener = socket.create_server(("127.0.0.1", 0))
    path = f"/{secrets.token_urlsafe()}/"
    return Relay(endpoints, listener.getsockname()[1], path), listener
