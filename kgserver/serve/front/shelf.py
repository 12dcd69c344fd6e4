"""Finished responses on a shelf: each in the codings asked for, the oldest to go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.http import parse_etags

from kgserver.serve.front import coding
from kgserver.serve.front.response import vary
from kgserver.serve.wire import headers

if TYPE_CHECKING:
    from kgserver.serve.front.response import Response
    from kgserver.serve.wire.exchange import Exchange

    Key = tuple[bytes, ...]

# What a response takes beside its bodies, and how many times its body with all codings.
_OVERHEAD, _CODINGS = 2_000, 2
# One response may take this share of the shelf.
SHARE = 8


@dataclass(slots=True)
class Kept:
    """A finished response: its headers, its validator, its body in each coding.

    `kind` is the header that says what the body is, `fields` are the others as far as
    they are the same in every coding.
    """

    kind: bytes
    fields: bytes
    tag: str
    shrinks: bool
    bodies: dict[str, bytes]
    _heads: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return _OVERHEAD + _CODINGS * len(self.bodies[coding.IDENTITY])

    def plain(self) -> Kept:
        """The same in no coding."""
        body = {coding.IDENTITY: self.bodies[coding.IDENTITY]}
        return Kept(self.kind, self.fields, self.tag, self.shrinks, body)

    def known(self, if_none_match: str) -> bool:
        """Whether a client holds it already, in whatever coding (RFC 9110 §13.1.2)."""
        held = parse_etags(if_none_match)
        tags = (self.tag, *(f"{self.tag}-{each}" for each in coding.CODINGS))
        return held.star_tag or any(held.contains_weak(tag) for tag in tags)

    def has(self, wanted: str) -> bool:
        """Whether the body is at hand in this coding, or needs none."""
        return wanted in self.bodies or not self.shrinks

    def code(self, wanted: str) -> None:
        """Make the body in a coding, once."""
        if not self.has(wanted):
            self.bodies[wanted] = coding.whole(self.bodies[coding.IDENTITY], wanted)

    def send(self, exchange: Exchange, wanted: str, extra: bytes = b"") -> None:
        """Send it in the coding that it has, or 304 to a client that holds it."""
        used = wanted if self.shrinks else coding.IDENTITY
        body = self.bodies[used]
        known = exchange.request.headers.get(b"if-none-match")
        if known and self.known(known.decode("latin-1")):
            head = self._head(used, self.fields)
            exchange.send(304, head + extra if extra else head, b"")
            return
        head = self._heads.get(used) or self._made(used)
        exchange.send(200, head + extra if extra else head, body)

    def _made(self, used: str) -> bytes:
        coded = b"Content-Encoding: %b\r\n" % used.encode()
        plain = used == coding.IDENTITY
        head = self._head(used, self.kind + self.fields + (b"" if plain else coded))
        self._heads[used] = head
        return head

    def _head(self, used: str, fields: bytes) -> bytes:
        suffix = "" if used == coding.IDENTITY else f"-{used}"
        if not self.tag:
            return fields
        return fields + f'ETag: "{self.tag}{suffix}"\r\n'.encode("latin-1")


def keep(response: Response) -> Kept:
    """The response, finished: its whole body is made."""
    fields, tag, shrinks = response.headers, response.tag, response.shrinks
    body = response.whole()
    if shrinks:
        vary(fields)
    kind = [("Content-Type", fields.get("Content-Type", ""))]
    rest = [(n, v) for n, v in fields if n.lower() not in {"etag", "content-type"}]
    return Kept(
        headers.encoded(kind), headers.encoded(rest), tag, shrinks,
        {coding.IDENTITY: body},
    )  # fmt: skip


@dataclass(slots=True)
class Shelf:
    """What is kept while the data is in one state; `most` is in bytes."""

    state: object
    most: int
    _held: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)
    size: int = 0
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
            self.size += kept.size + sum(map(len, key))
            while self.size > self.most:
                known, gone = self._held.popitem(last=False)
                self.size -= gone.size + sum(map(len, known))
