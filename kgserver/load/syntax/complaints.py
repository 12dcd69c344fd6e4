"""The parser's complaints as what a maintainer forgot.

The parser names what it did not expect. Each row of `complaints.toml` pairs a complaint
with a code, a sentence and a remedy.
"""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.load.syntax import prefixes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WHERE = re.compile(r"^Parser error .*?(?<=\d): ")
# What Unicode's own name would not tell a writer of files.
_MARK = {"\ufeff": "BYTE ORDER MARK"}
_ANY = {
    "code": "syntax",
    "hint": "Check the punctuation and the quotes around this place.",
}


@functools.cache
def _table() -> Sequence[tuple[re.Pattern[str], Mapping[str, str]]]:
    path = Path(__file__).with_suffix(".toml")
    rows = tomllib.loads(path.read_text("utf-8"))["complaint"]
    return [(re.compile(row["says"]), row) for row in rows]


def words(complaint: str) -> tuple[str, str, str]:
    """The code, the sentence and the remedy for the parser's words."""
    bare = _WHERE.sub("", complaint)
    matched = ((pattern.search(bare), row) for pattern, row in _table())
    found, row = next(((m, row) for m, row in matched if m), (None, _ANY))
    parts = found.groupdict() if found else {}
    if "unseen" in parts:
        parts["unseen"] = _MARK.get(parts["unseen"]) or unicodedata.name(
            parts["unseen"], "a character"
        )
    own = bare if bare[:2].isupper() else bare[:1].lower() + bare[1:]
    said = row["message"].format(**parts) if "message" in row else own
    if row["code"] == "undeclared-prefix":
        return row["code"], said, prefixes.declare(parts["prefix"], ())
    hint = row.get("hint", "").replace("{word}", parts.get("word") or "")
    return row["code"], said, hint
