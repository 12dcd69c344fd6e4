"""Why a query has no answer, and what in it is probably not meant.

The parts of a group only ever take solutions away, so the first part that leaves none
is found by halving: each look is one ASK, put through whatever answers queries, and
thus under its limits.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.ask.sparql import modifiers, vocabulary
from kgserver.ask.sparql.gate import guard, tokens
from kgserver.ask.sparql.syntax import reader
from kgserver.ask.sparql.syntax.cursor import Unreadable
from kgserver.ask.sparql.syntax.tree import Element, Group, Pattern
from kgserver.ask.sparql.vocabulary import Warned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.query import Question
    from kgserver.ask.sparql.syntax.tree import Tree

    # whether an ASK query holds
    Asking = Callable[[str], bool]

_MOST = 20  # names that are looked for in the data, and told that they are not there
_THROUGH = frozenset(["GROUP", "GRAPH"])
_JOINING = frozenset(
    ["VALUES", "UNION", "GROUP", "GRAPH", "SELECT", "OPTIONAL", "BIND"]
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether the patterns match anything, what leaves nothing, and warnings.

    What leaves nothing may stand behind the patterns.
    """

    matches: bool
    nothing: Warned | None
    warnings: tuple[Warned, ...]

    def as_json(self, query: str) -> dict[str, object]:
        """The explanation as an object for JSON, with lines and columns."""
        return {
            "matches": self.matches,
            "nothing": placed(query, self.nothing) if self.nothing else None,
            "warnings": [placed(query, each) for each in self.warnings],
        }


def explain(dataset: Dataset, question: Question, holds: Asking) -> Explanation:
    """Look for the part of a query that leaves no solution; `holds` puts an ASK."""
    query, found = question.query.text, question.read()
    try:
        tree = reader.read(query, found)
    except Unreadable:
        return Explanation(matches=True, nothing=None, warnings=())
    prefixes = vocabulary.declared(found)
    unknown = itertools.chain(
        vocabulary.absent(dataset, found, prefixes),
        vocabulary.unused(dataset, tree, query, prefixes),
    )
    warnings = [*itertools.islice(unknown, _MOST)]
    if tree.where is None:
        return Explanation(matches=True, nothing=None, warnings=tuple(warnings))
    warnings += _cross_joins(tree.where)
    search = _Search(tree, holds)
    nothing = search.within(tree.where, "{}")
    if nothing:
        return Explanation(False, nothing, tuple(warnings))
    emptied = modifiers.emptying(query, found, tree, holds)
    return Explanation(True, emptied, tuple(warnings))


def combined(query: str) -> tuple[Warned, ...]:
    """Patterns that nothing joins in a query that can be read; no data is asked."""
    try:
        tree = reader.read(query, guard.read(query))
    except Unreadable:
        return ()
    return tuple(_cross_joins(tree.where)) if tree.where else ()


def placed(query: str, warned: Warned) -> dict[str, object]:
    """A warning as an object for JSON, with its line and column."""
    line, column = tokens.place(query, warned.offset)
    return {
        "code": warned.code,
        "detail": warned.detail,
        "hint": warned.hint,
        "line": line,
        "column": column,
        "excerpt": tokens.line_at(query, warned.offset),
    }


class _Search:
    """The search for the first part of a query that leaves no solution."""

    def __init__(self, tree: Tree, holds: Asking) -> None:
        self.tree, self.holds = tree, holds

    def asks(self, body: str, frame: str) -> bool:
        """Whether a group with this body, in its frame of GRAPHs, has a solution."""
        group = frame.replace("{}", f"{{ {body} }}", 1)
        return self.holds(f"{self.tree.prologue}\nASK {self.tree.sources} {group}")

    def within(self, group: Group, frame: str) -> Warned | None:
        """The first part of a group that leaves nothing; None where something is left.

        Filters are looked at last, since they hold for the whole group.
        """
        parts = sorted(group.parts, key=_is_filter)
        if not parts or self.asks(group.text[1:-1], frame):
            return None
        few, many = 0, len(parts)
        while many - few > 1:
            half = (few + many) // 2
            if self.asks(_joined(parts[:half]), frame):
                few = half
            else:
                many = half
        return self.told(parts[many - 1], parts[: many - 1], frame)

    def told(
        self, part: Pattern | Element, before: Sequence[Pattern | Element], frame: str
    ) -> Warned | None:
        """What to say of the part that leaves nothing."""
        alone = bool(before) and self.asks(_source(part), frame)
        if isinstance(part, Pattern):
            return self.pattern(part, frame, alone=alone)
        if part.kind in _THROUGH and not alone and len(part.groups) == 1:
            outer = f"{{ GRAPH {part.name} {{}} }}" if part.kind == "GRAPH" else "{}"
            deeper = self.within(part.groups[0], frame.replace("{}", outer, 1))
            if deeper:
                return deeper
        return Warned(f"no-{part.kind.lower()}", part.offset, *_of(part, alone=alone))

    def pattern(self, part: Pattern, frame: str, *, alone: bool) -> Warned:
        """What to say of a triple pattern that leaves nothing."""
        shown = _shown(part)
        if alone:
            detail = f"{shown} matches, but not together with what stands before it."
            hint = "Look at the variables that they share: are they the same things?"
            return Warned("no-join", part.offset, detail, hint)
        some = bool(self.tree.sources) or frame != "{}"
        where = "in the graphs that are asked" if some else "in the data"
        said = f"{shown} matches nothing {where}."
        return Warned("no-match", part.offset, said, self.remedy(part, frame))

    def remedy(self, part: Pattern, frame: str) -> str:
        """What may be meant: the other direction, or another language or datatype."""
        if part.object[0] in "\"'0123456789":
            text = part.object if part.object[0] in "\"'" else f'"{part.object}"'
            text = text.rpartition(text[0])[0] + text[0]
            same = f"FILTER(STR(?_value) = {text})"
            if self.asks(f"{part.subject} {part.predicate} ?_value {same}", frame):
                return (
                    "The same text is there in another language or datatype: write "
                    f"that, or FILTER(STR(?value) = {text})."
                )
        if part.object[0] in "?<" or ":" in part.object:
            turned = f"{part.object} {part.predicate} {part.subject}"
            if part.object != part.subject and self.asks(turned, frame):
                return "The other way round it matches: exchange subject and object."
        return "Leave it out, or make it OPTIONAL, to see what else there is."


def _of(part: Element, *, alone: bool) -> tuple[str, str]:
    """What is wrong with an element that leaves nothing, and what to do."""
    if part.kind == "FILTER":
        said = "This FILTER lets nothing through."
        return said, "Look at a few values without it: types, languages, spelling."
    if part.kind == "MINUS":
        return "This MINUS takes everything away.", "Leave it out to see what there is."
    if alone:
        return (
            f"This {part.kind} matches, but not together with what stands before it.",
            "Look at the variables that they share: are they the same things?",
        )
    return f"This {part.kind} matches nothing.", "Look at each of its parts."


def _is_filter(part: Pattern | Element) -> bool:
    return isinstance(part, Element) and part.kind == "FILTER"


def _source(part: Pattern | Element) -> str:
    return f"{part.text} ." if isinstance(part, Pattern) else part.text


def _joined(parts: Sequence[Pattern | Element]) -> str:
    return " ".join(map(_source, parts))


def _shown(part: Pattern) -> str:
    """A pattern for people: nameless nodes as brackets."""
    terms = (part.subject, part.predicate, part.object)
    return " ".join("[]" if term.startswith("?_") else term for term in terms)


def _cross_joins(group: Group) -> Iterator[Warned]:
    """Patterns of a group that share no variable: all their combinations are formed."""
    islands: list[tuple[set[str], Pattern | None]] = []
    for part in group.parts:
        if isinstance(part, Element):
            for each in part.groups:
                yield from _cross_joins(each)
            if part.kind not in _JOINING:
                continue
        if not part.variables:
            continue
        mine, first = set(part.variables), part if isinstance(part, Pattern) else None
        apart = []
        for names, pattern in islands:
            if names & mine:
                mine |= names
                first = pattern or first
            else:
                apart.append((names, pattern))
        islands = [*apart, (mine, first)]
    lonely = [(names, first) for names, first in islands if first]
    for names, first in lonely[1:]:
        others = sorted(f"?{name}" for name in names if name[0] != "_")
        yield Warned(
            "cross-join",
            first.offset,
            f"Nothing joins {', '.join(others) or 'this'} with the patterns before: "
            "every combination is formed.",
            "Add a pattern that has a variable of both.",
        )
