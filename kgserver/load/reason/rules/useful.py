"""Which of the things that follow are worth storing and showing.

The closure of OWL 2 RL holds much that helps nobody: every class is its own subclass,
every individual an owl:Thing. What remains after these rules is called useful here, and
the engines are compared on it.
"""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode

from kgserver.load.reason import names
from kgserver.load.reason.names import Fact, owl, rdf, rdfs

REFLEXIVE = frozenset(
    (
        names.SAME,
        names.SUB_CLASS,
        names.SUB_PROPERTY,
        names.EQUIVALENT_CLASS,
        names.EQUIVALENT_PROPERTY,
    )
)
"""Predicates that hold of everything with itself."""

DECLARATIONS = frozenset(
    (
        owl("Class"),
        owl("AnnotationProperty"),
        owl("DatatypeProperty"),
        owl("ObjectProperty"),
        rdf("Property"),
        rdfs("Class"),
        rdfs("Datatype"),
        rdfs("Resource"),
    )
)
"""Kinds that only say what sort of name a name is."""


def useful(fact: Fact) -> bool:
    """Whether an inferred fact tells more than that logic holds."""
    s, p, o = fact
    if isinstance(s, Literal) or not isinstance(p, NamedNode) or names.builtin(s):
        return False
    if o == names.THING or (p in REFLEXIVE and s == o):
        return False
    return not (p == names.TYPE and o in DECLARATIONS)
