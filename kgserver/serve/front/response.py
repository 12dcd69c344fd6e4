"""One answer of a WSGI application, looked at before it is sent (PEP 3333)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers

from kgserver.serve.front import coding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import WSGIApplication, WSGIEnvironment


@dataclass(slots=True)
class Response:
    """What an application answered: its status, its headers, its body yet to come."""

    status: int
    headers: Headers
    body: Iterable[bytes]

    def close(self) -> None:
        """Tell the application that no more of the body is wanted."""
        close = getattr(self.body, "close", None)
        if close:
            close()

    def whole(self) -> bytes:
        """The complete body."""
        try:
            return b"".join(self.body)
        finally:
            self.close()

    @property
    def length(self) -> int | None:
        """How many bytes the body has, where that is known before it is made."""
        return self.headers.get("Content-Length", type=int)

    @property
    def tag(self) -> str:
        """The strong validator without its quotes; empty where there is none."""
        tag = self.headers.get("ETag", "")
        return "" if tag.startswith("W/") else tag.strip('"')

    @property
    def keepable(self) -> bool:
        """Whether the same request gets the same answer until the data changes."""
        public = "public" in self.headers.get("Cache-Control", "")
        return self.status == 200 and public and bool(self.tag)

    @property
    def shrinks(self) -> bool:
        """Whether a coding makes the body smaller, and nobody may ask for parts."""
        worth = self.length is None or self.length >= coding.LEAST
        free = not {"Content-Encoding", "Accept-Ranges"} & set(self.headers.keys())
        return worth and free and coding.is_text(self.headers.get("Content-Type", ""))


def ask(application: WSGIApplication, environ: WSGIEnvironment) -> Response:
    """What an application answers to a request."""
    began: list[tuple[str, Headers]] = []

    def start(
        status: str, headers: list[tuple[str, str]], _: object = None
    ) -> Callable[[bytes], object]:
        began.append((status, Headers(headers)))
        return lambda _: None

    body = application(environ, start)
    status, headers = began[-1]
    return Response(int(status[:3]), headers, body)


def vary(headers: Headers) -> None:
    """Say that the coding depends on the request, beside what else does."""
    named = [*headers.getlist("Vary"), "Accept-Encoding"]
    headers["Vary"] = ", ".join(dict.fromkeys(named))
