"""What was found wrong with the files, weighed by what the settings make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kgserver.load import sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kgserver.model.manifest import Source
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings


def of_files(
    settings: Settings, files: Sequence[Source], read: Iterable[Problem]
) -> list[Problem]:
    """What is wrong with the folder, and what reading its files brought to light.

    Where nothing is concluded, an ill-typed literal is only odd: it contradicts nothing
    before datatypes are interpreted (RDF 1.1 Semantics, §7).
    """
    problems = sources.problems(settings, files)
    for each in read:
        odd = each.code == "ill-typed" and settings.reasoning == "none"
        problems.append(replace(each, severity="warning") if odd else each)
    return problems


def any_fatal(problems: Iterable[Problem]) -> bool:
    """Whether one of them keeps a version out of service."""
    return any(problem.fatal for problem in problems)
