"""The style of a Turtle file: the same tokens, laid out so that a line says one thing.

A statement begins at the margin, each of its properties on a line of its own, four
columns in; values that go on in the next line stand eight columns in. A space stands
before `;` `,` and `.`. Line breaks behind a subject, behind a comma and in brackets and
lists are kept where they were, and none is made; a bracket or list over several lines
closes on a line of its own. One blank line at most. A comment keeps its line, or stands
two spaces behind what it follows. Nothing but white space changes: names, numbers and
texts stay letter for letter, and so does the order of everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load.layout import items, tokens
from kgserver.load.layout.items import Item

if TYPE_CHECKING:
    from collections.abc import Iterable

# the directives that no dot ends, and how many tokens follow them (Turtle §6.5)
_UNENDED = {"prefix": 2, "base": 1}
# where in a statement the next token stands
_SUBJECT, _PREDICATE, _OBJECT, _BEHIND, _DIRECTIVE = range(5)


class UnstableError(Exception):
    """The style would have changed more than white space: a fault of ours."""


@dataclass(slots=True)
class _Frame:
    """What is open: a statement, `[` or `(`; where its lines and its end stand."""

    kind: str
    indent: int
    close: int
    wide: bool
    role: int


def formatted(text: str) -> str:
    """A Turtle document in the style; it must be RDF 1.1 without syntax faults.

    Raises UnstableError where the result would hold other tokens than the text.
    """
    laid = _Sheet().laid(items.items(tokens.tokenise(text)))
    if _substance(laid) != _substance(text):
        msg = "The style would change what the file says, so the file is left as it is."
        raise UnstableError(msg)
    return _with_ending(laid, "\r\n") if _ends_in_crlf(text) else laid


class _Sheet:
    """A page while it is being filled."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = ""
        self.frames = [_Frame("", 4, 0, wide=True, role=_SUBJECT)]
        self.before = Item("", "", 0)
        self.left = 0

    def laid(self, found: Iterable[Item]) -> str:
        """All items on the page."""
        for item in found:
            if item.kind == "comment":
                self._comment(item)
            else:
                self._set(item)
            self.before = item
        if self.line:
            self._break(0)
        return "".join(self.lines)

    def _comment(self, item: Item) -> None:
        if self.line and not item.breaks and self.before.kind != "comment":
            self.line += "  " + item.text
            return
        frame = self.frames[-1]
        indent = frame.indent + 4 * (frame.role == _OBJECT)
        self._break(0 if frame.role == _SUBJECT else indent, item)
        self.line += item.text

    def _set(self, item: Item) -> None:
        """Put an item where it belongs and note what may follow it."""
        if item.kind in items.GLUED:
            self.line += item.text
            return
        mark = item.text if item.kind == "mark" else ""
        if mark in items.ENDS:
            self._end(item)
        elif mark in items.CLOSING:
            self._close(item)
        else:
            self._before(item)
            if mark in items.OPENING:
                self._open(item)
            else:
                self.line += item.text
                self._advance(item)

    def _before(self, item: Item) -> None:
        """The space or line break before a term."""
        frame, before = self.frames[-1], self.before
        if before.kind == "comment" or frame.role == _SUBJECT:
            self._break(self._indent(frame), item)
        elif before.kind == "mark" and before.text in items.OPENING:
            if before.wide:
                self._break(frame.indent)
            elif not before.empty:
                self.line += " "
        elif frame.wide and self._breaks(item, frame):
            self._break(self._indent(frame), item)
        else:
            self.line += " "

    def _breaks(self, item: Item, frame: _Frame) -> bool:
        """Whether a line break stands before a term of an open frame."""
        if frame.role == _PREDICATE:
            return self.before.text == ";" or item.breaks > 0
        if frame.kind == "(":
            return item.breaks > 0
        return self.before.text == "," and item.breaks > 0

    def _indent(self, frame: _Frame) -> int:
        if frame.role == _SUBJECT:
            return 0
        goes_on = frame.role in (_OBJECT, _BEHIND) and frame.kind != "("
        return frame.indent + 4 * goes_on

    def _end(self, item: Item) -> None:
        """Put `;` `,` or `.`"""
        frame = self.frames[-1]
        if self.before.text == ";" and item.text == "." and self.before.kind == "mark":
            self._break(frame.indent)
            self.line += "."
        else:
            self.line += " " + item.text
        if item.text == ".":
            frame.role = _SUBJECT
        else:
            frame.role = _OBJECT if item.text == "," else _PREDICATE

    def _open(self, item: Item) -> None:
        frame = self.frames[-1]
        base = 0 if frame.role == _SUBJECT else frame.indent
        base = max(base, len(self.line) - len(self.line.lstrip()))
        role = _PREDICATE if item.text == "[" else _BEHIND
        self.frames.append(_Frame(item.text, base + 4, base, item.wide, role))
        self.line += item.text

    def _close(self, item: Item) -> None:
        frame = self.frames.pop()
        if item.wide:
            self._break(frame.close)
        elif not item.empty:
            self.line += " "
        self.line += item.text
        self._advance(item)

    def _advance(self, item: Item) -> None:
        """Note that a term is complete."""
        frame = self.frames[-1]
        if frame.kind == "(":
            return
        if frame.role == _SUBJECT:
            self._begin(item, frame)
        elif frame.role == _DIRECTIVE:
            self.left -= 1
            frame.role = _DIRECTIVE if self.left else _SUBJECT
        else:
            frame.role = _OBJECT if frame.role == _PREDICATE else _BEHIND

    def _begin(self, item: Item, frame: _Frame) -> None:
        """Note what kind of statement begins; one with @ ends at its dot."""
        self.left = _UNENDED.get(item.text.lower(), 0) if item.kind == "word" else 0
        directive = item.kind == "directive" or self.left
        frame.role = _DIRECTIVE if directive else _PREDICATE

    def _break(self, indent: int, item: Item | None = None) -> None:
        """End the line; a blank one follows where one stood before the item."""
        if not self.before.kind:
            return
        self.lines.append(self.line.rstrip() + "\n")
        opened = self.before.kind == "mark" and self.before.text in items.OPENING
        if item and item.breaks > 1 and not opened:
            self.lines.append("\n")
        self.line = " " * indent


def _substance(text: str) -> tuple[list[str], list[str]]:
    """What must stay: the tokens, and the comments, each in their order."""
    written = tokens.tokenise(text)
    said = [token.text for token in written if token.kind not in tokens.SILENT]
    return said, [t.text.rstrip() for t in written if t.kind == "comment"]


def _ends_in_crlf(text: str) -> bool:
    """Whether lines end as they do on Windows: as the first one does."""
    return "\n" in text and text[: text.index("\n") + 1].endswith("\r\n")


def _with_ending(text: str, ending: str) -> str:
    """The text with another line end wherever it is not inside a token."""
    return "".join(
        token.text.replace("\n", ending) if token.kind == "space" else token.text
        for token in tokens.tokenise(text)
    )
