"""Finished responses are answered before Flask is entered.

What may be kept is what is public and carries a strong validator: the application says
so of all that hangs on nothing but the data and the request. It is kept by address,
host, and the formats and languages asked for. With a new version, or a new finding in
the files, everything is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.serve import noted
from kgserver.serve.front import coding, response, shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# What of a request decides what is sent.
_ASKED = (
    "PATH_INFO", "RAW_URI", "REQUEST_URI", "QUERY_STRING", "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE", "HTTP_HOST", "wsgi.url_scheme",
)  # fmt: skip
# A key this long is not worth its memory.
_LONGEST_KEY = 16_384


class Finished:
    """A WSGI application that keeps the responses of another.

    `state` tells what the data is now; `most` is how many bytes are kept, 0 for none.
    """

    def __init__(
        self, inner: WSGIApplication, state: Callable[[], object], most: int
    ) -> None:
        self._inner, self._state = inner, state
        self._shelf = shelf.Shelf(None, most)

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request: from what is kept, else from the application."""
        method = environ["REQUEST_METHOD"]
        wanted = coding.choose(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if "HTTP_RANGE" in environ:
            return self._inner(environ, start_response)
        if method not in {"GET", "HEAD"} or _dated(environ):
            answer = response.ask(self._inner, environ)
            return response.send(answer, wanted, method, start_response)
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        found = self._find(environ)
        if isinstance(found, shelf.Kept):
            return found.send(wanted, method, known, start_response)
        return response.send(found, wanted, method, start_response)

    def _find(self, environ: WSGIEnvironment) -> shelf.Kept | response.Response:
        """What is kept for a GET, or is from now on; else what passes through."""
        current = self._current()
        key = tuple(environ.get(name, "") for name in _ASKED)
        kept = current.get(key)
        if kept:
            noted.kept(environ)
            return kept
        answer = response.ask(self._inner, _plain(environ))
        size = answer.length
        if not answer.keepable or size is None or size * shelf.SHARE > current.most:
            return answer
        kept = shelf.keep(answer)
        if sum(map(len, key)) < _LONGEST_KEY:
            current.put(key, kept)
        return kept

    def _current(self) -> shelf.Shelf:
        """The shelf for the data as it is now.

        A request that began before the data changed puts what it gets on the shelf of
        then, where nobody looks any more.
        """
        state, current = self._state(), self._shelf
        if current.state != state:
            current = self._shelf = shelf.Shelf(state, current.most)
        return current


def _dated(environ: WSGIEnvironment) -> bool:
    """Whether a date decides, of what a client holds or of what it asks for."""
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    since = "HTTP_IF_MODIFIED_SINCE" in environ and not known
    return since or "HTTP_ACCEPT_DATETIME" in environ


def _plain(environ: WSGIEnvironment) -> WSGIEnvironment:
    """The request as a GET, its validators those of bodies in no coding."""
    asked = {**environ, "REQUEST_METHOD": "GET"}
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    for each in coding.CODINGS if known else ():
        known = known.replace(f'-{each}"', '"')
    return {**asked, "HTTP_IF_NONE_MATCH": known} if known else asked
