"""Query results as a table of plain text, aligned also where Chinese stands in it."""

from __future__ import annotations

import json
import unicodedata
from itertools import zip_longest
from typing import TYPE_CHECKING

from kgserver.model import names
from kgserver.model.problem import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDE = {"W", "F"}
_WIDEST = 60


def draw(results: bytes, prefixes: Mapping[str, str]) -> str:
    """SPARQL JSON results as lines of text, with a line that counts the rows."""
    read = json.loads(results)
    if "boolean" in read:
        return "yes" if read["boolean"] else "no"
    head = read["head"]["vars"]
    bindings = read["results"]["bindings"]
    rows = [[_cell(row.get(name), prefixes) for name in head] for row in bindings]
    widths = _widths([head, *rows])
    rule = "  ".join("─" * size for size in widths)
    lines = [_line(head, widths), rule, *(_line(row, widths) for row in rows)]
    return "\n".join([*lines, counted(len(rows), "row")])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines of text whose columns stand below each other."""
    widths = _widths(rows)
    return [_line(row, widths) for row in rows]


def width(text: str) -> int:
    """How many columns of a terminal a text takes (Unicode Annex 11)."""
    return sum(
        0 if unicodedata.combining(c) else
        2 if unicodedata.east_asian_width(c) in _WIDE else 1
        for c in text
    )  # fmt: skip


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    columns = zip_longest(*rows, fillvalue="")
    return [max(map(width, column)) for column in columns]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        text + " " * (size - width(text))
        for text, size in zip(cells, widths, strict=False)
    )
    return "  ".join(padded).rstrip()


def _cell(binding: Mapping[str, str] | None, prefixes: Mapping[str, str]) -> str:
    if binding is None:
        return ""
    text = binding["value"]
    if binding["type"] == "uri":
        return names.shorten(text, prefixes)
    if binding["type"] == "bnode":
        return f"_:{text}"
    flat = " ".join(text.split()) if isinstance(text, str) else json.dumps(text)
    language = binding.get("xml:lang")
    shown = flat if len(flat) <= _WIDEST else flat[: _WIDEST - 1] + "…"
    return f"{shown} @{language}" if language else shown
