"""Scripts and style of the pages, under addresses that change with their content.

`kgserver/frontend/` is built into `static/dist/` when the package is made; without it
the pages do with forms, lists and tables. A browser checks each script against the
digest in the page (Subresource Integrity) and keeps it for good (RFC 8246).
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import flask
from markupsafe import Markup, escape

from kgserver.model.refusal import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

assets = flask.Blueprint("assets", __name__)
BUILT = Path(__file__).parents[2] / "static" / "dist"
_STYLE = BUILT.parent / "site.css"
_MANIFEST = BUILT / "manifest.json"
_FOR_GOOD = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".txt": "text/plain"}
# The encodings that are built beside a file, the best first, and their suffixes.
_ENCODINGS = {"br": ".br", "gzip": ".gz"}


@assets.route("/static/dist/<name>")
def built_file(name: str) -> flask.Response:
    """A built file, compressed where the client can read it so."""
    path = BUILT / name
    kind = _TYPES.get(path.suffix)
    if kind is None or not path.is_file():
        raise NotFound(f"There is no built file {name}.", "Load the page again.")
    accepted = flask.request.accept_encodings
    there = (e for e, end in _ENCODINGS.items() if path.with_name(name + end).is_file())
    encoding = next((e for e in there if accepted.quality(e) > 0), "")
    sent = path.with_name(name + _ENCODINGS.get(encoding, ""))
    response = flask.Response(sent.read_bytes(), content_type=f"{kind}; charset=utf-8")
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Cache-Control"] = _FOR_GOOD
    response.vary.add("Accept-Encoding")
    return response


def script(name: str) -> Markup:
    """The element that loads a script by its name; empty where nothing is built."""
    entry = _manifest().get(name)
    if entry is None:
        return Markup()
    early = Markup().join(
        Markup('<link rel="modulepreload" href="{}">\n').format(_address(chunk))
        for chunk in entry["imports"]
    )
    return early + Markup(
        '<script type="module" src="{}" integrity="{}"></script>'
    ).format(_address(str(entry["file"])), escape(entry["integrity"]))


@functools.cache
def style() -> str:
    """The address of the style sheet, which is another when the sheet is."""
    name = hashlib.blake2b(_STYLE.read_bytes(), digest_size=8).hexdigest()
    return f"/static/{_STYLE.name}?v={name}"


def digest() -> str:
    """A digest of all that is built, for the validators of pages; empty for none."""
    if not _manifest():
        return ""
    return hashlib.blake2b(_MANIFEST.read_bytes(), digest_size=8).hexdigest()


@functools.cache
def _manifest() -> Mapping[str, Mapping[str, str]]:
    if not _MANIFEST.is_file():
        return {}
    read: dict[str, dict[str, str]] = json.loads(_MANIFEST.read_text("utf-8"))
    return read


def _address(file: str) -> str:
    return f"/static/dist/{file}"
