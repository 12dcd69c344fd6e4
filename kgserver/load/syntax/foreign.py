"""What a file is that is no RDF, whatever its name says: told once, in place of faults.

It is asked only of a file that could not be read, and answered by how the file begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.load.syntax import faults
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNPACK = "Unpack it and put what is in it into its place."
_MOVE = "Move it out of the folder; Turtle is text."
_FETCH = "Fetch it again, from git or a copy."
_SAVE = "Save it as UTF-8."
# How a file begins, what it is, what to do; longer beginnings stand first.
_BINARY: Sequence[tuple[bytes, str, str]] = (
    (b"\x1f\x8b", "it is compressed with gzip", _UNPACK),
    (b"BZh", "it is compressed with bzip2", _UNPACK),
    (b"\xfd7zXZ", "it is compressed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "it is compressed with zstd", _UNPACK),
    (b"PK\x03\x04", "it is a ZIP archive, or a document that is one", _UNPACK),
    (b"\x89PNG", "it is a picture", _MOVE),
    (b"\xff\xd8\xff", "it is a picture", _MOVE),
    (b"GIF8", "it is a picture", _MOVE),
    (b"%PDF", "it is a PDF", _MOVE),
    (b"SQLite format 3", "it is a database", _MOVE),
    (
        b"\0" * 16,
        "it is filled with zeros, as a crash or a full disk leaves it",
        _FETCH,
    ),
)
_ENCODED: Sequence[tuple[bytes, str]] = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_WRITTEN: Sequence[tuple[re.Pattern[bytes], str, str]] = (
    (
        re.compile(rb"\s*<(!doctype html|html)\b", re.IGNORECASE),
        "it is a page in HTML, as a download that went wrong leaves it",
        "Fetch the file again, asking for text/turtle.",
    ),
    (
        re.compile(rb"\s*<(\?xml|rdf:RDF)\b"),
        "it is XML",
        "Name a file in RDF/XML .rdf.",
    ),
    (
        re.compile(rb"\s*(\{|\[\s*\{)\s*\""),
        "it is JSON",
        "Name a file in JSON-LD .jsonld.",
    ),
)
_CONFLICT = re.compile(rb"^<<<<<<< ")
# How much of a file is looked at for what no text holds.
_HEAD = 8_000


def recognised(path: str, data: bytes, lines: Sequence[bytes]) -> list[Problem]:
    """What a file is that could not be read, or the conflicts in it, if any."""
    nature = _nature(data)
    if nature:
        what, hint = nature
        code = "not-utf-8" if hint == _SAVE else "not-rdf"
        said = f"the file cannot be read: {what}"
        return [Problem(path, 0, 0, "error", code, said, hint)]
    return list(_conflicts(path, lines))


def _nature(data: bytes) -> tuple[str, str] | None:
    """What a file is, and what to do with it."""
    for beginning, what, hint in _BINARY:
        if data.startswith(beginning):
            return what, hint
    encoding = _encoding(data[:_HEAD])
    if encoding:
        return f"it is in {encoding}", _SAVE
    if b"\0" in data[:_HEAD] and not _is_text(data):
        return "it is binary", _MOVE
    for form, what, hint in _WRITTEN:
        if form.match(data):
            return what, hint
    return None


def _encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark names, or each second byte being zero."""
    for mark, encoding in _ENCODED:
        if head.startswith(mark):
            return encoding
    zeros = (head[::2].count(0), head[1::2].count(0))
    most, least = max(zeros), min(zeros)
    return "UTF-16" if len(head) > 1 and most > len(head) / 4 > least * 8 else None


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _conflicts(path: str, lines: Sequence[bytes]) -> Iterator[Problem]:
    """The conflicts of a merge that are not resolved, each where it begins."""
    for number, line in enumerate(lines, 1):
        if _CONFLICT.match(line):
            yield Problem(
                path,
                number,
                1,
                "error",
                "merge-conflict",
                "a conflict of git begins here and is not resolved",
                "Keep one of the two sides, or both, and take the lines of marks away.",
                faults.excerpt(lines, number),
            )
