"""What to take out of a Turtle text, so that a statement or declaration is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.load.layout.tokens import Token

Span = tuple[int, int]

_VALUES = frozenset(("name", "iri", "string", "number", "word", "blank"))


def value(said: Sequence[Token], start: int) -> Span | None:
    """The span that holds the value at a place and what only belongs to it.

    `said` are the tokens that are neither space nor comment. None where the value is no
    single term, or is not found.
    """
    at = next((n for n, token in enumerate(said) if token.start == start), None)
    if at is None or at < 2 or said[at].kind not in _VALUES:
        return None
    last = _last(said, at)
    before, after = said[at - 1].text, _text(said, last + 1)
    if after == ",":
        return said[at].start, said[last + 2].start
    if before == ",":
        return said[at - 2].end, said[last].end
    return _statement(said, at, last)


def _statement(said: Sequence[Token], at: int, last: int) -> Span | None:
    """The property with its one value; the whole statement where it has no other."""
    after, lead = _text(said, last + 1), said[at - 2].text
    if lead == ";":
        return said[at - 3].end, said[last].end
    if after == ";" and _text(said, last + 2) not in (".", "]", ";"):
        return said[at - 1].start, said[last + 2].start
    if after == "." and (at < 3 or said[at - 3].text == "." or _is_declared(said, at)):
        return said[at - 2].start, said[last + 1].end
    return None


def _is_declared(said: Sequence[Token], at: int) -> bool:
    """Whether PREFIX and its two words, without a dot, stand before a statement."""
    return at >= 5 and said[at - 5].text.upper() == "PREFIX"


def _last(said: Sequence[Token], at: int) -> int:
    """The token that a value ends in: its tag, or the name of its datatype."""
    if _text(said, at + 1) == "^^":
        return at + 2
    tagged = at + 1 < len(said) and said[at + 1].kind == "language"
    return at + 1 if tagged else at


def _text(said: Sequence[Token], at: int) -> str:
    return said[at].text if at < len(said) else ""


def line(text: str, span: Span) -> Span:
    """The span, widened to its whole lines where it leaves nothing of them."""
    start, end = span
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop + 1
    if text[begin:start].strip() or text[end:stop].strip():
        return span
    return begin, stop
