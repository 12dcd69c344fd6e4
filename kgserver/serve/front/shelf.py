"""Finished responses on a shelf: each in the codings asked for, the oldest to go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.http import parse_etags

from kgserver.serve.front import coding
from kgserver.serve.front.response import vary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse

    from werkzeug.datastructures import Headers

    from kgserver.serve.front.response import Response

    Key = tuple[str, ...]

# What a response takes beside its bodies, and how many times its body with all codings.
_OVERHEAD, _CODINGS = 2_000, 2
# One response may take this share of the shelf.
SHARE = 8


@dataclass(slots=True)
class Kept:
    """A finished response: its headers, its validator, its body in each coding."""

    headers: Headers
    tag: str
    shrinks: bool
    bodies: dict[str, bytes]

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return _OVERHEAD + _CODINGS * len(self.bodies[coding.IDENTITY])

    def known(self, if_none_match: str) -> bool:
        """Whether a client holds it already, in whatever coding (RFC 9110 §13.1.2)."""
        held = parse_etags(if_none_match)
        tags = (self.tag, *(f"{self.tag}-{each}" for each in coding.CODINGS))
        return held.star_tag or any(held.contains_weak(tag) for tag in tags)

    def send(
        self,
        wanted: str,
        method: str,
        if_none_match: str,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Send it in the wanted coding, or 304 to a client that holds it."""
        used, body = self._coded(wanted)
        plain = used == coding.IDENTITY
        validator = ("ETag", f'"{self.tag}"' if plain else f'"{self.tag}-{used}"')
        headers = self.headers.to_wsgi_list()
        if if_none_match and self.known(if_none_match):
            left = [(name, value) for name, value in headers if name != "Content-Type"]
            start_response("304 NOT MODIFIED", [*left, validator])
            return []
        coded = [] if plain else [("Content-Encoding", used)]
        length = ("Content-Length", str(len(body)))
        start_response("200 OK", [*headers, *coded, length, validator])
        return [] if method == "HEAD" else [body]

    def _coded(self, wanted: str) -> tuple[str, bytes]:
        """The coding used, and the body in it, which is made once."""
        used = wanted if self.shrinks else coding.IDENTITY
        if used not in self.bodies:
            self.bodies[used] = coding.whole(self.bodies[coding.IDENTITY], used)
        return used, self.bodies[used]


def keep(response: Response) -> Kept:
    """The response, finished: its whole body is made."""
    headers, tag, shrinks = response.headers, response.tag, response.shrinks
    body = response.whole()
    if shrinks:
        vary(headers)
    headers.remove("ETag")
    headers.remove("Content-Length")
    return Kept(headers, tag, shrinks, {coding.IDENTITY: body})


@dataclass(slots=True)
class Shelf:
    """What is kept while the data is in one state; `most` is in bytes."""

    state: object
    most: int
    _held: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Key) -> Kept | None:
        """The response that is kept under a key."""
        with self._lock:
            kept = self._held.get(key)
            if kept:
                self._held.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        """Keep a response; for it, those go that were longest not asked for."""
        with self._lock:
            if kept.size * SHARE > self.most or key in self._held:
                return
            self._held[key] = kept
            self._size += kept.size
            while self._size > self.most:
                _, gone = self._held.popitem(last=False)
                self._size -= gone.size
