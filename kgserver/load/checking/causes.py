"""Findings that come of one cause, told as one.

A wrong name or namespace makes shapes and checks complain of all that it stands in, in
words that do not name the mistake. So the place of the mistake is told, as heavy as
what comes of it, and the rest waits until it is mended.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kgserver.model import rule

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from kgserver.model.problem import Problem

# Rules that speak in the folder's own words.
_OWN = frozenset(("check", "shape", "contradiction"))
# Rules of names that are not there, each told where it is written first.
_ONCE = frozenset(("undefined-term", "unknown-term", "dangling-link"))
# Rules of namespaces that are likely miswritten; of the first, where one file has it.
_DIFFERS = "prefix-differs"
_NAMESPACE = frozenset((_DIFFERS, "wrong-namespace", "ending-twin", "scheme-twin"))
# What else may come of a namespace, in any file.
_OF_NAMES = _ONCE | {"missing-label", "vanished-iri"}
# So many letters side by side may differ in a slip of the hand.
_SLIP = 3
_DECLARED = re.compile(r"(\S*):\s*<([^<>]*)>")
# A name or IRI, of which the last part is what texts about it name, too.
_TERM = re.compile(r"<?(?:[^\s<>:]*:)?(?:[^\s<>]*[/#])?([\w.%-]+\w)")


def _is_own(problem: Problem) -> bool:
    return rule.of(problem.code).name in _OWN


def joined(problems: Sequence[Problem], alone: AbstractSet[str]) -> list[Problem]:
    """The problems, where the folder's own words and the doctor's are of one thing.

    Those of the folder stay, at the doctor's place and with its remedy in front. What
    else they say of a line with a name that is not there is told when that is mended;
    so is what is said of names by a prefix whose namespace is likely miswritten.
    `alone` are the namespaces that one file alone declares.
    """
    problems = _at_namespaces(problems, alone)
    own = [each for each in problems if _is_own(each)]
    kept: list[Problem] = []
    for each in problems:
        if _is_own(each):
            continue
        same = [other for other in own if _is_one(each, other)]
        if not same:
            kept.append(each)
            continue
        first = min(same, key=lambda other: other.code)
        alike = {other for other in same if other.message == first.message}
        blamed = _merged(each, first)
        alike |= {other for other in own if _follows(other, blamed, each.code)}
        own = [*(other for other in own if other not in alike), blamed]
    return kept + own


def _merged(odd: Problem, own: Problem) -> Problem:
    near = odd.hint.startswith("Did you mean")
    return replace(
        own,
        line=odd.line,
        column=odd.column,
        excerpt=odd.excerpt,
        hint=odd.hint if near else own.hint,
        instead=odd.instead,
    )


def _follows(other: Problem, blamed: Problem, code: str) -> bool:
    """Whether a finding is of a line whose name is blamed already, and no heavier."""
    if code not in _ONCE or other.file != blamed.file or (other.fatal > blamed.fatal):
        return False
    named = _TERM.match(blamed.excerpt, blamed.column - 1)
    lexeme = rf"(?<![\w:.-]){re.escape(named[0])}(?![\w-])" if named else r"(?!)"
    return re.search(lexeme, other.excerpt) is not None


def _is_one(odd: Problem, own: Problem) -> bool:
    """Whether a check or shape speaks of the very thing that the doctor finds odd.

    It names the same term, or has the name of the doctor's rule. A term that is not
    there is told once of a file, so that it may be of another line.
    """
    if odd.fatal or not odd.line or odd.file != own.file:
        return False
    if odd.line == own.line and own.code.partition(":")[2] == odd.code:
        return True
    named = _TERM.match(odd.excerpt, odd.column - 1)
    if named is None or named[1] not in own.message:
        return False
    return odd.line == own.line or (odd.code in _ONCE and f"{named[1]}>" in own.message)


def _at_namespaces(
    problems: Sequence[Problem], alone: AbstractSet[str]
) -> Sequence[Problem]:
    """The problems, where those that a miswritten namespace makes are told there."""
    for odd in [each for each in problems if each.code in _NAMESPACE]:
        waiting = _waiting(odd, problems, alone)
        if any(_is_own(each) and each.file == odd.file for each in waiting):
            kept = {*problems} - {odd, *waiting}
            problems = [_before(odd, waiting), *(p for p in problems if p in kept)]
    return problems


def _waiting(
    odd: Problem, problems: Sequence[Problem], alone: AbstractSet[str]
) -> list[Problem]:
    """What is said of names by a prefix whose namespace is likely miswritten."""
    declared = _DECLARED.search(odd.excerpt)
    if declared is None or (odd.code == _DIFFERS and declared[2] not in alone):
        return []
    prefix, namespace = map(re.escape, declared.groups())
    named = re.compile(rf"(?<![\w:.-]){prefix}:|{namespace}")
    found = [each for each in problems if _is_own(each) or each.code in _ONCE]
    by_name = [e for e in found if named.search(f"{e.message} {e.hint} {e.excerpt}")]
    if by_name and _is_slip(declared[2], odd):
        return [e for e in problems if _is_own(e) or e.code in _OF_NAMES]
    return by_name


def _is_slip(namespace: str, odd: Problem) -> bool:
    """Whether a namespace is another one but for a few letters at one place.

    Then the file says nothing of what it was to say, and what checks find in any file
    waits as it does where a file cannot be read.
    """
    meant = re.findall(r"<([^<>]*)>", f"{odd.message} {odd.hint}")
    return any(_apart(namespace, each) <= _SLIP for each in meant if each != namespace)


def _apart(one: str, other: str) -> int:
    """How many letters stand between what two texts begin and end with alike."""
    ahead = _alike(one, other)
    behind = _alike(one[ahead:][::-1], other[ahead:][::-1])
    return max(len(one), len(other)) - ahead - behind


def _alike(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    pairs = itertools.takewhile(
        lambda pair: pair[0] == pair[1], zip(one, other, strict=False)
    )
    return sum(1 for _ in pairs)


def _before(odd: Problem, waiting: Sequence[Problem]) -> Problem:
    """A miswritten namespace, as heavy as what will likely go when it is mended."""
    fatal = any(each.fatal for each in waiting)
    more = f"(further findings that likely come of it: {len(waiting):,})"
    return replace(
        odd,
        severity="error" if fatal else odd.severity,
        message=f"{odd.message} {more}",
    )
