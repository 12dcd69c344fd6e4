"""The effects of a change as a JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask import suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyoxigraph as ox

    from kgserver.ask.comparison.effects import Answered, Effects


def write(effects: Effects) -> Mapping[str, object]:
    """All effects; triples are lines of N-Triples, rows lines of SPARQL TSV."""
    statements = effects.statements
    return {
        "before": effects.before.name,
        "after": effects.after.name,
        "files": [{"mark": mark, "path": path} for mark, path in effects.files],
        "added": _lines(statements.added),
        "removed": _lines(statements.removed),
        "inferredAdded": _lines(statements.inferred_added),
        "inferredRemoved": _lines(statements.inferred_removed),
        "newProblems": [problem.as_json() for problem in effects.new],
        "mendedProblems": [problem.as_json() for problem in effects.mended],
        "answers": [_answer(answered) for answered in effects.answers],
        "vanished": list(effects.vanished),
        "renamed": [
            {"before": old.value, "after": new.value}
            for old, new in effects.renames.items()
        ],
        "whole": effects.whole,
    }


def _lines(triples: Iterable[ox.Triple]) -> list[str]:
    return sorted(f"{triple} ." for triple in triples)


def _answer(answered: Answered) -> Mapping[str, object]:
    return {
        "name": answered.case.name,
        "title": answered.case.title,
        "columns": answered.head.split("\t") if answered.head else [],
        "missing": [row for mark, row in answered.rows if mark == suite.MISSING],
        "unexpected": [row for mark, row in answered.rows if mark == suite.UNEXPECTED],
        "fault": answered.fault,
    }
