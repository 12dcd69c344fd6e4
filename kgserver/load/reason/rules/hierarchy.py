"""Rules from subclass and subproperty axioms (OWL 2 RL Tables 5, 6, 7: cls-int2, …).

The rules follow the direct edges, so that a proof names the axioms that were written.
Edges of the closed schema are added only where no path of direct edges implies them: a
restriction below another one (scm-svf1 and its like).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from kgserver.load.reason import names
from kgserver.load.reason.names import Fact, Term
from kgserver.load.reason.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kgserver.load.reason.rules.schema import Schema

Edge = tuple[Term, Term, str, Fact]
"""Sub, super, rule name, axiom."""

IGNORED = frozenset((names.THING, names.rdfs("Resource")))


def empty_of_meaning(kind: Term) -> bool:
    """Whether membership says nothing, or cannot be: datatypes hold no individual."""
    return kind in IGNORED or names.datatype(kind) or isinstance(kind, Literal)


def class_rules(written: Schema, closed: Schema) -> Iterator[Rule]:
    """One rule for each edge between classes."""
    direct = {edge[:2]: edge for edge in reversed([*_class_edges(written)])}
    for sub, sup, name, axiom in (*direct.values(), *_missing(direct, closed)):
        if sub not in (sup, names.NOTHING) and not empty_of_meaning(sup):
            head, body = ("x", names.TYPE, sup), ("x", names.TYPE, sub)
            yield Rule(name, head, (body,), (axiom,))


def property_rules(written: Schema) -> Iterator[Rule]:
    """One rule for each edge between properties."""
    edges = {edge[:2]: edge for edge in reversed([*_property_edges(written)])}
    for sub, sup, name, axiom in edges.values():
        if sub != sup:
            yield Rule(name, ("x", sup, "y"), (("x", sub, "y"),), (axiom,))


def _class_edges(schema: Schema) -> Iterator[Edge]:
    for fact in schema.facts_of(names.SUB_CLASS):
        yield fact[0], fact[2], "cax-sco", fact
    for fact in schema.facts_of(names.EQUIVALENT_CLASS):
        yield fact[0], fact[2], "cax-eqc1", fact
        yield fact[2], fact[0], "cax-eqc2", fact
    for fact in schema.facts_of(names.INTERSECTION):
        for item in schema.items(fact[2]):
            yield fact[0], item, "cls-int2", fact
    for fact in schema.facts_of(names.UNION):
        for item in schema.items(fact[2]):
            yield item, fact[0], "cls-uni", fact
    for fact in schema.facts_of(names.SAME):
        yield fact[0], fact[2], "eq-rep-o", fact
        yield fact[2], fact[0], "eq-rep-o", fact


def _property_edges(schema: Schema) -> Iterator[Edge]:
    for fact in schema.facts_of(names.SUB_PROPERTY):
        yield fact[0], fact[2], "prp-spo1", fact
    for fact in schema.facts_of(names.EQUIVALENT_PROPERTY):
        yield fact[0], fact[2], "prp-eqp1", fact
        yield fact[2], fact[0], "prp-eqp2", fact
    for fact in schema.facts_of(names.SAME):
        yield fact[0], fact[2], "eq-rep-p", fact
        yield fact[2], fact[0], "eq-rep-p", fact


def _missing(direct: Collection[tuple[Term, Term]], closed: Schema) -> Iterator[Edge]:
    above: defaultdict[Term, list[Term]] = defaultdict(list)
    for sub, sup in direct:
        above[sub].append(sup)
    reached: dict[Term, set[Term]] = {}
    for sub, sup in closed.pairs(names.SUB_CLASS):
        if sub not in reached:
            reached[sub] = _reach(above, sub)
        if sup not in reached[sub]:
            yield sub, sup, "cax-sco", (sub, names.SUB_CLASS, sup)


def _reach(above: defaultdict[Term, list[Term]], start: Term) -> set[Term]:
    seen: set[Term] = set()
    stack = [start]
    while stack:
        for sup in above.get(stack.pop(), ()):
            if sup not in seen:
                seen.add(sup)
                stack.append(sup)
    return seen
