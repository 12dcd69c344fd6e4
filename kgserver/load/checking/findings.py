"""What was found wrong with the files, weighed by what the settings make of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from kgserver.load import positions, sources, versions
from kgserver.load.checking import causes
from kgserver.load.doctor import charge
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.folder import across
from kgserver.load.doctor.folder.files import File
from kgserver.load.syntax import prefixes
from kgserver.model import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kgserver.load.doctor.outline import Comment
    from kgserver.load.positions import Notes
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Source
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

_LACKS = re.compile(r"the prefix (\S*): is not declared$")


class Findings:
    """The problems of a folder, gathered stage by stage.

    What the settings or a comment on the line switch off is left out. `noted` are what
    the files said, each beside its source.
    """

    def __init__(
        self,
        settings: Settings,
        files: Sequence[Source],
        noted: Sequence[Reading | Notes],
    ) -> None:
        self._settings = settings
        self._exempt = tuple(map(rule.exemption, settings.ignore))
        self._comments = {
            source.path: each.outline.comments
            for source, each in zip(files, noted, strict=True)
            if each.outline.comments
        }
        self._hit: set[tuple[str, Comment]] = set()
        self._held: list[Problem] = []
        declared = Counter(space for each in noted for space in each.prefixes.values())
        self._alone = frozenset(space for space, n in declared.items() if n == 1)
        self.add(sources.problems(settings, files))
        for each in noted:
            self.add(_informed(problem, noted) for problem in each.problems)
        if files and not self.fatal:
            held = [
                File(source, each.outline, _reader(settings, source), each.said)
                for source, each in zip(files, noted, strict=True)
            ]
            self.add(across.check(held, _earlier(settings, files), settings.base_iri))

    def add(self, problems: Iterable[Problem]) -> None:
        """Take in what a stage found."""
        self._held += [
            self._weighed(each) for each in problems if not self._is_exempt(each)
        ]

    @property
    def fatal(self) -> bool:
        """Whether one of them keeps a version out of service."""
        return any(each.fatal for each in self._held)

    def told(self, *, whole: bool = False) -> tuple[Problem, ...]:
        """All of them by file and line, each place blamed once.

        `whole` tells that every stage was gone through, so that a comment which nothing
        has needed is needed by nothing.
        """
        kept = causes.joined(self._held, self._alone)
        kept = [each for found in _by_file(kept) for each in charge.limited(found)]
        return tuple(sorted([*kept, *self._idle()] if whole else kept))

    def _weighed(self, problem: Problem) -> Problem:
        """The problem as heavy as it is here.

        Where nothing is concluded, an ill-typed literal is only odd: it contradicts
        nothing before datatypes are interpreted (RDF 1.1 Semantics, §7).
        """
        odd = problem.code == "ill-typed" and self._settings.reasoning == "none"
        return replace(problem, severity="warning") if odd else problem

    def _is_exempt(self, problem: Problem) -> bool:
        if rule.of(problem.code).fixed:
            return False
        if any(each.covers(problem) for each in self._exempt):
            return True
        for comment in self._comments.get(problem.file, ()):
            codes = map(rule.Exemption, comment.codes)
            if comment.covers == problem.line and any(c.covers(problem) for c in codes):
                self._hit.add((problem.file, comment))
                return True
        return False

    def _idle(self) -> list[Problem]:
        """Comments that switch off what is not found there."""
        idle = [
            (path, comment)
            for path, comments in self._comments.items()
            for comment in comments
            if (path, comment) not in self._hit
        ]
        return [
            charge.problem(
                _unused(comment), path, (comment.line, comment.column), comment.text
            )
            for path, comment in idle
        ]


def _informed(problem: Problem, noted: Sequence[Reading | Notes]) -> Problem:
    """A problem with a prefix, with the namespace that most other files give it."""
    lacks = _LACKS.match(problem.message)
    if problem.code != "undeclared-prefix" or lacks is None:
        return problem
    declared = (each.prefixes.get(lacks[1]) for each in noted)
    usual = Counter(filter(None, declared)).most_common(1)
    if not usual:
        return problem
    return replace(problem, hint=prefixes.declare(lacks[1], (), usual[0][0]))


def _reader(settings: Settings, source: Source) -> Callable[[], bytes]:
    return (settings.folder / source.path).read_bytes


def _earlier(settings: Settings, files: Sequence[Source]) -> list[File]:
    """The files of the version in service that have changed or are gone since.

    What other code noted of them is in a form that cannot be known here.
    """
    directory = versions.current(settings.state)
    serving = versions.read(directory) if directory else None
    if directory is None or serving is None or serving.checker != versions.checker():
        return []
    left = set(serving.sources).difference(files)
    opened = ((source, positions.opened(directory, source)) for source in left)
    return [
        File(source, notes.outline, held.source, notes.said)
        for source, held in sorted(opened, key=lambda pair: pair[0].path)
        if held and (notes := held.notes())
    ]


def _by_file(problems: Iterable[Problem]) -> Iterable[list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for each in problems:
        found.setdefault(each.file, []).append(each)
    return found.values()


def _unused(comment: Comment) -> Charge:
    return Charge(
        "unused-ignore",
        f"{', '.join(comment.codes)} is not found on line {comment.covers}",
        "Take the comment away; it would hide the next mistake there.",
        "",
    )
