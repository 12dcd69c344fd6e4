"""A file as its lines, handed to the parser one a read and counted.

The number of lines handed out when a quad appears is the line on which that quad's
object stands.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.layout import tokens
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

_STRING = names.XSD + "string"
# How many lines of comment may stand between a text and the next token.
_BACK = 20
# How many lines may say nothing before it is looked whether a text is open.
_IDLE = 200


class Lines(io.RawIOBase):
    """A file that hands out its lines one a read, and counts them.

    An open text would be scanned anew with each line that the parser is given; so
    where many lines say nothing, the file is ended if a text is open in it.
    """

    def __init__(self, lines: Sequence[bytes], *, texts: bool) -> None:
        self.lines = lines
        self.texts = texts
        self.ended = False
        self.idle = 0
        self.count = 0
        self.fresh = False
        self.rest = b""

    def readable(self) -> bool:
        """A raw stream must say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next line, in pieces if it is longer than the parser's buffer."""
        if not self.rest and not self.ended and self.count < len(self.lines):
            self.rest = self.lines[self.count]
            self.count += 1
            self.idle += 1
            if self.idle == _IDLE and self.texts and _is_open(self.lines):
                self.ended, self.rest = True, b""
            self.fresh = True
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece

    def line_of(self, term: object) -> int:
        """The line of the object just read.

        A plain text is known to have ended only when the next token is seen, which may
        stand on a later line; then the line is the last one that holds the text.
        """
        line, fresh = self.count, self.fresh
        self.fresh, self.idle = False, 0
        if fresh and isinstance(term, ox.Literal) and term.datatype.value == _STRING:
            text = term.value.rpartition("\n")[2].encode()
            for number in range(line, max(line - _BACK, 0), -1):
                if text in self.lines[number - 1]:
                    return number
        return line


def _is_open(lines: Sequence[bytes]) -> bool:
    """Whether a text over several lines is not closed before the file ends."""
    written = tokens.tokenise(tokens.decode(b"".join(lines)))
    return any(token.kind == "open" for token in written)
