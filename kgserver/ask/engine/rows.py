"""Rows are counted in the bytes of an answer, exactly, while these go by.

The engine writes rows faster than any loop in Python could; what is counted are marks
that its formats cannot hold elsewhere. A JSON row without any value is the one thing
that is not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kgserver.ask.engine import unwritable
from kgserver.model import media

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Count = Callable[[bytes], int]


class Output(Protocol):
    """Where an answer goes."""

    def write(self, data: bytes) -> int:
        """Take some bytes of the answer."""

    def count(self, number: int) -> None:
        """Take note of so many more rows or triples."""


class _Marks:
    """Counts a mark that may be cut in two by the end of a piece."""

    def __init__(self, mark: bytes, already: int = 0) -> None:
        self._mark, self._tail, self._already = mark, b"", already

    def __call__(self, data: bytes) -> int:
        held = self._tail + data
        self._tail = held[-len(self._mark) + 1 :]
        found, self._already = held.count(self._mark) + self._already, 0
        return found


class _CsvLines:
    """Counts ends of lines outside of quoted values; the first line is the header."""

    def __init__(self) -> None:
        self._quoted, self._already = False, -1

    def __call__(self, data: bytes) -> int:
        parts = data.split(b'"')
        outside = parts[1 if self._quoted else 0 :: 2]
        self._quoted ^= len(parts) % 2 == 0
        found = sum(part.count(b"\n") for part in outside) + self._already
        self._already = min(found, 0)
        return max(found, 0)


def _either(one: Count, other: Count) -> Count:
    """Counts what one or the other counts."""
    return lambda data: one(data) + other(data)


# A quote inside a JSON text is escaped, so that its marks stand only before rows.
_COUNTS: Mapping[str, Callable[[], Count]] = {
    media.JSON.type: lambda: _either(_Marks(b'[{"'), _Marks(b'},{"')),
    media.XML.type: lambda: _Marks(b"<result>"),
    media.CSV.type: _CsvLines,
    media.TSV.type: lambda: _Marks(b"\n", -1),
}


class Mended:
    """An output for XML, in which a carriage return is written as a reference.

    A parser would give it back as a line feed (XML 1.0, §2.11). What XML cannot hold in
    any way raises NotAcceptable.
    """

    def __init__(self, output: Output) -> None:
        self._output = output

    def write(self, data: bytes) -> int:
        """Take some bytes of the answer."""
        unwritable.check_xml(data)
        self._output.write(data.replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""

    def count(self, number: int) -> None:
        """Hand on how many there are."""
        self._output.count(number)


class Counting:
    """An output for the engine: counts rows, mends XML, hands everything on."""

    def __init__(self, output: Output, form: str) -> None:
        self._count = _COUNTS[form]()
        self._output = Mended(output) if form == media.XML.type else output

    def write(self, data: bytes) -> int:
        """Take some bytes of the answer."""
        found = self._count(data)
        if found:
            self._output.count(found)
        self._output.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""
