"""Content codings: which one a client gets, and how a body is written in it.

RFC 9110 §8.4 and §12.5.3; zstd is RFC 8878, br RFC 7932, gzip RFC 1952.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Below this many bytes a coding costs more than it saves.
LEAST = 600
# A header of more characters is not worth remembering.
_REMEMBERED = 256
IDENTITY = "identity"
_GZIP = 16 + zlib.MAX_WBITS
_TEXTS = frozenset(
    [
        "application/javascript",
        "application/json",
        "application/n-quads",
        "application/n-triples",
        "application/trig",
        "application/xml",
        "image/svg+xml",
    ]
)


class Compressor(Protocol):
    """Takes a body piece by piece; `piece` loses nothing to waiting, `end` closes.

    A body that breaks off stays broken: its coded form has no end either.
    """

    def piece(self, data: bytes) -> bytes:
        """The coded bytes with which a client can read up to here."""

    def end(self) -> bytes:
        """The bytes without which what came before is not complete."""


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdCompressor(level=3).compressobj()

    def piece(self, data: bytes) -> bytes:
        flushed = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return self._inner.compress(data) + self._inner.flush(flushed)

    def end(self) -> bytes:
        return self._inner.flush()


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=3)

    def piece(self, data: bytes) -> bytes:
        return bytes(self._inner.process(data) + self._inner.flush())

    def end(self) -> bytes:
        return bytes(self._inner.finish())


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.compressobj(level=2, wbits=_GZIP)

    def piece(self, data: bytes) -> bytes:
        return self._inner.compress(data) + self._inner.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._inner.flush()


def _gzip(body: bytes) -> bytes:
    coder = zlib.compressobj(level=6, wbits=_GZIP)
    return coder.compress(body) + coder.flush()


# Of two that a client likes equally it gets the first.
_STREAMS: Mapping[str, Callable[[], Compressor]] = {
    "zstd": _Zstd,
    "br": _Brotli,
    "gzip": _Gzip,
}
# Written once and kept, so at a higher level than what is written while it is sent.
_WHOLE: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=9).compress(body),
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": _gzip,
}
CODINGS = tuple(_STREAMS)


def choose(accept_encoding: str) -> str:
    """The coding that an Accept-Encoding header likes best; `identity` without one."""
    short = len(accept_encoding) < _REMEMBERED
    return _remembered(accept_encoding) if short else _liked(accept_encoding)


def _liked(accept_encoding: str) -> str:
    wanted = parse_accept_header(accept_encoding, Accept)
    best = max(CODINGS, key=wanted.quality)
    liked = wanted.quality(best)
    return best if liked and liked >= dict(wanted).get(IDENTITY, 0) else IDENTITY


_remembered = lru_cache(maxsize=512)(_liked)


def is_text(content_type: str) -> bool:
    """Whether bodies of this type get smaller; events are sent as they come."""
    kind = content_type.partition(";")[0].strip().lower()
    text = kind.startswith("text/") or kind.endswith(("+json", "+xml"))
    return (text or kind in _TEXTS) and kind != "text/event-stream"


def whole(body: bytes, coding: str) -> bytes:
    """A complete body in a coding."""
    return _WHOLE[coding](body)


def compressor(coding: str) -> Compressor:
    """What writes a body in a coding while it comes."""
    return _STREAMS[coding]()
