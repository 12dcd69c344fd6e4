"""Rules applied to single facts by point lookups, forwards and backwards.

Who is in an unnamed class is not stored, but proved when asked: such a question always
has its subject bound by the time it is put, because in every rule of OWL 2 RL that
subject also stands in a property atom, in the head, or in the fact that set it off.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from kgserver.load.reason import graph as graphs
from kgserver.load.reason import names
from kgserver.load.reason.names import SAME, TYPE, Fact, Term
from kgserver.load.reason.rules import rule
from kgserver.load.reason.rules.rule import Atom, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.load.reason.graph import Graph
    from kgserver.load.reason.rules.ontology import Ontology
    from kgserver.load.reason.rules.rulebook import Rulebook

Instance = tuple[Rule, tuple[Fact, ...]]
"""A rule, and the facts that fulfil its body."""


class Prover:
    """Answers what follows from a fact, and what a fact follows from.

    With `suppose`, membership of unnamed classes is taken for granted where it is
    asked, and left to the caller to prove. Facts may be added to the graph while a
    prover is in use, but not taken away: it remembers what it proved.
    """

    def __init__(
        self, graph: Graph, ontology: Ontology, book: Rulebook, *, suppose: bool = False
    ) -> None:
        self.graph = graph
        self._ontology = ontology
        self._book = book
        self._suppose = suppose
        self._proved: set[Fact] = set()

    def stored(self, fact: Fact) -> bool:
        """Whether the fact, once inferred, is to be found by lookup."""
        return self._ontology.publishes(fact)

    def holds(self, fact: Fact) -> bool:
        """Whether the fact is so, stored or not."""
        if self._known(fact) or fact in self._proved:
            return True
        if self.stored(fact) or not admissible(fact):
            return False
        return self._suppose or self._proves(fact)

    def _proves(self, goal: Fact) -> bool:
        """Whether an unstored fact follows from stored ones.

        All unstored facts that it may rest on are found first, and then proved from
        below, for a search downwards would go round in circles or try every path.
        """
        needs = self._needs(goal)
        changed = True
        while changed and goal not in self._proved:
            ready = {
                fact
                for fact, bodies in needs.items()
                if fact not in self._proved and any(b <= self._proved for b in bodies)
            }
            self._proved |= ready
            changed = bool(ready)
        return goal in self._proved

    def _needs(self, goal: Fact) -> dict[Fact, list[set[Fact]]]:
        """Unstored facts below the goal: what each rests on, for each instance."""
        supposer = Prover(self.graph, self._ontology, self._book, suppose=True)
        needs: dict[Fact, list[set[Fact]]] = {}
        stack = [goal]
        while stack:
            fact = stack.pop()
            if fact not in needs and fact not in self._proved:
                bodies = [body for _, body in supposer.derivations(fact)]
                needs[fact] = [{f for f in b if not self._known(f)} for b in bodies]
                stack += chain.from_iterable(needs[fact])
        return needs

    def _known(self, fact: Fact) -> bool:
        return graphs.holds(self.graph, fact) or self._book.given(fact) is not None

    def derivations(self, fact: Fact) -> Iterator[Instance]:
        """The rules that conclude the fact, with bodies that hold."""
        given = self._book.given(fact)
        if given is not None:
            yield given, ()
        for candidate in self._book.concluding(fact):
            assert candidate.head is not None
            binding = rule.match(candidate.head, fact)
            if binding is not None:
                for found in self._solutions(candidate, candidate.body, binding):
                    body = tuple(rule.ground(atom, found) for atom in candidate.body)
                    if fact not in body:
                        yield candidate, body

    def consequences(self, fact: Fact) -> Iterator[Fact]:
        """What follows in one step from the fact with others that hold."""
        for candidate, binding in self.firings(fact):
            if candidate.head is not None:
                head = rule.ground(candidate.head, binding)
                if admissible(head):
                    yield head

    def firings(self, fact: Fact) -> Iterator[tuple[Rule, dict[str, Term]]]:
        """The rules that the fact sets off, contradictions too, with their bindings."""
        for candidate, place in self._book.uses(fact):
            binding = rule.match(candidate.body[place], fact)
            if binding is not None:
                rest = candidate.body[:place] + candidate.body[place + 1 :]
                for found in self._solutions(candidate, rest, binding):
                    yield candidate, found

    def _solutions(
        self, candidate: Rule, atoms: tuple[Atom, ...], binding: dict[str, Term]
    ) -> Iterator[dict[str, Term]]:
        return (b for b in self._join(atoms, binding) if candidate.passes(b))

    def _join(
        self, atoms: tuple[Atom, ...], binding: dict[str, Term]
    ) -> Iterator[dict[str, Term]]:
        if not atoms:
            yield binding
            return
        atom = min(atoms, key=lambda atom: _open(atom, binding))
        rest = tuple(other for other in atoms if other is not atom)
        for wider in self._matches(atom, binding):
            yield from self._join(rest, wider)

    def _matches(
        self, atom: Atom, binding: dict[str, Term]
    ) -> Iterable[dict[str, Term]]:
        if not _open(atom, binding)[0]:
            return (binding,) if self.holds(rule.ground(atom, binding)) else ()
        shape = (binding.get(x) if isinstance(x, str) else x for x in atom)
        found = (rule.match(atom, fact) for fact in self.graph.match(*shape))
        return ({**binding, **more} for more in found if more is not None)


def admissible(fact: Fact) -> bool:
    """Whether a conclusion can be a triple, and of more than logic itself."""
    s, p, o = fact
    if isinstance(s, Literal) or names.builtin(s):
        return False
    return p != SAME or not (s == o or isinstance(o, Literal) or names.builtin(o))


def _open(atom: Atom, binding: dict[str, Term]) -> tuple[int, bool]:
    """How many slots are free; of equals, links before memberships."""
    free = sum(isinstance(slot, str) and slot not in binding for slot in atom)
    return free, atom[1] == TYPE
