"""The SPARQL Protocol: what came over the wire becomes a Query, or is refused.

No server and no store: a Message holds what matters of a request, whatever framework it
came through. Section numbers are those of the SPARQL 1.1 Protocol. HTTP QUERY (RFC 9110
has the other methods) is a safe POST: what it may carry is what a POST may carry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from kgserver.ask import editions
from kgserver.model.refusal import (
    BadRequest,
    MethodNotAllowed,
    NotImplementedHere,
    UnsupportedMedia,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# How a client may name its query: long enough that nobody guesses it.
_NAME = re.compile(r"[A-Za-z0-9_.~\-]{16,64}")
# What a parameter may say of the form for people, which asks nothing.
_OF_THE_PAGE = frozenset(["lang", "version"])
METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")
_FORM = "application/x-www-form-urlencoded"
_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
# What a body may be, for the Accept-Query header of a response.
_BODIED = frozenset(["POST", "QUERY"])
# The versions of the language that a client may say it speaks (SPARQL 1.2 Protocol).
VERSIONS = ("1.0", "1.1", "1.2-basic", "1.2")
# More parameters than any dataset has graphs to be named.
_PARAMETERS = 5_000
_NO = frozenset(["", "0", "false", "no"])
_READ_ONLY = "The graph is edited as Turtle files; this endpoint only reads it."


@dataclass(frozen=True, slots=True)
class Message:
    """What a request says: method, content type, query string, body.

    `name` is what the header Query-Id calls its query.
    """

    method: str
    content_type: str
    query_string: str
    body: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """One query, and the dataset that the protocol names for it (§2.1.4).

    `format` is what a client asks for in the address, in place of an Accept header;
    `explain` asks why there is no answer, in place of the answer; `asserted` leaves
    out what follows from what the files say. `seconds` is less time than the server
    would give, 0 for all of it; `name` is what its client calls it, to cancel it by;
    `edition` tells whether it names a version of the data.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    explain: bool = False
    asserted: bool = False
    seconds: float = 0.0
    name: str = ""
    edition: bool = False


def read(message: Message) -> Query | None:
    """The query that a message carries; None where it carries none and no part of one.

    Raises a Refusal where the message is not one of the three operations (§2.1).
    """
    if message.method not in METHODS:
        raise MethodNotAllowed(message.method, list(METHODS))
    given = _held(message)
    if "update" in given:
        raise NotImplementedHere("Updates are not taken.", _READ_ONLY)
    versions = given.get("version", ())
    # a number, or a name that begins with one, means a version of the data
    _check_version([each for each in versions if not editions.is_name(each)])
    if message.method not in _BODIED and given.keys() <= _OF_THE_PAGE:
        return None
    texts = given.get("query", ())
    if len(texts) != 1:
        said = "no query" if not texts else f"{len(texts)} queries"
        raise BadRequest(
            f"The request holds {said}.", "Send exactly one parameter named query."
        )
    return Query(
        texts[0],
        tuple(given.get("default-graph-uri", ())),
        tuple(given.get("named-graph-uri", ())),
        (given.get("format") or given.get("output") or ("",))[0],
        any(value not in _NO for value in given.get("explain", ())),
        "1" in given.get("asserted", ()),
        _seconds(given.get("timeout", ())),
        named(given.get("id", ("",))[0] or message.name),
        any(map(editions.is_name, versions)),
    )


def _held(message: Message) -> Mapping[str, Sequence[str]]:
    """The parameters of a message, each with its values, wherever they stand."""
    given = _pairs(message.query_string)
    if message.method in _BODIED:
        given += _from_body(message)
    held: dict[str, list[str]] = {}
    for name, value in given:
        held.setdefault(name, []).append(value)
    return held


def named(name: str) -> str:
    """A name that a client gives its query; raises BadRequest where it is no good."""
    if name and not _NAME.fullmatch(name):
        raise BadRequest(
            f"{name[:80]!r} is no name for a query.",
            "Take 16 to 64 letters, digits, - . _ ~ that nobody guesses: a UUID.",
        )
    return name


def _seconds(given: Sequence[str]) -> float:
    """What the parameter timeout says; 0 where it is not given."""
    if not given or not given[0]:
        return 0.0
    try:
        seconds = float(given[0])
    except ValueError:
        seconds = 0.0
    if not 0.001 <= seconds <= 1e6:
        raise BadRequest(
            f"timeout={given[0][:40]} is no number of seconds.", "Write timeout=2.5."
        )
    return seconds


def _from_body(message: Message) -> list[tuple[str, str]]:
    """The parameters that a POST carries in its body (§2.1.2, §2.1.3)."""
    kind, _, parameters = message.content_type.partition(";")
    kind = kind.strip().lower()
    charset = _parameter(parameters, "charset")
    _check_version([version] if (version := _parameter(parameters, "version")) else [])
    if charset not in {"", "utf-8", "utf8"}:
        raise UnsupportedMedia(
            f"The body is in {charset}.", "Send it as UTF-8, the one charset read here."
        )
    if kind == _FORM:
        return _pairs(_decoded(message.body))
    if kind == _QUERY:
        return [("query", _decoded(message.body))]
    if kind == _UPDATE:
        raise NotImplementedHere("Updates are not taken.", _READ_ONLY)
    raise UnsupportedMedia(
        f"A body of type {kind or 'no stated type'} is not read here.",
        f"Send a query as {_QUERY}, or a form as {_FORM}.",
    )


def _parameter(parameters: str, name: str) -> str:
    """A parameter of a media type, in lower case; empty where it is not given."""
    pairs = (each.partition("=") for each in parameters.lower().split(";"))
    return next((v.strip().strip('"') for k, _, v in pairs if k.strip() == name), "")


def _check_version(asked: Sequence[str]) -> None:
    for version in asked:
        if version not in VERSIONS:
            raise BadRequest(
                f"SPARQL {version} is not spoken here.",
                f"Name one of {', '.join(VERSIONS)}, or no version.",
            )


def _pairs(text: str) -> list[tuple[str, str]]:
    if text.count("&") >= _PARAMETERS:
        said = f"The request has more than {_PARAMETERS} parameters."
        raise BadRequest(said, "Leave out what is not needed.")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError) as fault:
        raise BadRequest(
            "A parameter is not UTF-8.", "Percent-encode the UTF-8 bytes."
        ) from fault


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise BadRequest(
            f"The body is not UTF-8: byte {fault.start} fits nowhere.",
            "Send the query as UTF-8.",
        ) from fault
