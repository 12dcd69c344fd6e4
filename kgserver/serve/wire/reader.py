"""A client's bytes become requests; what is no request, or too large, is a Refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import httptools

from kgserver.model.refusal import (
    BadRequest,
    HeadTooLarge,
    NotImplementedHere,
    TargetTooLong,
    TooLarge,
    UnsupportedMedia,
)
from kgserver.serve.wire.request import Request

if TYPE_CHECKING:
    from kgserver.model.refusal import Refusal

TARGET, FIELDS, FIELD_COUNT = 1024 * 1024, 256 * 1024, 200  # bytes, bytes, lines
BODY = 2 * 1024 * 1024  # bytes
# Bytes of a field that says what a client likes: each kind in it is weighed.
LIKING = 4096
# Fields that are about the connection and a change of protocol.
_HOPS = frozenset([b"upgrade", b"connection", b"http2-settings"])


class Hearer(Protocol):
    """Who is told what has been read."""

    def begun(self) -> None:
        """A request begins."""

    def headed(self, *, expects: bool) -> None:
        """Its head is here and a body follows, which may wait to be asked for."""

    def whole(self, request: Request) -> None:
        """It is complete."""


class Reader:
    """Reads requests of one connection; `fault` is why no more can be read."""

    def __init__(self, hearer: Hearer, peer: tuple[str, int]) -> None:
        self.fault: Refusal | None = None
        self.target: list[bytes] = []
        self._hearer, self._peer = hearer, peer
        self._parser = httptools.HttpRequestParser(self)
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self.forget()

    @property
    def held(self) -> int:
        """About how many bytes of a request that is not complete it holds."""
        return self._fed + self._length

    @property
    def languages(self) -> str:
        """The Accept-Language of the request at hand, as far as its head has come."""
        return self._headers.get(b"accept-language", b"").decode("latin-1")

    def close(self) -> None:
        """Read no more: parser and reader know each other, so that both would stay."""
        del self._parser
        self.forget()

    def forget(self) -> None:
        """Let go of what has come of a request."""
        self.target, self._headers, self._body = [], {}, []
        self._count = self._size = self._length = self._fed = 0
        self._in_head = self._keeps = True

    def feed(self, data: bytes) -> None:
        """Read what has come."""
        rest = memoryview(data)  # of which many requests may be cut off
        while rest and not self.fault:
            rest = self._read(rest)

    def _read(self, data: memoryview) -> memoryview:
        """Read on; what the parser takes for another protocol's is given back."""
        rest = data[len(data) :]
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            rest = data[upgrade.args[0] :]
            self._pass_upgrade()
        except httptools.HttpParserInvalidMethodError:
            self._refuse(NotImplementedHere("This method is not known.", "Use GET."))
        except httptools.HttpParserError as fault:
            said = f"The request cannot be read: {fault}."
            self._refuse(BadRequest(said, "Send HTTP/1.1 as RFC 9112 has it."))
        if self._in_head:
            self._fed += len(data) - len(rest)
            if self._fed > TARGET + FIELDS:
                self._refuse(_too_long())
        return rest

    def on_message_begin(self) -> None:
        """A request begins."""
        self.forget()
        self._hearer.begun()

    def on_url(self, part: bytes) -> None:
        """A part of the target."""
        self.target.append(part)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field, whole."""
        self._count += 1
        self._size += len(name) + len(value)
        if self._count > FIELD_COUNT or self._size > FIELDS:
            said = (
                f"There are over {FIELD_COUNT} header fields, or over {FIELDS} bytes."
            )
            self._refuse(HeadTooLarge(said, "Send fewer."))
            return
        if not self._in_head:  # what stands behind a body is let pass (RFC 9110 §6.5)
            return
        name = name.lower()
        held = self._headers.get(name)
        self._headers[name] = value if held is None else held + b", " + value

    def on_headers_complete(self) -> None:
        """The head is here; a body may follow."""
        if self._parser.should_upgrade():
            return
        self._in_head, found = False, self._headers
        self._keeps = self._parser.should_keep_alive()
        self._look()
        length = found.get(b"content-length", b"0")
        if length == b"0" and b"transfer-encoding" not in found:
            return
        coding = found.get(b"content-encoding", b"identity").lower()
        if len(length) > 10 or int(length) > BODY:
            self._refuse(_body_too_large())
        elif coding != b"identity":
            said = "The body is in a coding, and none is undone here."
            self._refuse(UnsupportedMedia(said, "Send it as it is."))
        else:
            expects = found.get(b"expect", b"").lower() == b"100-continue"
            self._hearer.headed(expects=expects and not self.fault)

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        self._length += len(part)
        if self._length > BODY:
            self._body.clear()
            self._refuse(_body_too_large())
        else:
            self._body.append(part)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self.fault or self._parser.should_upgrade():
            return
        request = Request(
            self._parser.get_method().decode("ascii"),
            b"".join(self.target),
            self._parser.get_http_version(),
            self._headers,
            b"".join(self._body),
            self._peer,
            self._keeps,
        )
        self.forget()
        self._hearer.whole(request)

    def _refuse(self, fault: Refusal) -> None:
        self.fault = self.fault or fault

    def _look(self) -> None:
        """Refuse a head that is not one to answer."""
        parser, version = self._parser, self._parser.get_http_version()
        if sum(map(len, self.target)) > TARGET:
            self._refuse(_too_long())
        if version not in {"1.0", "1.1"}:
            self._refuse(BadRequest(f"HTTP/{version} is not spoken.", "Use HTTP/1.1."))
        if parser.get_method() == b"CONNECT":
            self._refuse(_no_proxy())
        likings = (v for k, v in self._headers.items() if k.startswith(b"accept"))
        if max(map(len, likings), default=0) > LIKING:
            said = f"What the client likes is told in over {LIKING} bytes."
            self._refuse(HeadTooLarge(said, "Name fewer kinds."))
        self._look_at_coding(version)
        host = self._headers.get(b"host")
        if (version == "1.1" and host is None) or b"," in (host or b""):
            said = "There is no Host header, or more than one."
            self._refuse(BadRequest(said, "Send one (RFC 9112 §3.2)."))

    def _look_at_coding(self, version: str) -> None:
        """Refuse a body that others could take for a longer or a shorter one."""
        coding = self._headers.get(b"transfer-encoding")
        if coding is None:
            return
        if version == "1.0":
            said = "HTTP/1.0 knows no chunks: where the body ends is not certain."
            self._refuse(BadRequest(said, "Send a Content-Length (RFC 9112 §6.1)."))
        elif coding.lower() != b"chunked":
            said = "The body is in a transfer coding other than chunked."
            self._refuse(NotImplementedHere(said, "Send it in chunks alone."))

    def _pass_upgrade(self) -> None:
        """Read a request that would change the protocol as one that would not.

        The parser takes all behind such a head for the other protocol, and there is
        none: what follows is a body (RFC 9110 §7.8 lets a server ignore the field).
        """
        method, target = self._parser.get_method(), b"".join(self.target)
        if method == b"CONNECT":
            self._refuse(_no_proxy())
        if self.fault:
            return
        version = self._parser.get_http_version().encode()
        fields = [f for f in self._headers.items() if f[0] not in _HOPS]
        options = self._headers.get(b"connection", b"").lower().split(b",")
        if b"close" in map(bytes.strip, options):
            fields.append((b"connection", b"close"))
        lines = b"".join([b"%b: %b\r\n" % field for field in fields])
        self._parser = httptools.HttpRequestParser(self)
        head = b"%b %b HTTP/%b\r\n%b\r\n" % (method, target, version, lines)
        self._read(memoryview(head))


def _too_long() -> Refusal:
    hint = "Send a long query in a POST."
    return TargetTooLong(f"The address is over {TARGET} bytes.", hint)


def _body_too_large() -> Refusal:
    return TooLarge(f"The body is over {BODY} bytes.", "Send less.")


def _no_proxy() -> Refusal:
    return NotImplementedHere("This server is no proxy.", "Use GET.")
