"""Rules by what sets them off and by what they conclude, for one fact at a time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kgserver.load.reason.names import SAME, TYPE, Fact, Term
from kgserver.load.reason.rules.rule import Atom, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EQUALITY: tuple[Rule, ...] = (
    Rule("eq-sym", ("y", SAME, "x"), (("x", SAME, "y"),)),
    Rule("eq-trans", ("x", SAME, "z"), (("x", SAME, "y"), ("y", SAME, "z"))),
    Rule("eq-rep-s", ("t", "p", "o"), (("s", SAME, "t"), ("s", "p", "o"))),
    Rule("eq-rep-o", ("s", "p", "t"), (("o", SAME, "t"), ("s", "p", "o"))),
)
"""Table 4, as rules over any predicate; eq-rep-p is compiled, for ours are constant."""

_Place = tuple[Term | None, Term | None]


class Rulebook:
    """Finds the rules whose body, or whose head, a fact may match."""

    def __init__(self, rules: Iterable[Rule], *, equality: bool = False) -> None:
        rules = (*rules, *(EQUALITY if equality else ()))
        self.equality = equality
        self._given: dict[Atom, Rule] = {}
        self._uses: defaultdict[_Place, list[tuple[Rule, int]]] = defaultdict(list)
        self._heads: defaultdict[_Place, list[Rule]] = defaultdict(list)
        for rule in rules:
            for place, atom in enumerate(rule.body):
                self._uses[_place(atom)].append((rule, place))
            if rule.head and rule.body:
                self._heads[_place(rule.head)].append(rule)
            elif rule.head:
                self._given.setdefault(rule.head, rule)

    def given(self, fact: Fact) -> Rule | None:
        """The rule without body that simply states the fact."""
        return self._given.get(fact)

    def uses(self, fact: Fact) -> Iterator[tuple[Rule, int]]:
        """Rules, each with the place in its body that the fact may take."""
        for place in _places(fact):
            yield from self._uses.get(place, ())

    def concluding(self, fact: Fact) -> Iterator[Rule]:
        """Rules that may conclude the fact."""
        for place in _places(fact):
            yield from self._heads.get(place, ())


def _place(atom: Atom) -> _Place:
    _, p, o = atom
    predicate = None if isinstance(p, str) else p
    return predicate, o if predicate == TYPE and not isinstance(o, str) else None


def _places(fact: Fact) -> Iterator[_Place]:
    if fact[1] == TYPE:
        yield TYPE, fact[2]
    yield fact[1], None
    yield None, None
