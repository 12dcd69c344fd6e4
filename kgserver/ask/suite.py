"""The folder's questions and checks as a regression suite: what each has to answer.

    queries/questions/CQ09.rq    a SELECT or ASK, and beside it
    queries/questions/CQ09.tsv   its answer in SPARQL 1.1 TSV, or true or false
    queries/checks/no-country.rq a SELECT that returns what is wrong: no row

Rows are compared as a bag, or in their order where the query orders them. A blank node
has no name to compare by, so any is equal to any.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

from kgserver.ask.sparql.gate import tokens
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

Kind = Literal["question", "check"]
# Each row with what a diff says of it: there as expected, missing, unexpected.
Marked = tuple[tuple[str, str], ...]
SAME, MISSING, UNEXPECTED = " ", "-", "+"

_FOLDERS: tuple[tuple[Kind, str], ...] = (
    ("question", "questions"),
    ("check", "checks"),
)
_WEIGHT = re.compile(r"^#\s*severity:\s*(\w+)", re.MULTILINE)
_IRI = re.compile(r"<([^<>\s]*)>")
_NAMELESS = re.compile(r"(?:^|(?<=\t))_:[^\t]*")
FAULTS = (SyntaxError, ValueError, OSError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Case:
    """One query of the suite; `expected` is None where no answer is on file.

    `expected` is the lines of the answer, the names of its columns first.
    """

    name: str
    kind: Kind
    path: Path
    title: str
    text: str
    expected: tuple[str, ...] | None

    @property
    def answers(self) -> Path:
        """The file that holds the expected answer of a question."""
        return self.path.with_suffix(".tsv")

    @property
    def ordered(self) -> bool:
        """Whether the order of the rows is part of the answer."""
        return orders(self.text)

    @property
    def grave(self) -> bool:
        """Whether what it finds is an error, and not a mere warning or note."""
        weight = _WEIGHT.search(self.text)
        return self.kind == "question" or not weight or weight[1] == "error"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a query answered: its lines, and how they stand to what was expected.

    `fault` says why there is no answer, or why there is nothing to hold it against.
    """

    case: Case
    lines: tuple[str, ...] = ()
    rows: Marked = ()
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer is the expected one."""
        return not self.fault and all(mark == SAME for mark, _ in self.rows)

    @property
    def failed(self) -> bool:
        """Whether the suite fails for it; a warning's rows do not make it fail."""
        return not self.passed and (self.case.grave or bool(self.fault))

    def marked(self, mark: str) -> tuple[str, ...]:
        """The rows that carry a mark."""
        return tuple(row for each, row in self.rows if each == mark)


def find(folder: Path) -> tuple[Case, ...]:
    """Every question and check of a folder, in the order of their paths."""
    return tuple(
        _read(path, kind)
        for kind, name in _FOLDERS
        for path in sorted((folder / "queries" / name).glob("*.rq"))
    )


def orphans(folder: Path) -> tuple[Path, ...]:
    """The answers that have lost their question."""
    found = sorted((folder / "queries" / "questions").glob("*.tsv"))
    return tuple(path for path in found if not path.with_suffix(".rq").is_file())


def run(store: ox.Store, case: Case, aside: Collection[str] = ()) -> Outcome:
    """Ask a version's store the question, and hold the answer against the file's.

    Checks do not see the graphs `aside`, which a build adds once it has checked.
    """
    try:
        lines = answer(store, case.text, aside if case.kind == "check" else ())
    except (*FAULTS, TypeError) as fault:
        return Outcome(case, fault=f"the query cannot be run: {fault}")
    expected = case.expected
    if expected is None:
        return Outcome(case, lines, fault=f"there is no {case.answers.name} beside it")
    if case.kind == "check":
        expected = lines[:1] if parted(lines)[0] else ()
    (columns, wanted), (named, rows) = parted(expected), parted(lines)
    if columns != named:
        every = _everything(expected, lines)
        return Outcome(case, lines, every, "the columns have other names")
    return Outcome(case, lines, compared(wanted, rows, ordered=case.ordered))


def answer(store: ox.Store, text: str, aside: Collection[str] = ()) -> tuple[str, ...]:
    """The lines of an answer in SPARQL 1.1 TSV; of a yes or no, the one word.

    Raises TypeError for a query of another form, and what the engine raises.
    """
    graphs = [g for g in store.named_graphs() if g.value not in aside]
    results = store.query(text, named_graphs=graphs if aside else None)
    if isinstance(results, ox.QueryBoolean):
        return ("true" if results else "false",)
    if not isinstance(results, ox.QuerySolutions):
        msg = "only a SELECT or ASK has an answer to compare"
        raise TypeError(msg)
    data = results.serialize(format=ox.QueryResultsFormat.TSV) or b""
    return tuple(data.decode("utf-8").removesuffix("\n").split("\n"))


def compared(
    expected: Sequence[str], actual: Sequence[str], *, ordered: bool
) -> Marked:
    """All rows of both, those that only one has marked; in order where that counts."""
    if ordered:
        return tuple(_sequence(expected, actual))
    expected, actual = sorted(expected), sorted(actual)
    left, right = Counter(map(_key, expected)), Counter(map(_key, actual))
    gone, come = left - right, right - left
    return (
        *((MISSING, row) for row in _taken(expected, gone)),
        *((UNEXPECTED, row) for row in _taken(actual, come)),
        *((SAME, row) for row in _taken(actual, left & right)),
    )


def orders(text: str) -> bool:
    """Whether a query orders its own rows, and not only those of a part of it."""
    depth = 0
    for token in tokens.read(text):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "word" and token.text.upper() == "ORDER":
            return True
    return False


def cells(row: str, prefixes: Mapping[str, str]) -> list[str]:
    """A row's values for a person: IRIs as prefixed names."""
    return [_short(cell, prefixes) for cell in row.split("\t")]


def as_text(lines: Iterable[str]) -> str:
    """The text of an answer's file."""
    return "\n".join(lines) + "\n"


def _read(path: Path, kind: Kind) -> Case:
    text = path.read_text("utf-8", "replace")
    comments = re.findall(r"^#\s*(.*)$", text, re.MULTILINE)
    title = comments[0].strip() if comments else path.stem
    expected: tuple[str, ...] | None = ()
    if kind == "question":
        answers = path.with_suffix(".tsv")
        expected = _lines(answers) if answers.is_file() else None
    return Case(path.stem, kind, path, title, text, expected)


def _lines(path: Path) -> tuple[str, ...]:
    """The lines of a file, also of one that an editor on Windows has saved."""
    text = path.read_text("utf-8", "replace").replace("\r\n", "\n")
    return tuple(text.removesuffix("\n").split("\n"))


def _short(cell: str, prefixes: Mapping[str, str]) -> str:
    found = _IRI.fullmatch(cell)
    return names.shorten(found[1], prefixes) if found else cell


def parted(lines: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The names of the columns, none of which a yes or no has, and the rows."""
    headed = bool(lines) and (not lines[0] or lines[0].startswith("?"))
    return (lines[0], lines[1:]) if headed else ("", lines)


def _everything(expected: Sequence[str], actual: Sequence[str]) -> Marked:
    gone = ((MISSING, row) for row in expected)
    return (*gone, *((UNEXPECTED, row) for row in actual))


def _key(row: str) -> str:
    return _NAMELESS.sub("_:", row)


def _sequence(expected: Sequence[str], actual: Sequence[str]) -> list[tuple[str, str]]:
    left, right = list(map(_key, expected)), list(map(_key, actual))
    rows: list[tuple[str, str]] = []
    matched = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for change, i, j, m, n in matched.get_opcodes():
        if change == "equal":
            rows += [(SAME, row) for row in actual[m:n]]
        else:
            rows += [(MISSING, row) for row in expected[i:j]]
            rows += [(UNEXPECTED, row) for row in actual[m:n]]
    return rows


def _taken(rows: Iterable[str], wanted: Counter[str]) -> list[str]:
    """As many of the rows of each key as are wanted, in their order."""
    left, taken = Counter(wanted), []
    for row in rows:
        if left[_key(row)] > 0:
            left[_key(row)] -= 1
            taken.append(row)
    return taken
