"""The folder's own checks: each query of `queries/checks/` returns what is wrong.

A row says what is wrong by the names of its variables: `?this` (the subject blamed),
`?predicate` and `?object` (the statement, where it is one), `?message` and `?hint`. A
comment `# severity: warning` or `note` in the query makes its rows weigh less.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import links
from kgserver.load.checking import places
from kgserver.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.turtle import Reading

# What a query ends with that cannot be run, or is none that returns rows.
_FAULTS = (SyntaxError, ValueError, OSError, RuntimeError, TypeError)
_SEVERITIES: Mapping[str, Severity] = {"warning": "warning", "note": "note"}


@dataclass(frozen=True, slots=True)
class Check:
    """One query, its title and how much its rows weigh."""

    path: str
    text: str
    title: str
    severity: Severity


def find(folder: Path) -> tuple[Check, ...]:
    """The checks of a folder, in the order of their names."""
    paths = links.followed(folder, (folder / "queries" / "checks").glob("*.rq"))
    return tuple(_read(path, folder) for path in paths if path.is_file())


def run(
    checks: Sequence[Check],
    store: ox.Store,
    readings: Iterable[Reading],
    folder: Path,
) -> list[Problem]:
    """The rows that the checks return, as problems at the statements they blame."""
    rows: list[tuple[Check, Mapping[str, places.Term]]] = []
    problems = []
    for check in checks:
        try:
            rows += [(check, row) for row in _rows(check, store)]
        except _FAULTS as fault:
            problems.append(_unusable(check, fault))
    wanted = [_wanted(row) for _, row in rows]
    atlas = places.Atlas(readings, folder, [want for want in wanted if want])
    problems += [
        atlas.blame(want, _charge(check, row, atlas), check.path)
        for (check, row), want in zip(rows, wanted, strict=True)
    ]
    return sorted(problems)


def _read(path: Path, folder: Path) -> Check:
    text = path.read_text("utf-8", errors="replace")
    comments = re.findall(r"^#\s*(.*)$", text, re.MULTILINE)
    weight = re.search(r"^#\s*severity:\s*(\w+)", text, re.MULTILINE)
    return Check(
        path=path.relative_to(folder).as_posix(),
        text=text,
        title=comments[0].strip() if comments else path.stem,
        severity=_SEVERITIES.get(weight[1], "error") if weight else "error",
    )


def _rows(check: Check, store: ox.Store) -> list[Mapping[str, places.Term]]:
    if "\ufffd" in check.text:
        msg = "the file is not UTF-8"
        raise ValueError(msg)
    results = store.query(check.text)
    if not isinstance(results, ox.QuerySolutions):
        msg = "a check is a SELECT query"
        raise TypeError(msg)
    known = [variable.value for variable in results.variables]
    return [{v: row[v] for v in known if row[v] is not None} for row in results]


def _wanted(row: Mapping[str, places.Term]) -> places.Wanted | None:
    if "this" not in row:
        return None
    return row["this"], row.get("predicate"), row.get("object")


def _charge(
    check: Check, row: Mapping[str, places.Term], atlas: places.Atlas
) -> places.Charge:
    said = {v: _text(term) for v, term in row.items() if v in {"message", "hint"}}
    others = ", ".join(f"?{v} {atlas.name(term)}" for v, term in row.items())
    return places.Charge(
        code=f"check:{check.path.rpartition('/')[2].removesuffix('.rq')}",
        message=said.get("message") or f"{check.title}: {others}",
        hint=said.get("hint")
        or f"{check.path} says what must hold; mend what it names.",
        severity=check.severity,
    )


def _text(term: places.Term) -> str:
    return term.value if isinstance(term, ox.Literal) else str(term)


def _unusable(check: Check, fault: Exception) -> Problem:
    line = getattr(fault, "lineno", None) or 0
    return Problem(
        check.path,
        line,
        0,
        "error",
        "bad-check",
        f"the check cannot be run: {fault}",
        "Mend the query; a check is a SELECT that returns the rows that are wrong.",
    )
