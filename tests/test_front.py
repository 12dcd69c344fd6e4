"""Finished responses: kept while they are true, in codings, and forgotten in time."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard

from kgserver.load import snapshot
from kgserver.serve.app import create_app
from kgserver.serve.front import coding, finished, response, shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}
TEXT = b"A line of text. " * 100
PUBLIC = [("Content-Type", "text/plain"), ("Cache-Control", "public, no-cache")]


class Below:
    """An application that counts how often it is asked, and answers as it is told."""

    def __init__(self, body: Iterable[bytes], headers: list[tuple[str, str]]) -> None:
        self.body, self.headers = body, headers
        self.asked = 0

    def __call__(
        self, _: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer."""
        self.asked += 1
        start_response("200 OK", self.headers)
        return self.body


def kept(body: bytes = TEXT) -> Below:
    """An application whose answer may be kept."""
    length = ("Content-Length", str(len(body)))
    return Below([body], [*PUBLIC, ("ETag", '"one"'), length])


def get(application: finished.Finished, **headers: str) -> response.Response:
    """The answer to a GET with these variables."""
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", **headers}
    return response.ask(application, environ)


def over(below: Below, most: int = 1_000_000) -> finished.Finished:
    """The application with its finished responses kept."""
    return finished.Finished(below, lambda: "the same", most)


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
def test_a_coded_response_is_the_same_text(client: FlaskClient, name: str) -> None:
    """And says in which coding it is; its validator is its own."""
    plain = client.get("/ontology")
    coded = client.get("/ontology", headers={"Accept-Encoding": name})

    assert coded.headers["Content-Encoding"] == name
    assert DECODERS[name](coded.data) == plain.data
    assert len(coded.data) < len(plain.data) / 3
    assert coded.headers["ETag"] == plain.headers["ETag"][:-1] + f'-{name}"'


@pytest.mark.parametrize("name", coding.CODINGS)
def test_a_body_that_breaks_off_has_no_end_in_any_coding(name: str) -> None:
    """What a client holds then can be told from a complete answer."""

    def broken() -> Iterator[bytes]:
        yield TEXT
        raise RuntimeError

    sent = coding.pieces(broken(), name)
    received = next(sent)
    with pytest.raises(RuntimeError):
        next(sent)

    whole = b"".join(coding.pieces([TEXT], name))
    assert whole.startswith(received)
    assert len(received) < len(whole)


def test_the_application_is_asked_once() -> None:
    """For one address, whatever the coding."""
    below = kept()
    application = over(below)
    bodies = [
        get(application, HTTP_ACCEPT_ENCODING=each).whole() for each in ("", "br", "br")
    ]

    assert bodies[0] == TEXT
    assert bodies[1] == bodies[2] != TEXT
    assert below.asked == 1


@pytest.mark.parametrize(
    "variable", ["QUERY_STRING", "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_HOST"]
)
def test_what_decides_an_answer_is_asked_for_anew(variable: str) -> None:
    """Two requests that differ in it never share an answer."""
    below = kept()
    application = over(below)
    for value in ("one", "other"):
        get(application, **{variable: value})

    assert below.asked == 2


@pytest.mark.parametrize(
    "known",
    ['"one"', '"one-br"', 'W/"one"', '"other", "one-gzip"', "*"],
)
def test_a_client_that_holds_it_gets_no_body(known: str) -> None:
    """Whichever coding it holds it in."""
    answer = get(over(kept()), HTTP_IF_NONE_MATCH=known, HTTP_ACCEPT_ENCODING="br")

    assert answer.status == "304 NOT MODIFIED"
    assert answer.whole() == b""
    assert answer.headers["ETag"] == '"one-br"'
    assert "Content-Encoding" not in answer.headers


def test_head_has_the_headers_of_get() -> None:
    """Asked first or after it."""
    for below in (kept(), Below(iter([TEXT]), [*PUBLIC, ("ETag", '"one"')])):
        asked = get(over(below), HTTP_ACCEPT_ENCODING="gzip")
        head = get(over(below), HTTP_ACCEPT_ENCODING="gzip", REQUEST_METHOD="HEAD")

        assert head.headers == asked.headers
        assert head.whole() == b""


def test_what_is_not_public_is_not_kept() -> None:
    """Nor what has a weak validator, or none."""
    tag = ("ETag", '"one"')
    for headers in (
        [("Cache-Control", "no-store"), tag],
        [("Cache-Control", "public"), ("ETag", 'W/"one"')],
        [("Cache-Control", "public")],
    ):
        below = Below([TEXT], [*headers, ("Content-Length", str(len(TEXT)))])
        application = over(below)
        get(application)
        get(application)

        assert below.asked == 2


def test_a_stream_is_sent_as_it_comes() -> None:
    """It is not gathered, and its validator is weak where it is coded."""
    made: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(1_000_000):
            made.append(number)
            yield TEXT

    below = Below(endless(), [*PUBLIC, ("ETag", '"one"')])
    answer = get(over(below), HTTP_ACCEPT_ENCODING="gzip")
    first = next(iter(answer.body))
    answer.close()

    assert first
    assert len(made) <= 2
    assert answer.headers["ETag"] == 'W/"one"'


def test_the_longest_unused_goes_when_the_shelf_is_full() -> None:
    """And what would take a large share of it is not put there."""
    one = shelf.keep(response.ask(kept(), {}))
    full = shelf.Shelf(None, 20 * one.size)
    for number in range(30):
        full.put((str(number),), one)
        full.get(("0",))

    assert full.get(("0",))
    assert not full.get(("1",))
    assert full.get(("29",))
    small = shelf.Shelf(None, 2 * one.size)
    small.put(("0",), one)
    assert not small.get(("0",))


def test_a_new_version_is_seen_at_the_next_request(
    make_folder: Callable[..., Settings],
) -> None:
    """A kept page is forgotten with the version that it showed, and with a finding."""
    text = "@prefix : <http://127.0.0.1:8000/id/> .\n:a :b :c .\n"
    settings = make_folder({"graph/a.ttl": text})
    snapshot.build(settings)
    client = create_app(settings).test_client()
    first, again = client.get("/"), client.get("/")

    make_folder({"graph/a.ttl": text + ":a :b :d .\n"})
    snapshot.build(settings)
    later = client.get("/")
    make_folder({"graph/a.ttl": text + ":a :b\n"})
    snapshot.build(settings)
    warned = client.get("/")

    assert first.data == again.data
    assert len({r.headers["ETag"] for r in (first, later, warned)}) == 3
    assert b"problem" in warned.data


def test_every_answer_is_asked_for_where_nothing_is_kept() -> None:
    """`kept_responses = 0`."""
    below = kept()
    application = over(below, 0)
    get(application)
    get(application)

    assert below.asked == 2
