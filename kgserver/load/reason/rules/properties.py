"""Rules from property axioms: OWL 2 RL Table 5, without the contradictions."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from kgserver.load.reason import names
from kgserver.load.reason.names import SAME, TYPE, Fact, Term, owl
from kgserver.load.reason.rules.hierarchy import empty_of_meaning
from kgserver.load.reason.rules.rule import Atom, Rule, Test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kgserver.load.reason.rules.schema import Schema


def rules(schema: Schema) -> Iterator[Rule]:
    """All rules that the written property axioms give."""
    yield from domains(schema)
    yield from _inverses(schema)
    yield from _chains(schema)
    yield from _keys(schema)
    for axiom in schema.facts_of(TYPE):
        if axiom[2] in _CHARACTERISTICS:
            yield _CHARACTERISTICS[axiom[2]](axiom)


def domains(schema: Schema) -> Iterator[Rule]:
    """prp-dom and prp-rng."""
    for axiom in schema.facts_of(names.DOMAIN):
        if not empty_of_meaning(axiom[2]):
            body = (("x", axiom[0], "y"),)
            yield Rule("prp-dom", ("x", TYPE, axiom[2]), body, (axiom,))
    for axiom in schema.facts_of(names.RANGE):
        if not empty_of_meaning(axiom[2]):
            body = (("x", axiom[0], "y"),)
            yield Rule("prp-rng", ("y", TYPE, axiom[2]), body, (axiom,))


def _inverses(schema: Schema) -> Iterator[Rule]:
    for axiom in schema.facts_of(names.INVERSE):
        p, _, q = axiom
        yield Rule("prp-inv1", ("y", q, "x"), (("x", p, "y"),), (axiom,))
        yield Rule("prp-inv2", ("y", p, "x"), (("x", q, "y"),), (axiom,))


def _chains(schema: Schema) -> Iterator[Rule]:
    for axiom in schema.facts_of(names.CHAIN):
        links = schema.items(axiom[2])
        if links:
            body = tuple((f"u{i}", p, f"u{i + 1}") for i, p in enumerate(links))
            head = ("u0", axiom[0], f"u{len(links)}")
            yield Rule("prp-spo2", head, body, (axiom,))


def _keys(schema: Schema) -> Iterator[Rule]:
    for axiom in schema.facts_of(names.KEY):
        keys = schema.items(axiom[2])
        shared = [(who, p, f"z{i}") for i, p in enumerate(keys) for who in "xy"]
        members: list[Atom] = [(who, TYPE, axiom[0]) for who in "xy"]
        if keys:
            body = (*shared[:2], *members, *shared[2:])
            yield Rule("prp-key", ("x", SAME, "y"), body, (axiom,), _differ("x", "y"))


def _differ(left: str, right: str) -> tuple[Test]:
    return (Test("unequal", left, right),)


def _symmetric(axiom: Fact) -> Rule:
    p = axiom[0]
    return Rule("prp-symp", ("y", p, "x"), (("x", p, "y"),), (axiom,))


def _transitive(axiom: Fact) -> Rule:
    p = axiom[0]
    body = (("x", p, "y"), ("y", p, "z"))
    return Rule("prp-trp", ("x", p, "z"), body, (axiom,))


def _functional(axiom: Fact) -> Rule:
    p = axiom[0]
    body = (("x", p, "y1"), ("x", p, "y2"))
    return Rule("prp-fp", ("y1", SAME, "y2"), body, (axiom,), _differ("y1", "y2"))


def _inverse_functional(axiom: Fact) -> Rule:
    p = axiom[0]
    body = (("x1", p, "y"), ("x2", p, "y"))
    return Rule("prp-ifp", ("x1", SAME, "x2"), body, (axiom,), _differ("x1", "x2"))


_CHARACTERISTICS: Mapping[Term, Callable[[Fact], Rule]] = MappingProxyType(
    {
        owl("SymmetricProperty"): _symmetric,
        owl("TransitiveProperty"): _transitive,
        owl("FunctionalProperty"): _functional,
        owl("InverseFunctionalProperty"): _inverse_functional,
    }
)
