"""The rules of `kgserver check`: what each looks for, how it weighs, and why.

`rules.toml` is the table. A problem's code is the name of its rule, or for a family the
name, a colon and which of the family: `check:NAME`.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from kgserver.model.problem import Problem, Severity

_TABLE = Path(__file__).with_name("rules.toml")


class NoRule(Exception):
    """A rule cannot be switched off so: which, why, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `fixed` tells that it cannot be switched off, `fix` that `check --fix` may mend what
    it finds, `family` that its codes have a part of their own behind a colon,
    `passing` that it is about what was done to the files, not about what they say.
    """

    name: str
    severity: Severity
    title: str
    why: str
    remedy: str
    fixed: bool = False
    fix: bool = False
    family: bool = False
    passing: bool = False


@functools.cache
def table() -> Mapping[str, Rule]:
    """Every rule by its name, in the order of the table."""
    read = tomllib.loads(_TABLE.read_text("utf-8"))
    return {name: Rule(name=name, **row) for name, row in read.items()}


def of(code: str) -> Rule:
    """The rule that a problem's code names."""
    return table()[code.partition(":")[0]]


def lasting(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that are found again as long as the files say the same."""
    return tuple(each for each in problems if not of(each.code).passing)


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule, or one of a family, switched off in the files that a glob fits."""

    code: str
    glob: str = "*"

    def covers(self, problem: Problem) -> bool:
        """Whether it switches a problem off."""
        named = f"{problem.code}:".startswith(f"{self.code}:")
        return named and fnmatchcase(problem.file, self.glob)


def exemption(text: str) -> Exemption:
    """What `rule-id`, `rule-id:GLOB` or, of a family, `rule-id:NAME:GLOB` switches off.

    Raises NoRule for a rule that is not there or cannot be switched off.
    """
    name, _, rest = text.strip().partition(":")
    rule = table().get(name)
    if rule is None:
        near = names.nearest(name, table())
        hint = f"Did you mean {near}?" if near else "The README lists all of them."
        raise NoRule(f"there is no rule {name!r}. {hint}")
    if rule.fixed:
        raise NoRule(
            f"the rule {name} cannot be switched off: without what it asks for, the "
            "files cannot be read. Take it away here."
        )
    member, _, glob = rest.partition(":")
    if not rule.family or not member or set("/*?[") & set(member):
        return Exemption(name, rest or "*")
    return Exemption(f"{name}:{member}", glob or "*")


def faults(texts: Iterable[str], checks: Collection[str]) -> Iterator[str]:
    """Why some of the texts switch nothing off; `checks` are those that there are."""
    for text in texts:
        try:
            family, _, member = exemption(text).code.partition(":")
        except NoRule as fault:
            yield str(fault)
            continue
        if family == "check" and member and member not in checks:
            near = names.nearest(member, checks)
            hint = f"Did you mean check:{near}?" if near else "Name one that is there."
            yield f"queries/checks has no {member}.rq. {hint}"
