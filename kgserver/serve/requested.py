"""The path of a request as its client wrote it, as far as the server hands it over.

WSGI gives the path with its escapes undone (PEP 3333), so that `%2F` is a slash. What
the client wrote stands beside it, under the name that Werkzeug, gunicorn, uWSGI and
mod_wsgi have for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

import flask
import pyoxigraph as ox
from werkzeug.routing import BaseConverter

from kgserver.model.refusal import BadRequest, TargetTooLong
from kgserver.model.spelling import PATH, Spelling

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = re.compile(
    r"[A-Za-z0-9._\-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?"
)
_ENDPOINT = "/sparql"
_FORM = "application/x-www-form-urlencoded"
# What an address of a page may have: parameters, and bytes.
_PARAMETERS, _LONGEST = 500, 64 * 1024
_WRITTEN = ("REQUEST_URI", "RAW_URI")


class Rest(BaseConverter):
    """Whatever is left of a path: nothing, slashes at its ends, slashes in a row."""

    part_isolating = False
    regex = r"[\s\S]*"
    weight = 300


def install(app: flask.Flask) -> None:
    """Let paths be what they are: no slash is taken away, none is added."""
    app.url_map.converters["rest"] = Rest
    app.url_map.merge_slashes = False
    app.before_request(_refuse_floods)


def _refuse_floods() -> None:
    """Refuse an address that no page has: each link in a page repeats what is in it.

    Neither has a form so many fields.
    """
    request = flask.request
    if request.path == _ENDPOINT:
        return
    form = request.mimetype == _FORM
    if form and request.get_data(cache=True).count(b"&") >= _PARAMETERS:
        said = f"The form has more than {_PARAMETERS} fields."
        raise BadRequest(said, "Leave out what is not needed.")
    asked = request.query_string
    many = asked.count(b"&") >= _PARAMETERS
    if many or len(asked) + len(request.path) > _LONGEST:
        request.query_string = b""  # the page that refuses it need not read it
    if many:
        said = f"The address has more than {_PARAMETERS} parameters."
        raise BadRequest(said, "Leave out what is not needed.")
    if len(asked) + len(request.path) > _LONGEST:
        said = f"The address is over {_LONGEST} bytes."
        raise TargetTooLong(said, "A query may be longer; send it to /sparql.")


def iri(parameter: str) -> ox.NamedNode:
    """The IRI that a parameter gives; raises BadRequest where that is none."""
    given = flask.request.args.get(parameter, "")
    try:
        return ox.NamedNode(given)
    except ValueError as fault:
        raise BadRequest(
            f"{given!r} is not an absolute IRI.",
            f"Give a whole one: {parameter}=https://example.org/it.",
        ) from fault


def path() -> Spelling:
    """The path below the root, without its first slash."""
    environ: Mapping[str, str] = flask.request.environ
    decoded = environ.get("PATH_INFO", "").encode("latin-1")
    return Spelling(decoded[1:], _raw(environ, decoded)[1:])


def path_and_query() -> Spelling:
    """The path with what stands behind its question mark: both belong to an IRI."""
    query = flask.request.query_string.decode("latin-1")
    raw = f"{_written()[1:]}?{query}"
    return Spelling(unquote_to_bytes(raw), raw)


def address() -> str:
    """The path as it can be written again: in ASCII, its escapes kept.

    Two slashes at its beginning would name another host; a browser takes a backslash
    for a slash (URL Standard, §4.4).
    """
    written = _written().replace("\\", "%5C")
    return f"/.{written}" if written.startswith("//") else written


def root() -> str:
    """Where this server is in the web: as set, else as asked; ends in a slash.

    A Host header is believed only where nothing but the asker's own answer hangs on it.
    """
    settings = flask.current_app.extensions["kgserver-settings"]
    public: str = settings.public_url
    return public or f"{flask.request.scheme}://{_host()}/"


def _written() -> str:
    found = path()
    return "/" + (found.raw or quote(found.decoded, safe=PATH.replace("%", "")))


def _host() -> str:
    host = flask.request.headers.get("Host", "")
    if not _HOST.fullmatch(host):
        raise BadRequest(
            f"{host!r} is no host.", "Send the Host header as it should be."
        )
    return host


def _raw(environ: Mapping[str, str], decoded: bytes) -> str:
    """The path as it was written, or empty; what does not fit PATH_INFO is not it."""
    written = next((environ[key] for key in _WRITTEN if environ.get(key)), "")
    target = written.partition("?")[0]
    if not target.startswith("/"):
        target = urlsplit(target).path
    target = target.removeprefix(environ.get("SCRIPT_NAME", ""))
    return target if unquote(target) == decoded.decode("utf-8", "replace") else ""
