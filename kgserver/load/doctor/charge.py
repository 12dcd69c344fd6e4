"""What is held against a lexeme, and how it becomes problems at its places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kgserver.model import rule
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kgserver.load.doctor.lexemes import Spot, Text

MOST = 20
"""How many problems of one rule are told of a file; the last says how many more."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What is wrong, by which rule, what to do, and what surely belongs there."""

    code: str
    message: str
    hint: str
    instead: str | None = None


def problem(charge: Charge, path: str, place: tuple[int, int], text: str) -> Problem:
    """A charge as a problem at a line and column of a file, with the line's text."""
    severity = rule.of(charge.code).severity
    return Problem(
        path, *place, severity, charge.code, charge.message, charge.hint, text,
        charge.instead,
    )  # fmt: skip


def at(charge: Charge, text: Text, spot: Spot) -> Problem:
    """A charge as a problem at a place of a text."""
    return problem(charge, text.path, (spot.line, spot.column), text.line(spot.line))


def everywhere(text: Text, charges: Mapping[str, Iterable[Charge]]) -> list[Problem]:
    """The charges against lexemes, at every place where these stand."""
    return [
        at(charge, text, spot)
        for spot in text.spots(charges.keys())
        for charge in charges[spot.text]
    ]


def limited(problems: Iterable[Problem]) -> Iterator[Problem]:
    """No more than a few of each rule; the last of them says how many are left out."""
    by_code: dict[str, list[Problem]] = {}
    for each in problems:
        by_code.setdefault(each.code, []).append(each)
    for found in by_code.values():
        found.sort()
        more = len(found) - MOST
        yield from found[: MOST - 1] if more > 0 else found
        if more > 0:
            last = found[MOST - 1]
            said = f"{last.message} (and {more:,} more like it in this file)"
            yield replace(last, message=said)
