"""Time travel: any address as it was, by a version's name or by a date (RFC 7089).

What is answered without a name is the original resource and its own time gate: a client
that sends `Accept-Datetime` is led to the version of that moment. `/timemap/link/…`
lists the versions that are kept. What is asked for by a lasting name never changes.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import flask
from werkzeug.exceptions import HTTPException
from werkzeug.http import http_date, parse_date

from kgserver.ask import editions
from kgserver.ask.documents import address
from kgserver.model import spelling
from kgserver.model.media import Media
from kgserver.model.refusal import BadRequest, NotFound, NotReady, NoVersion
from kgserver.serve import rendering, requested, travel
from kgserver.serve.data import documents
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.editions import Edition
    from kgserver.model.spelling import Spelling
    from kgserver.serve.live import Live

timemaps = flask.Blueprint("timemaps", __name__)
_LINKS = Media("application/link-format", "link", "Time map", "page")
_HERE = "timemap/link/"
_FOR_GOOD = "public, max-age=31536000, immutable"
# A longer address stands in no header.
_LONGEST = 1_500
# In how many versions a time map looks whether a thing is there.
_LOOKED = 32
_THINGS = ("page/", "data/")


def install(app: flask.Flask) -> None:
    """Let every address that travels answer for its past."""
    app.before_request(_by_date)
    app.after_request(_signed)


def _by_date() -> flask.Response | None:
    """Lead a client that asks for a moment to the version of then."""
    asked = flask.request.headers.get("Accept-Datetime", "")
    reading = flask.request.method in {"GET", "HEAD"}
    if not asked or not reading or travel.version():
        return None
    if not travel.travels(flask.request.blueprint):
        return None
    moment = parse_date(asked)
    if moment is None:
        raise BadRequest(
            f"Accept-Datetime: {asked!r} is no date.",
            "Write it as in Thu, 31 Oct 2019 08:00:00 GMT.",
        )
    there = editions.kept(site.live().state)
    if not there:
        raise NotReady("Nothing has been built yet.", "Ask again soon.")
    edition = editions.at(there, moment.astimezone(datetime.UTC))
    response = rendering.lead(_named(_original(), edition), 302)
    response.headers["Cache-Control"] = "no-store"
    _link(response)
    return response


def _signed(response: flask.Response) -> flask.Response:
    """The response with its place in time."""
    reading = flask.request.method in {"GET", "HEAD"}
    if not (reading and travel.travels(flask.request.blueprint)):
        return response
    response.vary.add("Accept-Datetime")
    if response.status_code not in {200, 304}:
        return response
    name = travel.version()
    if name:
        created = site.dataset().snapshot.created
        moment = datetime.datetime.fromisoformat(created)
        response.headers["Memento-Datetime"] = http_date(moment)
    keeps = "no-store" not in response.headers.get("Cache-Control", "")
    if editions.is_lasting(name) and keeps and response.mimetype != "text/html":
        response.headers["Cache-Control"] = _FOR_GOOD
    _link(response)
    return response


def _link(response: flask.Response) -> None:
    for target, relation, extra in links(_original()):
        rendering.link(response, target, relation, **extra)


def links(original: str) -> list[tuple[str, str, dict[str, str]]]:
    """Where an original is, which is its own time gate, and where its time map is."""
    if len(original) > _LONGEST:
        return []
    target = f"/{_HERE}{original[1:]}"
    return [
        (original, "original timegate", {}),
        (target, "timemap", {"type": _LINKS.type}),
    ]


def fields(target: str) -> bytes:
    """The same for a target as a client wrote it, as it is sent."""
    if len(target) > _LONGEST:
        return b""
    uri = spelling.escaped(target)
    return (
        f'Link: <{uri}>; rel="original timegate"\r\n'
        f'Link: </{_HERE}{uri[1:]}>; rel="timemap"; type="{_LINKS.type}"\r\n'
    ).encode("ascii")


@timemaps.route(f"/{_HERE}<rest:_name>")
def timemap(_name: str) -> flask.Response:
    """Every kept version of what is at an address (RFC 7089, §5)."""
    original = _original("/" + requested.address()[1:].removeprefix(_HERE))
    blueprint = _blueprint(original)
    if not travel.travels(blueprint):
        raise NotFound(f"Nothing is kept of {original}.", "/changes has the versions.")
    there = _present(blueprint, requested.path().above(_HERE))
    root = requested.root().rstrip("/")
    first, last = http_date(there[0].created), http_date(there[-1].created)
    lines = [
        f'<{root}{original}>; rel="original timegate"',
        f'<{root}/{_HERE}{original[1:]}>; rel="self"; type="{_LINKS.type}"; '
        f'from="{first}"; until="{last}"',
    ]
    for place, each in enumerate(there):
        ends = ["first"] * (place == 0) + ["last"] * (place == len(there) - 1)
        relation = " ".join([*ends, "memento"])
        lines.append(
            f'<{root}{_named(original, each)}>; rel="{relation}"; '
            f'datetime="{http_date(each.created)}"'
        )
    text = ",\n".join(lines) + "\n"
    return rendering.send(rendering.entity_tag(text), _LINKS, lambda: text)


def _blueprint(original: str) -> str:
    """The blueprint that answers at an address; empty where none does."""
    adapter = flask.current_app.url_map.bind("")
    try:
        endpoint, _ = adapter.match(original.partition("?")[0], method="GET")
    except HTTPException:
        return ""
    return str(endpoint).rpartition(".")[0]


def _present(blueprint: str, path: Spelling) -> Sequence[Edition]:
    """The versions that have what is at a path; raises NotFound where none has."""
    live = site.live()
    there = editions.kept(live.state)
    if len(there) > _LOOKED:
        return there
    found = [
        each
        for each in there
        if (held := _opened(live, each)) and _has(held, blueprint, path)
    ]
    if not found:
        raise documents.unknown(site.dataset(), path)
    return found


def _opened(live: Live, edition: Edition) -> Dataset | None:
    """A version's dataset; None where it was pruned meanwhile, or is damaged."""
    try:
        return live.version(edition.name)
    except NoVersion:
        return None


def _has(dataset: Dataset, blueprint: str, path: Spelling) -> bool:
    """Whether a version has the thing that a path is about, where it is about one."""
    if path.decoded == b"resource":
        node = address.node(flask.request.args.get("iri", ""))
        return node is not None and address.known(dataset, node)
    if blueprint == "dereference":
        return address.find(dataset, path) is not None
    for folder in _THINGS:
        if path.decoded.startswith(folder.encode()):
            name = path.above(folder).below("id/")
            extension = name.decoded.rpartition(b".")[2].decode("ascii", "replace")
            bare = name.without(f".{extension}")
            return any(address.find(dataset, each) for each in (name, bare))
    return True


def _original(path: str = "") -> str:
    """The address without the version that it names, as it can be written again."""
    query = flask.request.query_string.decode("latin-1")
    pairs = parse_qsl(query, keep_blank_values=True)
    path = path or requested.address()
    if travel.version() or any(name == "version" for name, _ in pairs):
        kept = [(n, v) for n, v in pairs if n != "version" or not editions.is_name(v)]
        query = urlencode(kept)
    return spelling.normal(f"{path}?{query}" if query else path)


def _named(original: str, edition: Edition) -> str:
    """The address of a version of what is at an address."""
    mark = "&" if "?" in original else "?"
    return f"{original}{mark}version={edition.name}"
