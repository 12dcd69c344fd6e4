"""The one kind of query that is answered where it comes in: one triple pattern.

What such a query takes is known before it runs. The engine goes along one index of the
store, from the first triple that fits to the last; each is a row of the answer, since
no variable stands twice, nothing is filtered, sorted, grouped or left out, and what is
written is bounded. So it needs no process that can be killed, and is spared the way to
one. Whatever is not plainly of this kind, or gives more, goes that way.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.ask.engine import evaluation
from kgserver.ask.sparql import scan
from kgserver.ask.sparql.query import Question, task
from kgserver.ask.sparql.scan import ElsewhereError
from kgserver.model import media
from kgserver.model.refusal import Refusal

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.protocol import Query
    from kgserver.ask.sparql.scan import Scan
    from kgserver.model.limits import Limits
    from kgserver.model.media import Media

ROWS, SIZE = 200, 64 * 1024  # rows and bytes; an answer of more is none of these
_FEW = 20  # rows of a query that names no thing
_LONGEST = 2_000  # characters of a query that is looked at

# Written strictly, so that what matches holds nothing that the guard would look for,
# and the engine cannot read it otherwise than it is meant here.
_SPACE = r"[ \t\r\n]"
_IRI = r"<[^\x00-\x20<>\"{}|^`\\]*+>"
_NAME = r"(?:[A-Za-z][A-Za-z0-9_-]*+)?:[A-Za-z_][A-Za-z0-9_-]*+"
_VARIABLE = r"[?$][A-Za-z_][A-Za-z0-9_]*+"
_TAG = r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+"
_TEXT = rf'"[^"\\\r\n]*+"(?:{_TAG}|\^\^(?:{_IRI}|{_NAME}))?'
_PREFIX = rf"(?i:PREFIX){_SPACE}++(?:[A-Za-z][A-Za-z0-9_-]*+)?:{_SPACE}*+{_IRI}"
_NODE = rf"{_VARIABLE}|{_IRI}|{_NAME}"
_TERMS = ("s", "p", "o")


def _braced(prefix: str) -> str:
    """One pattern in braces; its terms are groups whose names have the prefix."""
    s, p, o = (f"?P<{prefix}{each}>" for each in _TERMS)
    terms = f"({s}{_NODE}){_SPACE}++({p}a|{_NODE}){_SPACE}++({o}{_NODE}|{_TEXT})"
    return rf"\{{{_SPACE}*+{terms}{_SPACE}*+\.?{_SPACE}*+\}}"


_SHAPE = re.compile(
    rf"{_SPACE}*+(?P<prologue>(?:{_PREFIX}{_SPACE}*+)*+)"
    rf"(?:(?P<ask>(?i:ASK))"
    rf"|(?P<construct>(?i:CONSTRUCT))(?:{_SPACE}*+{_braced('made_')})?"
    rf"|(?i:SELECT){_SPACE}++(?P<select>\*|{_VARIABLE}(?:{_SPACE}++{_VARIABLE})*+))"
    rf"(?P<where>{_SPACE}*+(?<!\w)(?i:WHERE))?{_SPACE}*+{_braced('')}{_SPACE}*+"
    rf"(?:(?i:LIMIT){_SPACE}++(?P<limit>[0-9]{{1,9}}){_SPACE}*+)?(?:\#[^\r\n]*+)?"
)
_VARIABLES = ("?", "$")


def find(query: Query) -> Question | None:
    """The question, if it is of this kind and of no graphs but the default one."""
    if len(query.text) > _LONGEST or query.default_graphs or query.named_graphs:
        return None
    found = _SHAPE.fullmatch(query.text)
    if found is None:
        return None
    terms = found.group(*_TERMS)
    open_ = [term[1:] for term in terms if term[0] in _VARIABLES]
    bounded = found["ask"] or int(found["limit"] or _FEW + 1) <= _FEW
    anchored = terms[0][0] not in _VARIABLES or terms[2][0] not in _VARIABLES
    if len(set(open_)) < len(open_) or not (bounded or anchored):
        return None
    if found["construct"]:
        return Question(query, "CONSTRUCT", ()) if _as_it_is(found) else None
    if found["ask"]:
        return Question(query, "ASK", ())
    asked = scan.read(found["prologue"], found["select"], terms, found["limit"])
    return Question(query, "SELECT", (), scan=asked)


def _as_it_is(found: re.Match[str]) -> bool:
    """Whether a CONSTRUCT makes of each triple that one: written out, or by WHERE."""
    made = found.group(*(f"made_{each}" for each in _TERMS))
    return made == found.group(*_TERMS) or (made[0] is None and bool(found["where"]))


def answer(
    dataset: Dataset, question: Question, form: Media, limits: Limits
) -> Found | None:
    """Answer it; None where that takes more than a moment, or the engine refuses it."""
    size = limits.result_megabytes * 1024 * 1024
    found = Found(min(limits.result_rows or ROWS, ROWS), min(size or SIZE, SIZE))
    plain = question.scan if form is media.JSON else None
    try:
        if not (plain and found.take(plain, dataset)):
            evaluation.write(dataset, task(question, form, limits), found)
    except _ELSEWHERE:
        return None
    return found


class _TooMuchError(Exception):
    """The answer is longer than one of this kind."""


# What is not answered here, for whatever reason; who answers it says why.
_ELSEWHERE = (
    _TooMuchError, Refusal, SyntaxError, OSError, RuntimeError, ValueError,
)  # fmt: skip


class Found:
    """What is found, up to so many rows and bytes."""

    def __init__(self, most: int, size: int) -> None:
        self.body = bytearray()
        self.rows = 0
        self._most, self._size = most, size

    def write(self, data: bytes) -> int:
        """Take some bytes; raises where there get to be too many."""
        self.body += data
        if len(self.body) > self._size:
            raise _TooMuchError
        return len(data)

    def count(self, number: int) -> None:
        """Take note of so many more rows; raises where there get to be too many."""
        self.rows += number
        if self.rows > self._most:
            raise _TooMuchError

    def take(self, scan: Scan, dataset: Dataset) -> bool:
        """Take all that a scan finds; False where that has to come from the engine."""
        try:
            rows = scan.rows(dataset, self._most)
        except ElsewhereError:
            return False
        self.count(len(rows))
        self.write(scan.as_json(rows))
        return True

    def flush(self) -> None:
        """Nothing is held back."""
