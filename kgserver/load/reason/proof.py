"""Proofs, contradictions and merges: the values that say why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kgserver.load.reason import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple


@dataclass(frozen=True)
class Proof:
    """A tree: this triple holds by this rule, because its axioms and premises hold.

    `axioms` come from the ontology, `premises` from the data; each is a proof again.
    An asserted triple is a leaf with the rule `asserted`.
    """

    triple: Triple
    rule: str
    axioms: tuple[Proof, ...] = ()
    premises: tuple[Proof, ...] = ()

    @property
    def asserted(self) -> bool:
        """Whether the triple stands in a file."""
        return self.rule == ASSERTED

    @cached_property
    def height(self) -> int:
        """Steps on the longest way down to an asserted triple."""
        below = (proof.height for proof in (*self.axioms, *self.premises))
        return 0 if self.asserted else 1 + max(below, default=0)

    def steps(self) -> Iterator[Proof]:
        """This step and all below it, each once, premises after what they prove."""
        seen: set[Triple] = set()
        stack = [self]
        while stack:
            proof = stack.pop()
            if proof.triple not in seen:
                seen.add(proof.triple)
                yield proof
                stack += reversed((*proof.axioms, *proof.premises))

    def leaves(self) -> tuple[Triple, ...]:
        """The asserted triples at the bottom, each once."""
        return tuple(step.triple for step in self.steps() if step.asserted)

    def grounds(self) -> tuple[Triple, ...]:
        """The asserted triples of the data at the bottom: no axiom, nor below one."""
        if not self.premises:
            return (self.triple,) if self.asserted else ()
        below = (triple for premise in self.premises for triple in premise.grounds())
        return tuple(dict.fromkeys(below))

    def lines(self, depth: int = 0) -> Iterator[str]:
        """The tree in short names, a line for each step, indented by depth."""
        stated = ", ".join(_spoken(axiom) for axiom in self.axioms)
        because = f"{self.rule}: {stated}" if stated else self.rule
        yield f"{'  ' * depth}{_spoken(self)}   [{because}]"
        for premise in self.premises:
            yield from premise.lines(depth + 1)


ASSERTED = "asserted"


def _spoken(proof: Proof) -> str:
    return names.spoken(names.fact(proof.triple))


@dataclass(frozen=True)
class Clash:
    """A contradiction: the rule and axioms it offends, and the triples that do.

    `sentence` says it in words. `proofs` prove the `axioms` and `triples` in turn;
    their leaves are what a maintainer can change.
    """

    rule: str
    sentence: str
    axioms: tuple[Triple, ...]
    triples: tuple[Triple, ...]
    proofs: tuple[Proof, ...]

    def leaves(self) -> tuple[Triple, ...]:
        """The asserted triples behind the contradiction, each once."""
        return tuple(dict.fromkeys(t for proof in self.proofs for t in proof.leaves()))


@dataclass(frozen=True)
class Merge:
    """Two individuals found to be the same, with the proof.

    `capped` where their cluster was too large for every fact to be copied to everyone.
    """

    proof: Proof
    size: int
    capped: bool
