"""A patch that mends what has one sure remedy; no file is written.

Each file's text is changed where a problem says what belongs there. A patch that would
make a file worse, or change what it says by taking a repetition away, leaves that out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.load import sources, turtle
from kgserver.load.doctor import lexemes, removal
from kgserver.load.doctor.file import declarations
from kgserver.load.layout import tokens
from kgserver.load.rewriting import formatting
from kgserver.load.syntax import prefixes
from kgserver.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kgserver.load.doctor.lexemes import Spot
    from kgserver.load.doctor.removal import Span
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Source
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

    Edit = tuple[Span, str]

_SUFFIXES = frozenset((".ttl", ".trig", ".nt", ".nq"))
# Rules that blame one place, and not each at which the same is written.
_ONCE = frozenset(("scheme-twin", "ending-twin", "wrong-namespace"))
_UNDECLARED, _REPEATED = "undeclared-prefix", "duplicate-statement"


def is_sure(problem: Problem) -> bool:
    """Whether it is sure what mends a problem."""
    if problem.code == _UNDECLARED:
        return prefixes.declaration(problem.hint) is not None
    return problem.instead is not None


def patch(settings: Settings, problems: Iterable[Problem], prefix: str = "") -> str:
    """A unified diff that `git apply` takes; `prefix` is put before each path."""
    by_file: dict[str, list[Problem]] = {}
    for each in problems:
        if is_sure(each):
            by_file.setdefault(each.file, []).append(each)
    parts = []
    for path, found in sorted(by_file.items()):
        file = settings.folder / path
        if file.suffix in _SUFFIXES and file.is_file():
            source = sources.named(settings, Path(path))
            before = tokens.decode(file.read_bytes())
            after = mended(source, before, found)
            parts.append(formatting.unified(prefix + path, before, after))
    return "".join(parts)


def mended(source: Source, text: str, problems: Sequence[Problem]) -> str:
    """The text of a file with all that is surely mended; as it is where none is."""
    repeated = [each for each in problems if each.code == _REPEATED]
    others = [each for each in problems if each.code != _REPEATED]
    before = _read(source, text)
    for found in (problems, others, repeated):
        after = _applied(text, list(_edits(text, found, before)))
        if after != text and _is_better(source, before, after, found):
            return after
    return text


def _read(source: Source, text: str) -> Reading:
    return turtle.read_bytes(source, tokens.encode(text))


def _is_better(
    source: Source, before: Reading, after: str, found: Sequence[Problem]
) -> bool:
    """Whether a changed text has no new fault, and still says what it said.

    What it says is compared where only repetitions were taken away or nothing else
    could have changed it.
    """
    read = _read(source, after)
    if _faults(read) > _faults(before):
        return False
    if any(each.code != _REPEATED for each in found):
        return len(set(read.quads)) >= len(set(before.quads))
    return set(read.quads) == set(before.quads)


def _faults(reading: Reading) -> int:
    return sum(rule.of(each.code).fixed for each in reading.problems)


def _edits(text: str, problems: Sequence[Problem], before: Reading) -> Iterator[Edit]:
    read = lexemes.Text(before.source.path, text)
    said = [t for t in tokens.tokenise(text) if t.kind not in tokens.SILENT]
    declared = {d.spot.start: d.spot for d in declarations.find(read)}
    added: set[tuple[str, str]] = set()
    for each in problems:
        spot = read.at(each.line, each.column)
        if each.code == _UNDECLARED:
            named = prefixes.declaration(each.hint)
            if named and named not in added:
                added.add(named)
                place = _below(text, declared.values())
                yield (place, place), "@prefix {}: <{}> .\n".format(*named)
        elif each.code == _REPEATED:
            span = removal.value(said, spot.start)
            if span:
                yield removal.line(text, span), ""
        elif not each.instead:
            yield from _removed(
                text, declared.get(read.start(each.line, each.column), spot)
            )
        else:
            covered = _covered(before, each.code)
            spots = [spot] if each.code in _ONCE else read.spots({spot.text})
            yield from (
                (_span(other), each.instead)
                for other in spots
                if other.line not in covered
            )


def _covered(reading: Reading, code: str) -> set[int]:
    """The lines on which a comment switches a rule off."""
    return {c.covers for c in reading.outline.comments if code in c.codes}


def _removed(text: str, spot: Spot) -> Iterator[Edit]:
    start, end = _span(spot)
    begin = len(text[:start].rstrip(" \t")) if spot.text.startswith("#") else start
    yield removal.line(text, (begin, end)), ""


def _below(text: str, declared: Iterable[Spot]) -> int:
    """The beginning of the line below the last declaration; else of the text."""
    ends = [text.find("\n", spot.start + len(spot.text)) for spot in declared]
    return max(ends, default=-1) + 1


def _span(spot: Spot) -> Span:
    return spot.start, spot.start + len(spot.text)


def _applied(text: str, edits: Sequence[Edit]) -> str:
    """The text with those edits that do not touch another one."""
    parts, at = [], 0
    for (start, end), new in sorted(set(edits)):
        if start >= at:
            parts += [text[at:start], new]
            at = end
    return "".join([*parts, text[at:]])
