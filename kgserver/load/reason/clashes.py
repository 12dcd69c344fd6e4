"""Contradictions in a closure, each with the proof of all that takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.reason import names
from kgserver.load.reason.names import DIFFERENT, SAME, Fact, Term, short
from kgserver.load.reason.proof import Clash, Proof
from kgserver.load.reason.rows.relation import EMPTY, LOW, SHIFT, Relation
from kgserver.load.reason.rules import rule
from kgserver.load.reason.rules.rule import Binding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Triple

    from kgserver.load.reason.explain import Explainer
    from kgserver.load.reason.rows.bulk import Fixpoint
    from kgserver.load.reason.rows.join import Plan

LIMIT = 100
"""Most contradictions that are proved and reported at once."""

Found = tuple[Rule, Binding]


def find(fixpoint: Fixpoint, limit: int = LIMIT) -> Iterator[Found]:
    """The contradiction rules that fire, with their bindings, each once."""
    seen: set[tuple[Rule, frozenset[Fact]]] = set()
    for plan in fixpoint.plans:
        if plan.head is None:
            for binding in _bindings(fixpoint, plan):
                facts = frozenset(rule.ground(a, binding) for a in plan.rule.body)
                if (plan.rule, facts) not in seen:
                    seen.add((plan.rule, facts))
                    yield plan.rule, binding
                if len(seen) >= limit:
                    return


def _bindings(fixpoint: Fixpoint, plan: Plan) -> Iterator[Binding]:
    if plan.rule.body[0][1] == SAME:
        yield from _same_yet_different(fixpoint, plan.rule)
        return
    relations = [fixpoint.relations.get(step.key) or Relation() for step in plan.body]
    place = min(range(len(relations)), key=lambda i: len(relations[i]))
    terms = fixpoint.encoding.terms
    for table in fixpoint.bindings(plan, place, relations[place].rows):
        for row in range(table.size):
            yield {name: terms[int(c[row])] for name, c in table.columns.items()}


def _same_yet_different(fixpoint: Fixpoint, clash: Rule) -> Iterator[Binding]:
    """eq-diff1 over the stated differences, eq-diff2 and 3 over two members of a list.

    What is the same has one number by now, so there are no sameAs rows to join.
    """
    standing, encoding = fixpoint.clusters.standing, fixpoint.encoding
    left, _, right = clash.body[0]
    if not isinstance(left, str) and not isinstance(right, str):
        if standing[encoding.code(left)] == standing[encoding.code(right)]:
            yield {}
        return
    rows = encoding.rows.get(("property", DIFFERENT), EMPTY)
    for row in rows[standing[rows >> SHIFT] == standing[rows & LOW]].tolist():
        yield {"x": encoding.terms[row >> 32], "y": encoding.terms[row & 0xFFFFFFFF]}


def describe(found: Found, explainer: Explainer) -> Clash:
    """The contradiction in words, with the proofs of its axioms and triples."""
    clash, binding = found
    facts = tuple(rule.ground(atom, binding) for atom in clash.body)
    proofs = [explainer.axiom(axiom) for axiom in clash.axioms]
    proofs += [_proof(fact, explainer) for fact in facts]
    said = {name: short(term) for name, term in binding.items()}
    return Clash(
        clash.name,
        clash.sentence.format(**said),
        tuple(map(names.triple, clash.axioms)),
        tuple(map(names.triple, facts)),
        tuple(proof for proof in proofs if proof is not None),
    )


def _proof(fact: Fact, explainer: Explainer) -> Proof | None:
    if fact[1] == SAME and fact[0] == fact[2]:
        return Proof(names.triple(fact), "eq-ref")
    found = explainer.explain(names.triple(fact))
    return found[0] if found else None


def ill_typed(literal: Term, fact: Fact, explainer: Explainer) -> Clash:
    """The contradiction of a literal that its datatype does not allow (dt-not-type)."""
    proof = _proof(fact, explainer)
    triple: Triple = names.triple(fact)
    kind = getattr(literal, "datatype", literal)
    value = getattr(literal, "value", "")
    sentence = (
        f"“{value}”, the {short(fact[1])} of {short(fact[0])}, is no {short(kind)}"
    )
    return Clash("dt-not-type", sentence, (), (triple,), (proof,) if proof else ())
