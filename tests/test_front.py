"""Finished responses: kept while they are true, in codings, and forgotten in time."""

from __future__ import annotations

import asyncio
import gc
import gzip
import sys
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard
from werkzeug.datastructures import Headers

from kgserver.ask.sparql import protocol
from kgserver.load import snapshot
from kgserver.serve.front import coding, response, shelf
from kgserver.serve.front.finished import Finished
from kgserver.serve.front.rest import Rest
from kgserver.serve.live import Live
from kgserver.serve.sparql.asked import consider
from kgserver.serve.wire.request import Request

from .processes import PATIENCE, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings

    from .processes import Server

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
TEXT = b"A line of text. " * 100
TRIPLES = "@prefix : <http://127.0.0.1:8000/id/> .\n:a :b :c .\n"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("identity, gzip;q=0.5", "identity"),
        ("*", "zstd"),
        ("gzip;q=0", "identity"),
        ("*;q=0", "identity"),
        ("nonsense;;;q=x", "identity"),
    ],
)
def test_the_best_liked_coding_is_chosen(header: str, expected: str) -> None:
    """By quality, then the one that saves most."""
    assert coding.choose(header) == expected


@pytest.mark.parametrize("name", coding.CODINGS)
def test_a_body_that_breaks_off_has_no_end_in_any_coding(name: str) -> None:
    """What a client holds then can be told from a complete answer."""
    coder = coding.compressor(name)
    received = coder.piece(TEXT)
    whole = received + coder.end()

    assert DECODERS[name](whole) == TEXT
    assert len(received) < len(whole)


def asked(target: str = "/", method: str = "GET", **headers: str) -> Request:
    """A request with these headers."""
    fields = {
        name.replace("_", "-").encode(): value.encode()
        for name, value in headers.items()
    }
    return Request(method, target.encode(), "1.1", fields, b"", ("", 0), lasting=True)


def kept(body: bytes = TEXT) -> shelf.Kept:
    """A response that is kept."""
    fields = Headers(
        [("ETag", '"one"'), ("Cache-Control", "public"), ("Content-Type", "text/plain")]
    )
    return shelf.keep(response.Response(200, fields, [body]))


@pytest.mark.parametrize("header", ["accept", "accept_language", "host"])
def test_what_decides_an_answer_is_asked_for_anew(header: str) -> None:
    """Two requests that differ in it never share an answer."""
    front = Finished(lambda: "the same", 1_000_000)
    place = front.place(asked(**{header: "one"}))
    assert place
    place.put(kept())
    same, other = (front.place(asked(**{header: value})) for value in ("one", "two"))

    assert same
    assert same.find()
    assert other
    assert not other.find()


@pytest.mark.parametrize(
    "request_",
    [
        asked(method="POST"),
        asked(range="bytes=0-1"),
        asked(if_modified_since="Thu, 26 Nov 2026 15:29:21 GMT"),
        asked(accept_datetime="Thu, 26 Nov 2026 15:29:21 GMT"),
    ],
    ids=["post", "range", "date", "moment"],
)
def test_what_has_no_place(request_: Request) -> None:
    """What is no plain GET is neither kept nor found."""
    assert Finished(lambda: "the same", 1_000_000).place(request_) is None


def test_the_longest_unused_goes_when_the_shelf_is_full() -> None:
    """And what would take a large share of it is not put there."""
    one = kept()
    full = shelf.Shelf(None, 20 * one.size)
    for number in range(30):
        full.put((b"%d" % number,), one)
        full.get((b"0",))

    assert full.get((b"0",))
    assert not full.get((b"1",))
    assert full.get((b"29",))
    small = shelf.Shelf(None, 2 * one.size)
    small.put((b"0",), one)
    assert not small.get((b"0",))


def test_what_is_asked_counts_on_the_shelf_too() -> None:
    """Short answers to long addresses do not fill the memory."""
    made = response.Response(200, Headers({"ETag": '"one"'}), [b"yes"])
    short = shelf.keep(made)
    full = shelf.Shelf(None, 1024 * 1024)
    for number in range(1000):
        full.put((b"%d" % number, b"x" * 10_000), short)
    held = sum(bool(full.get((b"%d" % n, b"x" * 10_000))) for n in range(1000))

    assert 50 < held < 105


@pytest.mark.parametrize(
    "headers",
    [
        {"Cache-Control": "no-store", "ETag": '"one"'},
        {"Cache-Control": "public", "ETag": 'W/"one"'},
        {"Cache-Control": "public"},
    ],
)
def test_what_is_not_public_is_not_kept(headers: dict[str, str]) -> None:
    """Nor what has a weak validator, or none."""
    assert not response.Response(200, Headers(headers), [TEXT]).keepable


@pytest.mark.parametrize("name", coding.CODINGS)
@pytest.mark.parametrize(
    "path", ["/ontology", "/sparql?query=DESCRIBE%20*{?s%20?p%201}"]
)
def test_a_coded_response_is_the_same_text(
    server: Server, name: str, path: str
) -> None:
    """And says in which coding it is; its validator is its own, first and again."""
    plain = server.ask("GET", path)
    for _ in range(2):
        coded = server.ask("GET", path, {"Accept-Encoding": name})

        assert coded.headers["Content-Encoding"] == name
        assert DECODERS[name](coded.body) == plain.body
        assert len(coded.body) < len(plain.body) / 2
        assert coded.headers["ETag"] == plain.headers["ETag"][:-1] + f'-{name}"'
        assert "Accept-Encoding" in coded.headers["Vary"]


@pytest.mark.parametrize("form", ["{}", '"other", {}', "W/{}", "*"])
def test_a_client_that_holds_it_gets_no_body(server: Server, form: str) -> None:
    """Whichever coding it holds it in, and whether it is kept here or not."""
    query = f"/sparql?query=SELECT*{{?s?p?o}}LIMIT%20{len(form)}"
    for path in ("/ontology", query):
        tag = server.ask("GET", path, {"Accept-Encoding": "br"}).headers["ETag"]
        known = {"If-None-Match": form.format(tag), "Accept-Encoding": "br"}
        again = server.ask("GET", path, known)

        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
        assert "Content-Encoding" not in again.headers


def test_head_has_the_headers_of_get(server: Server) -> None:
    """Asked first or after it, of a page, a file, a query."""
    for path in (
        "/page/changchun", "/static/site.css", "/sparql?query=ASK{}", "/health",
    ):  # fmt: skip
        answers = [
            server.ask(method, path, {"Accept-Encoding": "gzip"})
            for method in ("HEAD", "GET", "HEAD")
        ]
        changing = {"Date", "Query-Id"}
        fields = [
            {k: v for k, v in each.headers.items() if k not in changing}
            for each in answers
        ]

        assert fields[0] == fields[1] == fields[2], path
        assert not answers[0].body
        assert answers[1].body


def test_a_new_version_is_seen_at_the_next_request(
    make_folder: Callable[..., Settings],
) -> None:
    """A kept page is forgotten with the version that it showed, and with a finding."""
    folder = make_folder({"graph/a.ttl": TRIPLES}).folder
    with serving(folder) as server:
        first, again = server.ask("GET", "/"), server.ask("GET", "/")
        make_folder({"graph/a.ttl": TRIPLES + ":a :b :d .\n"})
        server.heard("version 2 is in service")
        later = server.ask("GET", "/")
        make_folder({"graph/a.ttl": TRIPLES + ":a :b\n"})
        server.heard("version 2 stays in service")
        warned = server.ask("GET", "/")

    assert first.body == again.body
    assert len({r.headers["ETag"] for r in (first, later, warned)}) == 3
    assert b"problem" in warned.body


def test_a_long_header_is_not_remembered(make_folder: Callable[..., Settings]) -> None:
    """Nobody can fill the memory with headers that each are another."""
    settings = make_folder({"graph/a.ttl": "<urn:a> <urn:b> <urn:c> ."})
    assert snapshot.build(settings).served
    dataset = Live(settings.state).dataset()
    message = protocol.Message("GET", "", "query=ASK%7B%7D", b"")
    accept = "application/json, " + "x/y, " * 2000
    held = sys.getrefcount(accept)

    coding.choose(accept)
    consider(message, accept, dataset, ())

    assert sys.getrefcount(accept) == held


class Cycle:
    """Garbage that no count of references finds."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_busy_gives_back_its_garbage_when_it_is_quiet() -> None:
    """And not before: nobody is answered meanwhile."""

    async def work() -> tuple[bool, bool]:
        Rest()
        garbage = weakref.ref(Cycle())
        busy_until = time.process_time() + 1
        while time.process_time() < busy_until:
            for _ in range(10_000):
                pass
            await asyncio.sleep(0)
        busy = garbage() is not None
        ended = time.monotonic() + PATIENCE
        while garbage() and time.monotonic() < ended:
            await asyncio.sleep(0.1)
        return busy, garbage() is not None

    gc.disable()
    try:
        with ThreadPoolExecutor(1) as other:  # an event loop may be running in this one
            assert other.submit(lambda: asyncio.run(work())).result() == (True, False)
    finally:
        gc.enable()
