"""The cells of a CSV table, read strictly: what is not surely meant so is refused.

RFC 4180, with a delimiter that may be another one, as spreadsheets write it where the
comma is in numbers. https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_DELIMITERS = (",", ";", "\t")
# What a spreadsheet writes where it could not work a cell out.
_FAILED = re.compile(r"#(?:REF|VALUE|NAME|DIV/0|NUM|NULL|N/A|SPILL|CALC)[!?]?")
_FORMULA = re.compile(r"=\s*[A-Za-z+\-(@\"$]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class BadMapping(Exception):
    """A mapping or table that cannot be used: what, where, and what to do."""


def rows(
    table: Path, delimiter: str, wanted: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows by the names of their columns, each with the line that it begins on.

    Rows without anything in them are passed over. Raises BadMapping.
    """
    lines = io.StringIO(_decoded(table), newline="")
    between = delimiter or _delimiter(lines.readline(), wanted)
    lines.seek(0)
    reader = csv.reader(lines, delimiter=between, strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for row in reader:
            begins, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = _header(table, begins, row)
                continue
            yield begins, _named(f"{table}:{begins}", header, row)
    except csv.Error as fault:
        msg = f"{table}:{line}: a quote is not closed, or stands inside a cell: {fault}"
        raise BadMapping(msg) from fault


def odd(row: Mapping[str, str]) -> Iterator[str]:
    """What is hardly meant as it stands in a row."""
    for name, cell in row.items():
        if _FORMULA.match(cell):
            yield (
                f"{name} holds {cell}, which looks like a formula; save the values of "
                "the sheet in its place"
            )


def _decoded(table: Path) -> str:
    try:
        data = table.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as fault:
        msg = f"{table} cannot be read: {fault.strerror}"
        raise BadMapping(msg) from fault
    except UnicodeDecodeError as fault:
        what = "is UTF-16" if data.startswith(_UTF_16) else "is not UTF-8"
        line = data.count(b"\n", 0, fault.start) + 1
        how = "save it as UTF-8 (in Excel: “CSV UTF-8”)"
        msg = f"{table}:{line}: the table {what}; {how}, so that no letter is lost"
        raise BadMapping(msg) from fault


def _delimiter(head: str, wanted: Sequence[str]) -> str:
    """What stands between the names of the columns that are wanted, if any are."""

    def fitting(delimiter: str) -> int:
        found = next(csv.reader([head], delimiter=delimiter), [])
        return len({name.strip() for name in found} & set(wanted or found))

    return max(_DELIMITERS, key=fitting)


def _header(table: Path, line: int, row: Sequence[str]) -> list[str]:
    header = [name.strip() for name in row]
    for name in header:
        if name and header.count(name) > 1:
            msg = f"{table}:{line}: two columns are called {name}; rename one of them"
            raise BadMapping(msg)
    return header


def _named(place: str, header: Sequence[str], row: Sequence[str]) -> Mapping[str, str]:
    if any(cell.strip() for cell in row[len(header) :]):
        msg = (
            f"{place}: the row has {len(row)} cells, the header {len(header)}; quote "
            "the cell that holds a delimiter"
        )
        raise BadMapping(msg)
    filled = [*row, *[""] * (len(header) - len(row))]
    cells = {name: cell for name, cell in zip(header, filled, strict=False) if name}
    for name, cell in cells.items():
        control = _CONTROL.search(cell)
        if control or _FAILED.fullmatch(cell.strip()):
            what = f"U+{ord(control[0]):04X}" if control else cell.strip()
            msg = f"{place}: {name} holds {what}; mend the cell, or empty it"
            raise BadMapping(msg)
    return cells
