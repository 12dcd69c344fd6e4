"""Why a triple holds: proof trees of the least height, found on demand.

Nothing is recorded while reasoning. The search asks which rules conclude the goal from
which facts, and so on downwards, a level at a time. The heights are computed from the
asserted facts upwards, so the tree is free of circles, and after k levels every proof
of height k has been seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.reason import names
from kgserver.load.reason.graph import Graph, MemoryGraph
from kgserver.load.reason.proof import ASSERTED, Proof
from kgserver.load.reason.prover import Instance, Prover
from kgserver.load.reason.rules.rulebook import Rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyoxigraph import Triple

    from kgserver.load.reason.names import Fact
    from kgserver.load.reason.rules.ontology import Ontology
    from kgserver.load.reason.rules.rule import Rule

EFFORT = 20_000
"""Most rule instances looked at for one proof."""
_FAR = 1 << 30
"""Higher than any proof."""


class Explainer:
    """Finds proofs in a graph under an ontology, for as long as both stand."""

    def __init__(self, graph: Graph, ontology: Ontology) -> None:
        self.graph = graph
        self._ontology = ontology
        self._schema = MemoryGraph(ontology.closed, ontology.written)
        self._data_prover = _prover(graph, ontology, ontology.rules)
        self._schema_prover = _prover(self._schema, ontology, ontology.schema_rules)
        # Where much is above and below everything, few of the steps begin in files.
        written = MemoryGraph(ontology.written)
        self._near = _prover(written, ontology, ontology.schema_rules)
        self._axioms: dict[Fact, Proof | None] = {}

    def explain(self, triple: Triple, limit: int = 1) -> tuple[Proof, ...]:
        """Up to `limit` proofs, the lowest first; none for what does not hold."""
        goal = names.fact(triple)
        if self._of_schema(goal):
            search = _Search(self._schema_prover, self, self._near)
        else:
            search = _Search(self._data_prover, self)
        return search.prove(goal, limit)

    def axiom(self, fact: Fact) -> Proof | None:
        """The proof of a schema fact, remembered."""
        if fact in self._ontology.written:
            return Proof(names.triple(fact), ASSERTED)
        if fact not in self._axioms:
            # While it is being proved it proves nothing, or it might rest on itself.
            self._axioms[fact] = None
            found = self.explain(names.triple(fact))
            self._axioms[fact] = found[0] if found else None
        return self._axioms[fact]

    def lent(self, fact: Fact, prover: Prover) -> Proof | None:
        """The proof of a fact that schema has from data, or data from schema."""
        mine = self._of_schema(fact) == (prover is self._schema_prover)
        known = fact in self._ontology.closed
        return self.axiom(fact) if known and not mine else None

    def _of_schema(self, fact: Fact) -> bool:
        return fact in self._ontology.closed and fact not in self._ontology.induced


def _prover(graph: Graph, ontology: Ontology, rules: Iterable[Rule]) -> Prover:
    rules = tuple(rules)
    return Prover(graph, ontology, Rulebook(rules, equality=True), suppose=True)


class _Search:
    """One goal: the rule instances below it, and the heights of the facts in them.

    `near` finds the steps from asserted facts alone, where that is quicker.
    """

    def __init__(
        self, prover: Prover, explainer: Explainer, near: Prover | None = None
    ) -> None:
        self._prover, self._near = prover, near
        self._explainer = explainer
        self._instances: dict[Fact, list[Instance]] = {}
        self._height: dict[Fact, int] = {}
        self._chosen: dict[Fact, Instance] = {}
        self._lent: dict[Fact, Proof] = {}
        self._effort = 0

    def prove(self, goal: Fact, limit: int) -> tuple[Proof, ...]:
        """The proofs of the goal, lowest first."""
        if not self._prover.holds(goal):
            return ()
        level, known, depth = [goal], {goal}, 0
        while level:
            left = [fact for fact in level if not self._stands(fact) or fact == goal]
            if self._enough(goal, limit, depth):
                break
            depth += 1
            if self._near:
                for fact in self._expand(left, self._near):
                    self._stands(fact)
                if self._enough(goal, limit, depth):
                    break
            below = self._expand(left, self._prover)
            level = [fact for fact in dict.fromkeys(below) if fact not in known]
            known.update(level)
        return self._proofs(goal, limit)

    def _enough(self, goal: Fact, limit: int, depth: int) -> bool:
        """Whether all proofs as low as `depth` are enough, or the search was long."""
        self._settle()
        if self._effort > EFFORT:
            return True
        found = self._height.get(goal)
        if found is None or found > depth:
            return False
        return limit <= 1 or len(self._ready(goal)) >= limit

    def _stands(self, fact: Fact) -> bool:
        """Note whether the fact needs no step: it is asserted, or proved elsewhere."""
        if self._prover.graph.asserted(fact):
            proof: Proof | None = Proof(names.triple(fact), ASSERTED)
        else:
            proof = self._explainer.lent(fact, self._prover)
        if proof:
            self._lent[fact] = proof
            self._height[fact] = proof.height
        return proof is not None

    def _expand(self, facts: Iterable[Fact], prover: Prover) -> list[Fact]:
        """Note how the facts may be concluded; what this rests on."""
        below: list[Fact] = []
        for fact in facts:
            self._instances[fact] = instances = [*prover.derivations(fact)]
            self._effort += len(instances) + 1
            below += (premise for _, body in instances for premise in body)
        return below

    def _settle(self) -> None:
        """Heights from the asserted facts upwards, until none gets lower."""
        changed = True
        while changed:
            changed = False
            for fact, instances in self._instances.items():
                for instance in instances:
                    height = self._instance_height(instance)
                    if height is not None and height < self._height.get(fact, _FAR):
                        self._height[fact] = height
                        self._chosen[fact] = instance
                        changed = True

    def _instance_height(self, instance: Instance) -> int | None:
        rule, body = instance
        below = [self._height.get(premise) for premise in body]
        for axiom in rule.axioms:
            proof = self._explainer.axiom(axiom)
            below.append(proof.height if proof else None)
        heights = [height for height in below if height is not None]
        return 1 + max(heights, default=0) if len(heights) == len(below) else None

    def _ready(self, goal: Fact) -> list[Instance]:
        """The last steps to the goal that are proved, the lowest first."""
        proved = [
            (height, place, instance)
            for place, instance in enumerate(self._instances.get(goal, ()))
            if (height := self._instance_height(instance)) is not None
        ]
        return [instance for _, _, instance in sorted(proved, key=lambda p: p[:2])]

    def _proofs(self, goal: Fact, limit: int) -> tuple[Proof, ...]:
        """A leaf if asserted, then a tree for each last step that needs no circle."""
        self._settle()
        built = self._build()
        found = [built[goal]] if goal in self._lent else []
        for rule, body in self._ready(goal):
            proof = self._step(goal, rule, tuple(built[fact] for fact in body))
            below = (step for premise in proof.premises for step in premise.steps())
            if proof not in found and all(s.triple != proof.triple for s in below):
                found.append(proof)
        return tuple(found[:limit])

    def _build(self) -> dict[Fact, Proof]:
        """The lowest proof of every fact that has one, from the bottom up."""
        built: dict[Fact, Proof] = {}
        for fact in sorted(self._height, key=self._height.__getitem__):
            if fact in self._lent:
                built[fact] = self._lent[fact]
            else:
                rule, body = self._chosen[fact]
                built[fact] = self._step(fact, rule, tuple(built[f] for f in body))
        return built

    def _step(self, fact: Fact, rule: Rule, premises: tuple[Proof, ...]) -> Proof:
        axioms = (self._explainer.axiom(axiom) for axiom in rule.axioms)
        proved = tuple(axiom for axiom in axioms if axiom is not None)
        return Proof(names.triple(fact), rule.name, proved, premises)
