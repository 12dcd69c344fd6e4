"""The schema: the facts of a graph that say what classes and properties mean."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode

from kgserver.load.reason import names
from kgserver.load.reason.names import Fact, Term, owl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OWL_PREDICATES = (
    "equivalentClass",
    "equivalentProperty",
    "inverseOf",
    "propertyChainAxiom",
    "hasKey",
    "onProperty",
    "onProperties",
    "onClass",
    "onDataRange",
    "someValuesFrom",
    "allValuesFrom",
    "hasValue",
    "hasSelf",
    "cardinality",
    "maxCardinality",
    "minCardinality",
    "qualifiedCardinality",
    "maxQualifiedCardinality",
    "minQualifiedCardinality",
    "intersectionOf",
    "unionOf",
    "complementOf",
    "oneOf",
    "disjointWith",
    "disjointUnionOf",
    "propertyDisjointWith",
    "members",
    "distinctMembers",
    "sourceIndividual",
    "assertionProperty",
    "targetIndividual",
    "targetValue",
    "datatypeComplementOf",
    "onDatatype",
    "withRestrictions",
)
PREDICATES = frozenset(
    (
        names.SUB_CLASS,
        names.SUB_PROPERTY,
        names.DOMAIN,
        names.RANGE,
        names.FIRST,
        names.REST,
        *map(owl, _OWL_PREDICATES),
    )
)
"""Predicates whose every triple is schema."""

MENTIONS = frozenset(
    (
        names.FIRST,
        names.HAS_VALUE,
        owl("sourceIndividual"),
        owl("targetIndividual"),
        owl("targetValue"),
    )
)
"""Predicates by which a schema speaks of individuals.

That such a one is the same as another changes no rule.
"""

KINDS = frozenset(
    map(
        owl,
        (
            "Class",
            "ObjectProperty",
            "DatatypeProperty",
            "FunctionalProperty",
            "InverseFunctionalProperty",
            "SymmetricProperty",
            "AsymmetricProperty",
            "TransitiveProperty",
            "IrreflexiveProperty",
            "AllDifferent",
            "AllDisjointClasses",
            "AllDisjointProperties",
        ),
    )
)
"""Classes whose members the rules are made from."""

_EXPRESSIONS = (
    names.INTERSECTION,
    names.UNION,
    names.COMPLEMENT,
    names.ONE_OF,
    names.ON_PROPERTY,
)


def belongs(fact: Fact) -> bool:
    """Whether the fact is schema, looked at alone."""
    return fact[1] in PREDICATES or (fact[1] == names.TYPE and fact[2] in KINDS)


def structural(fact: Fact) -> bool:
    """Whether the fact is about a blank node that an axiom is written with."""
    return fact[1] in PREDICATES and isinstance(fact[0], BlankNode)


class Schema:
    """Facts of a schema, found by predicate or by subject and predicate."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = frozenset(facts)
        self._pairs: defaultdict[Term, list[tuple[Term, Term]]] = defaultdict(list)
        self._values: defaultdict[tuple[Term, Term], list[Term]] = defaultdict(list)
        for s, p, o in sorted(self.facts, key=str):
            self._pairs[p].append((s, o))
            self._values[s, p].append(o)

    def pairs(self, predicate: Term) -> list[tuple[Term, Term]]:
        """Subjects and objects of the predicate."""
        return self._pairs.get(predicate, [])

    def values(self, subject: Term, predicate: Term) -> list[Term]:
        """Objects of subject and predicate."""
        return self._values.get((subject, predicate), [])

    def facts_of(self, predicate: Term) -> Iterator[Fact]:
        """All facts with the predicate."""
        return ((s, predicate, o) for s, o in self.pairs(predicate))

    def items(self, head: Term) -> tuple[Term, ...]:
        """Members of an RDF list; of a broken or circular one, those before that."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != names.NIL and head not in seen:
            seen.add(head)
            first, rest = self.values(head, names.FIRST), self.values(head, names.REST)
            found += first[:1]
            if not first or not rest:
                break
            head = rest[0]
        return tuple(found)

    def anonymous(self) -> frozenset[Term]:
        """Blank nodes that stand for class expressions."""
        return frozenset(
            s
            for predicate in _EXPRESSIONS
            for s, _ in self.pairs(predicate)
            if isinstance(s, BlankNode)
        )


def terms(facts: Iterable[Fact]) -> frozenset[Term]:
    """Everything that schema facts use as class or property."""
    found: set[Term] = set()
    for s, p, o in facts:
        if p == names.TYPE:
            found.add(s)
        elif p in _RELATES:
            found.update((s, o))
    return frozenset(found)


_RELATES = frozenset(
    (
        names.SUB_CLASS,
        names.SUB_PROPERTY,
        names.EQUIVALENT_CLASS,
        names.EQUIVALENT_PROPERTY,
        names.INVERSE,
    )
)
