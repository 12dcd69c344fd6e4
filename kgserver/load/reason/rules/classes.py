"""Rules from class expressions: OWL 2 RL Table 6, without the contradictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pyoxigraph import Literal

from kgserver.load.reason import names
from kgserver.load.reason.names import SAME, TYPE, Fact, Term, owl, rdfs
from kgserver.load.reason.rules.hierarchy import IGNORED, empty_of_meaning
from kgserver.load.reason.rules.rule import Atom, Rule, Test
from kgserver.load.terms import datatypes

if TYPE_CHECKING:
    from kgserver.load.reason.rules.schema import Schema

Restriction = tuple[Term, Term, Fact]
"""The restricted class, its property, the onProperty axiom."""


def rules(schema: Schema) -> Iterator[Rule]:
    """All rules that class expressions give."""
    yield from _intersections(schema)
    yield from _enumerations(schema)
    for axiom in schema.facts_of(names.ON_PROPERTY):
        restriction = axiom[0], axiom[2], axiom
        for build in (_some, _all, _value, _at_most_one):
            yield from build(schema, restriction)


def _intersections(schema: Schema) -> Iterator[Rule]:
    for axiom in schema.facts_of(names.INTERSECTION):
        parts = [part for part in schema.items(axiom[2]) if part not in IGNORED]
        if parts and not any(
            isinstance(p, Literal) or names.datatype(p) for p in parts
        ):
            body = tuple(("x", TYPE, part) for part in parts)
            yield Rule("cls-int1", ("x", TYPE, axiom[0]), body, (axiom,))


def _enumerations(schema: Schema) -> Iterator[Rule]:
    for axiom in schema.facts_of(names.ONE_OF):
        for item in schema.items(axiom[2]):
            if not isinstance(item, Literal):
                yield Rule("cls-oo", (item, TYPE, axiom[0]), (), (axiom,))


def _axioms(
    schema: Schema, restriction: Restriction, predicate: Term
) -> Iterator[tuple[Term, tuple[Fact, Fact]]]:
    """The restriction's values for a predicate, each with the two axioms behind it."""
    subject, _, on_property = restriction
    for value in schema.values(subject, predicate):
        yield value, (on_property, (subject, predicate, value))


def _some(schema: Schema, restriction: Restriction) -> Iterator[Rule]:
    """cls-svf1, cls-svf2; over a datatype the literal's value decides (dt-type2)."""
    kind, p, _ = restriction
    head, link = ("x", TYPE, kind), ("x", p, "y")
    for filler, axioms in _axioms(schema, restriction, names.SOME):
        if filler in IGNORED or filler == rdfs("Literal"):
            yield Rule("cls-svf2", head, (link,), axioms)
        elif names.datatype(filler):
            yield Rule(
                "cls-svf1", head, (link,), axioms, (Test("inside", "y", filler),)
            )
        else:
            yield Rule("cls-svf1", head, (link, ("y", TYPE, filler)), axioms)


def _all(schema: Schema, restriction: Restriction) -> Iterator[Rule]:
    kind, p, _ = restriction
    for filler, axioms in _axioms(schema, restriction, names.ALL):
        if not empty_of_meaning(filler):
            body = (("x", TYPE, kind), ("x", p, "y"))
            yield Rule("cls-avf", ("y", TYPE, filler), body, axioms)


def _value(schema: Schema, restriction: Restriction) -> Iterator[Rule]:
    kind, p, _ = restriction
    for value, axioms in _axioms(schema, restriction, names.HAS_VALUE):
        member, link = ("x", TYPE, kind), ("x", p, value)
        yield Rule("cls-hv1", link, (member,), axioms)
        yield Rule("cls-hv2", member, (link,), axioms)


def _at_most_one(schema: Schema, restriction: Restriction) -> Iterator[Rule]:
    """cls-maxc2, cls-maxqc3, cls-maxqc4: two values are one."""
    differ = (Test("unequal", "y1", "y2"),)
    for name, axioms, body in bounded(schema, restriction, 1):
        yield Rule(name, ("y1", SAME, "y2"), body("y1", "y2"), axioms, differ)


Body = Callable[..., tuple[Atom, ...]]


def bounded(
    schema: Schema, restriction: Restriction, bound: int
) -> Iterator[tuple[str, tuple[Fact, ...], Body]]:
    """Maximum cardinalities equal to the bound: rule name, axioms, body over values."""
    subject, p, _ = restriction
    for number, axioms in _axioms(schema, restriction, owl("maxCardinality")):
        if _counts(number, bound):
            yield f"cls-maxc{bound + 1}", axioms, _body(subject, p, None)
    for number, axioms in _axioms(schema, restriction, owl("maxQualifiedCardinality")):
        for filler in schema.values(subject, names.ON_CLASS):
            if _counts(number, bound):
                qualified = (*axioms, (subject, names.ON_CLASS, filler))
                anything = filler in IGNORED
                name = f"cls-maxqc{2 * bound + 1 + anything}"
                body = _body(subject, p, None if anything else filler)
                yield name, qualified, body


def _counts(number: Term, bound: int) -> bool:
    return isinstance(number, Literal) and datatypes.value(number) == ("decimal", bound)


def _body(kind: Term, p: Term, filler: Term | None) -> Body:
    def atoms(*values: str) -> tuple[Atom, ...]:
        links: list[Atom] = [("x", p, value) for value in values]
        fillers: list[Atom] = [(v, TYPE, filler) for v in values if filler]
        return (("x", TYPE, kind), *links, *fillers)

    return atoms
