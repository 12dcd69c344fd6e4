"""Comments that switch rules off for a line: `# check: ignore rule-id, rule-id`.

Behind something a comment is about its own line; alone on a line, about the next one
that holds more than a comment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.load.doctor import charge
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.outline import Comment
from kgserver.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.doctor.lexemes import Spot, Text
    from kgserver.model.problem import Problem

_FORM = re.compile(r"#+\s*check:\s*ignore\b(?P<rules>.*)")
_SPLIT = re.compile(r"[\s,]+")


def find(text: Text) -> Iterator[Comment | Problem]:
    """The comments of a file that switch rules off, and what is wrong with them."""
    wanted = {each for each in text.comments if _FORM.match(each)}
    for spot in text.spots(wanted):
        found = _FORM.match(spot.text)
        words = _SPLIT.split(found["rules"].strip()) if found else []
        codes = []
        for word in filter(None, words or [""]):
            try:
                codes.append(rule.exemption(word).code)
            except rule.NoRule as fault:
                yield charge.at(_bad(str(fault)), text, spot)
        if not any(words):
            yield charge.at(_bad("it names no rule. Name one."), text, spot)
        if codes:
            place = spot.line, spot.column, text.line(spot.line)
            yield Comment(*place, _covers(text, spot), tuple(codes))


def _bad(fault: str) -> Charge:
    why, _, hint = fault.partition(". ")
    return Charge("bad-ignore", f"the comment switches nothing off: {why}", hint)


def _covers(text: Text, spot: Spot) -> int:
    """The line that a comment is about."""
    if text.line(spot.line)[: spot.column - 1].strip():
        return spot.line
    number = spot.line + 1
    while (line := text.line(number).lstrip()) == "" or line[0] == "#":
        if number > spot.line + _FAR:
            return spot.line
        number += 1
    return number


# How many lines of comment may stand between one and what it is about.
_FAR = 50
