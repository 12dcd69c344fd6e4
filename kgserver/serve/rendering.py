"""How a response is sent: its validator, its caching, its headers."""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING

import flask

from kgserver.model import spelling
from kgserver.serve import policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kgserver.model.media import Media
    from kgserver.model.settings import Settings

LANGUAGE = "language"
"""Where in `flask.g` the reader's language is, once a response hangs on it."""
# Asked again each time, answered with 304 for as long as the snapshot is the same.
_REVALIDATE = "public, no-cache"
_EVERYWHERE: Mapping[str, str] = {
    **policy.EVERYWHERE,
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, Content-Location, ETag, Link, Location, "
    "Memento-Datetime, Query-Id, Retry-After",
}
# Characters of all links of a response, and which go first where there are more.
_LINKS = 7_000
_SPARED = ("alternate", "item", "describedby", "type", "original timegate", "timemap")
# What a browser's script may send (Fetch standard, CORS preflight).
PREFLIGHT: Mapping[str, str] = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, QUERY, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Datetime, Accept-Language, "
    "Cache-Control, Content-Type, If-Modified-Since, If-None-Match, Prefer, Query-Id, "
    "Range, "
    "User-Agent, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}


def entity_tag(*parts: str) -> str:
    """A strong validator of all that a representation hangs on (RFC 9110 §8.8.3)."""
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def unchanged(tag: str) -> bool:
    """Whether the client holds the representation with this validator already."""
    return flask.request.method in {"GET", "HEAD", "QUERY"} and (
        flask.request.if_none_match.contains_weak(tag)
    )


def send(tag: str, form: Media, body: Callable[[], bytes | str]) -> flask.Response:
    """The representation, or 304 without making it where the client holds it already.

    An empty tag marks what differs from call to call and is not to be kept.
    """
    if tag and unchanged(tag):
        response = flask.Response(status=304)
    else:
        response = flask.Response(body(), content_type=form.content_type)
    if tag:
        response.set_etag(tag)
    response.headers["Cache-Control"] = _REVALIDATE if tag else "no-store"
    response.vary.add("Accept")
    return response


def lead(target: str, status: int = 303) -> flask.Response:
    """A response that leads to another address of this server."""
    response = flask.Response(status=status, content_type="text/plain")
    response.headers["Location"] = target
    response.vary.add("Accept")
    return response


def date(response: flask.Response, moment: str) -> flask.Response:
    """The response with the moment of its last change; 304 where nothing came after.

    A validator goes before a date where the client sends both (RFC 9110 §13.2.2).
    """
    changed = datetime.datetime.fromisoformat(moment)
    response.last_modified = changed
    since = flask.request.if_modified_since
    asked = flask.request.method in {"GET", "HEAD"} and not flask.request.if_none_match
    if response.status_code == 200 and asked and since and changed <= since:
        response.status_code, response.data = 304, b""
    return response


def link(response: flask.Response, target: str, relation: str, **extra: str) -> None:
    """Add a typed link (RFC 8288)."""
    response.headers.add("Link", linked(target, relation, **extra))


def linked(target: str, relation: str, **extra: str) -> str:
    """A typed link; its target is written as a URI."""
    attributes = "".join(f'; {name}="{value}"' for name, value in extra.items())
    return f'<{spelling.normal(target)}>; rel="{relation}"{attributes}'


def fields(settings: Settings, status: int) -> list[tuple[str, str]]:
    """What every response has, for one that no Flask has made."""
    links = [("Link", f'<{spelling.normal(settings.licence)}>; rel="license"')]
    return [
        *_EVERYWHERE.items(),
        *(links if settings.licence and status == 200 else ()),
    ]


def _shorten(response: flask.Response) -> None:
    """Take links out of headers that would be longer than clients and proxies take.

    Those that matter most stay; the link set of a thing has all of them.
    """
    links = response.headers.getlist("Link")
    for spared in (*_SPARED, ""):
        if sum(map(len, links)) <= _LINKS:
            break
        links = [each for each in links if spared and f'rel="{spared}"' not in each]
    response.headers.setlist("Link", links)


def finish(settings: Settings) -> Callable[[flask.Response], flask.Response]:
    """What every response gets on its way out."""

    def add_headers(response: flask.Response) -> flask.Response:
        response.headers.extend(_EVERYWHERE)
        if LANGUAGE in flask.g:
            response.vary.add("Accept-Language")
        if flask.request.method == "OPTIONS":
            response.status_code = 204
            response.headers.extend(PREFLIGHT)
        if response.mimetype == "text/html":
            response.headers.update(policy.PAGE)
        if settings.licence and response.status_code == 200:
            link(response, settings.licence, "license")
        _shorten(response)
        return response

    return add_headers
