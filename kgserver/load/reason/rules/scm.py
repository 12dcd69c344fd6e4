"""Rules of the schema about itself: OWL 2 RL Table 9, as data."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from kgserver.load.reason.names import (
    ALL,
    DOMAIN,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    HAS_VALUE,
    INTERSECTION,
    ON_PROPERTY,
    RANGE,
    SOME,
    SUB_CLASS,
    SUB_PROPERTY,
    TYPE,
    UNION,
    Term,
    owl,
)
from kgserver.load.reason.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgserver.load.reason.rules.schema import Schema

RDFS: tuple[Rule, ...] = (
    Rule(
        "scm-sco",
        ("x", SUB_CLASS, "z"),
        (("x", SUB_CLASS, "y"), ("y", SUB_CLASS, "z")),
    ),
    Rule(
        "scm-spo",
        ("x", SUB_PROPERTY, "z"),
        (("x", SUB_PROPERTY, "y"), ("y", SUB_PROPERTY, "z")),
    ),
)
"""rdfs5 and rdfs11 of https://www.w3.org/TR/rdf11-mt/#patterns-of-rdfs-entailment-informative"""

_RESTRICTED = (("c", ON_PROPERTY, "p"), ("d", ON_PROPERTY, "q"))
_SAME_PROPERTY = (("c", ON_PROPERTY, "p"), ("d", ON_PROPERTY, "p"))

RULES: tuple[Rule, ...] = (
    *RDFS,
    Rule("scm-eqc1", ("x", SUB_CLASS, "y"), (("x", EQUIVALENT_CLASS, "y"),)),
    Rule("scm-eqc1", ("y", SUB_CLASS, "x"), (("x", EQUIVALENT_CLASS, "y"),)),
    Rule(
        "scm-eqc2",
        ("x", EQUIVALENT_CLASS, "y"),
        (("x", SUB_CLASS, "y"), ("y", SUB_CLASS, "x")),
    ),
    Rule("scm-eqp1", ("x", SUB_PROPERTY, "y"), (("x", EQUIVALENT_PROPERTY, "y"),)),
    Rule("scm-eqp1", ("y", SUB_PROPERTY, "x"), (("x", EQUIVALENT_PROPERTY, "y"),)),
    Rule(
        "scm-eqp2",
        ("x", EQUIVALENT_PROPERTY, "y"),
        (("x", SUB_PROPERTY, "y"), ("y", SUB_PROPERTY, "x")),
    ),
    Rule("scm-dom1", ("p", DOMAIN, "d"), (("p", DOMAIN, "c"), ("c", SUB_CLASS, "d"))),
    Rule(
        "scm-dom2", ("p", DOMAIN, "c"), (("q", DOMAIN, "c"), ("p", SUB_PROPERTY, "q"))
    ),
    Rule("scm-rng1", ("p", RANGE, "d"), (("p", RANGE, "c"), ("c", SUB_CLASS, "d"))),
    Rule("scm-rng2", ("p", RANGE, "c"), (("q", RANGE, "c"), ("p", SUB_PROPERTY, "q"))),
    Rule(
        "scm-hv",
        ("c", SUB_CLASS, "d"),
        (
            ("c", HAS_VALUE, "v"),
            ("d", HAS_VALUE, "v"),
            *_RESTRICTED,
            ("p", SUB_PROPERTY, "q"),
        ),
    ),
    Rule(
        "scm-svf1",
        ("c", SUB_CLASS, "d"),
        (("c", SOME, "y"), ("d", SOME, "z"), *_SAME_PROPERTY, ("y", SUB_CLASS, "z")),
    ),
    Rule(
        "scm-svf2",
        ("c", SUB_CLASS, "d"),
        (("c", SOME, "y"), ("d", SOME, "y"), *_RESTRICTED, ("p", SUB_PROPERTY, "q")),
    ),
    Rule(
        "scm-avf1",
        ("c", SUB_CLASS, "d"),
        (("c", ALL, "y"), ("d", ALL, "z"), *_SAME_PROPERTY, ("y", SUB_CLASS, "z")),
    ),
    Rule(
        "scm-avf2",
        ("d", SUB_CLASS, "c"),
        (("c", ALL, "y"), ("d", ALL, "y"), *_RESTRICTED, ("p", SUB_PROPERTY, "q")),
    ),
)

_REFLEXIVE: Mapping[Term, tuple[str, Term]] = MappingProxyType(
    {
        owl("Class"): ("scm-cls", SUB_CLASS),
        owl("ObjectProperty"): ("scm-op", SUB_PROPERTY),
        owl("DatatypeProperty"): ("scm-dp", SUB_PROPERTY),
    }
)


def rules(schema: Schema) -> Iterator[Rule]:
    """Table 9 for this schema: its lists and declarations become rules without body.

    A class below itself is not worth publishing, but the restriction rules need it.
    """
    yield from RULES
    for axiom in schema.facts_of(INTERSECTION):
        for item in schema.items(axiom[2]):
            yield Rule("scm-int", (axiom[0], SUB_CLASS, item), (), (axiom,))
    for axiom in schema.facts_of(UNION):
        for item in schema.items(axiom[2]):
            yield Rule("scm-uni", (item, SUB_CLASS, axiom[0]), (), (axiom,))
    restricted = {o for _, o in schema.pairs(ON_PROPERTY)}
    fillers = {o for p in (SOME, ALL) for _, o in schema.pairs(p)}
    for axiom in schema.facts_of(TYPE):
        if axiom[2] in _REFLEXIVE and axiom[0] in restricted | fillers:
            name, predicate = _REFLEXIVE[axiom[2]]
            yield Rule(name, (axiom[0], predicate, axiom[0]), (), (axiom,))
