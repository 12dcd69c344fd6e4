"""Rules that end in a contradiction: the `false` rules of OWL 2 RL Tables 4 to 8."""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING

from kgserver.load.reason import names
from kgserver.load.reason.names import DIFFERENT, SAME, TYPE, Fact, Term, owl, short
from kgserver.load.reason.rules import classes
from kgserver.load.reason.rules.rule import Atom, Rule, Test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kgserver.load.reason.rules.schema import Schema


def _two_classes(name: str, one: Term, other: Term, axioms: tuple[Fact, ...]) -> Rule:
    return Rule(
        name,
        None,
        (("x", TYPE, one), ("x", TYPE, other)),
        axioms,
        sentence=f"{{x}} is in both {short(one)} and {short(other)}, which "
        + ("are complements" if name == "cls-com" else "are declared disjoint"),
    )


def _two_properties(
    name: str, one: Term, other: Term, axioms: tuple[Fact, ...]
) -> Rule:
    return Rule(
        name,
        None,
        (("x", one, "y"), ("x", other, "y")),
        axioms,
        sentence=f"{{x}} and {{y}} are linked by both {short(one)} and {short(other)}, "
        "which are declared disjoint",
    )


def _two_individuals(
    name: str, one: Term, other: Term, axioms: tuple[Fact, ...]
) -> Rule:
    return Rule(
        name,
        None,
        ((one, SAME, other),),
        axioms,
        sentence=f"{short(one)} and {short(other)} are declared different, "
        "but it follows that they are the same",
    )


def rules(schema: Schema) -> Iterator[Rule]:
    """All contradiction rules of the schema."""
    yield from ALWAYS
    yield from _pairs(schema)
    yield from _lists(schema)
    yield from _negative_assertions(schema)
    yield from _characteristics(schema)
    yield from _restrictions(schema)
    yield from _datatypes(schema)


ALWAYS = (
    Rule(
        "cls-nothing2",
        None,
        (("x", TYPE, names.NOTHING),),
        sentence="{x} is in owl:Nothing, which can have no member",
    ),
    Rule(
        "eq-diff1",
        None,
        (("x", SAME, "y"), ("x", DIFFERENT, "y")),
        sentence="{x} and {y} are declared different, but it follows that they are "
        "the same",
    ),
)
_PAIRS: Mapping[Term, tuple[str, Callable[..., Rule]]] = MappingProxyType(
    {
        names.DISJOINT_CLASS: ("cax-dw", _two_classes),
        names.COMPLEMENT: ("cls-com", _two_classes),
        names.DISJOINT_PROPERTY: ("prp-pdw", _two_properties),
    }
)
_LISTS: Mapping[Term, tuple[str, Callable[..., Rule]]] = MappingProxyType(
    {
        owl("AllDisjointClasses"): ("cax-adc", _two_classes),
        owl("AllDisjointProperties"): ("prp-adp", _two_properties),
        owl("AllDifferent"): ("eq-diff2", _two_individuals),
    }
)


def _pairs(schema: Schema) -> Iterator[Rule]:
    for predicate, (name, build) in _PAIRS.items():
        for axiom in schema.facts_of(predicate):
            yield build(name, axiom[0], axiom[2], (axiom,))


def _lists(schema: Schema) -> Iterator[Rule]:
    """The members of owl:AllDifferent may also stand under owl:distinctMembers."""
    for axiom in schema.facts_of(TYPE):
        for predicate in (names.MEMBERS, names.DISTINCT_MEMBERS):
            for members in schema.values(axiom[0], predicate):
                axioms = axiom, (axiom[0], predicate, members)
                yield from _list_pairs(schema, axioms)


def _list_pairs(schema: Schema, axioms: tuple[Fact, Fact]) -> Iterator[Rule]:
    if axioms[0][2] not in _LISTS:
        return
    name, build = _LISTS[axioms[0][2]]
    if axioms[1][1] == names.DISTINCT_MEMBERS:
        name = "eq-diff3"
    for one, other in itertools.combinations(schema.items(axioms[1][2]), 2):
        yield build(name, one, other, axioms)


def _negative_assertions(schema: Schema) -> Iterator[Rule]:
    for source in schema.facts_of(owl("sourceIndividual")):
        denial = source[0]
        for p in schema.values(denial, owl("assertionProperty")):
            for name, target in (("prp-npa1", "Individual"), ("prp-npa2", "Value")):
                for value in schema.values(denial, owl(f"target{target}")):
                    axioms = (
                        source,
                        (denial, owl("assertionProperty"), p),
                        (denial, owl(f"target{target}"), value),
                    )
                    denied: Fact = source[2], p, value
                    sentence = f"it is denied, yet follows, that {names.spoken(denied)}"
                    yield Rule(name, None, (denied,), axioms, sentence=sentence)


def _characteristics(schema: Schema) -> Iterator[Rule]:
    for axiom in schema.facts_of(TYPE):
        if axiom[2] in _CHARACTERISTICS:
            name, body, tests, sentence = _CHARACTERISTICS[axiom[2]]
            p = axiom[0]
            atoms = tuple((x, p, y) for x, y in body)
            sentence = sentence.replace("PROPERTY", short(p))
            yield Rule(name, None, atoms, (axiom,), tests, sentence)


_UNLIKE = (Test("unlike", "y1", "y2"),)
_CHARACTERISTICS: Mapping[
    Term, tuple[str, tuple[tuple[str, str], ...], tuple[Test, ...], str]
] = MappingProxyType(
    {
        owl("IrreflexiveProperty"): (
            "prp-irp",
            (("x", "x"),),
            (),
            "{x} is linked to itself by PROPERTY, which is irreflexive",
        ),
        owl("AsymmetricProperty"): (
            "prp-asyp",
            (("x", "y"), ("y", "x")),
            (),
            "PROPERTY, which is asymmetric, holds both ways between {x} and {y}",
        ),
        owl("FunctionalProperty"): (
            "dt-diff",
            (("x", "y1"), ("x", "y2")),
            _UNLIKE,
            "{x} has two different values of PROPERTY, {y1} and {y2}, "
            "but may have only one",
        ),
    }
)


def _restrictions(schema: Schema) -> Iterator[Rule]:
    for axiom in schema.facts_of(names.ON_PROPERTY):
        restriction = axiom[0], axiom[2], axiom
        p = short(axiom[2])
        for name, axioms, body in classes.bounded(schema, restriction, 0):
            sentence = f"{{x}} has a value of {p}, {{y}}, but may have none"
            yield Rule(name, None, body("y"), axioms, sentence=sentence)
        for _, axioms, body in classes.bounded(schema, restriction, 1):
            sentence = f"{{x}} has {{y1}} and {{y2}} as {p}, but may have only one"
            yield Rule("dt-diff", None, body("y1", "y2"), axioms, _UNLIKE, sentence)


def _datatypes(schema: Schema) -> Iterator[Rule]:
    """Values outside a range or allValuesFrom: dt-type2 with Tables 5 and 6."""
    for axiom in schema.facts_of(names.RANGE):
        if names.datatype(axiom[2]):
            link = ("x", axiom[0], "y")
            yield _outside("prp-rng", (link,), axiom[2], (axiom,))
    for axiom in schema.facts_of(names.ON_PROPERTY):
        for filler in schema.values(axiom[0], names.ALL):
            if names.datatype(filler):
                body = (("x", TYPE, axiom[0]), ("x", axiom[2], "y"))
                axioms = axiom, (axiom[0], names.ALL, filler)
                yield _outside("cls-avf", body, filler, axioms)


def _outside(
    name: str, body: tuple[Atom, ...], datatype: Term, axioms: tuple[Fact, ...]
) -> Rule:
    link = body[-1][1]
    assert not isinstance(link, str)
    sentence = f"{{y}}, the {short(link)} of {{x}}, is no {short(datatype)}"
    return Rule(name, None, body, axioms, (Test("outside", "y", datatype),), sentence)
