"""A rule: when all facts of its body hold, and its tests pass, its head follows.

A rule without a head is a contradiction. Rules have constant predicates, because the
ontology has been compiled into them: `?x locatedIn ?z :- ?x locatedIn ?y, ?y locatedIn
?z`, with the axiom `locatedIn a owl:TransitiveProperty` that it stems from. Their names
are those of https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal as Choice
from typing import TypeAlias

from kgserver.load.reason import literals
from kgserver.load.reason.names import Fact, Term

Slot: TypeAlias = Term | str
"""A constant, or the name of a variable."""
Atom: TypeAlias = tuple[Slot, Slot, Slot]
Binding: TypeAlias = Mapping[str, Term]
Kind: TypeAlias = Choice["unequal", "unlike", "inside", "outside"]


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on bound variables which no triple states.

    `unequal`: two terms differ. `unlike`: two literals have different values (dt-diff).
    `inside`, `outside`: a literal is, or is not, a value of the datatype `right`.
    """

    kind: Kind
    left: str
    right: Slot

    def passes(self, binding: Binding) -> bool:
        """Whether the binding fulfils the condition."""
        right = binding[self.right] if isinstance(self.right, str) else self.right
        return literals.TESTS[self.kind](binding[self.left], right)


@dataclass(frozen=True, slots=True)
class Rule:
    """Name, head (None: a contradiction), body, tests, the axioms it was made from.

    `sentence` says in words what clashes; `{x}` stands for the term bound to x.
    """

    name: str
    head: Atom | None
    body: tuple[Atom, ...]
    axioms: tuple[Fact, ...] = ()
    tests: tuple[Test, ...] = ()
    sentence: str = ""

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Head and body."""
        return (self.head, *self.body) if self.head else self.body

    def passes(self, binding: Binding) -> bool:
        """Whether all tests pass."""
        return all(test.passes(binding) for test in self.tests)


def variable(slot: Slot) -> bool:
    """Whether the slot is a variable."""
    return isinstance(slot, str)


def variables(atom: Atom) -> Iterator[str]:
    """The names of the variables in the atom."""
    return (slot for slot in atom if isinstance(slot, str))


def ground(atom: Atom, binding: Binding) -> Fact:
    """The atom with its variables replaced by what they are bound to."""
    s, p, o = (binding[slot] if isinstance(slot, str) else slot for slot in atom)
    return s, p, o


def match(atom: Atom, fact: Fact) -> dict[str, Term] | None:
    """The binding that makes the atom this fact, or None."""
    binding: dict[str, Term] = {}
    for slot, term in zip(atom, fact, strict=True):
        if isinstance(slot, str):
            if binding.setdefault(slot, term) != term:
                return None
        elif slot != term:
            return None
    return binding
