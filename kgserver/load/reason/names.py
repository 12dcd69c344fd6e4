"""The terms of RDF, RDFS, OWL and XSD that rules speak of, and facts made of terms."""

from __future__ import annotations

from typing import TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from kgserver.load.terms import statements
from kgserver.model.names import OWL, RDF, RDFS, XSD

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Fact: TypeAlias = tuple[Term, Term, Term]
"""Subject, predicate, object. A tuple, because it hashes and unpacks faster than a
`pyoxigraph.Triple`, which is what goes in and out of the package."""
Statement: TypeAlias = Triple | Quad

BUILTIN = (RDF, RDFS, OWL, XSD)


def rdf(name: str) -> NamedNode:
    """A term of https://www.w3.org/TR/rdf11-concepts/."""
    return NamedNode(RDF + name)


def rdfs(name: str) -> NamedNode:
    """A term of https://www.w3.org/TR/rdf-schema/."""
    return NamedNode(RDFS + name)


def owl(name: str) -> NamedNode:
    """A term of https://www.w3.org/TR/owl2-mapping-to-rdf/."""
    return NamedNode(OWL + name)


TYPE = rdf("type")
FIRST = rdf("first")
REST = rdf("rest")
NIL = rdf("nil")
SUB_CLASS = rdfs("subClassOf")
SUB_PROPERTY = rdfs("subPropertyOf")
DOMAIN = rdfs("domain")
RANGE = rdfs("range")
SAME = owl("sameAs")
DIFFERENT = owl("differentFrom")
THING = owl("Thing")
NOTHING = owl("Nothing")
EQUIVALENT_CLASS = owl("equivalentClass")
EQUIVALENT_PROPERTY = owl("equivalentProperty")
INVERSE = owl("inverseOf")
CHAIN = owl("propertyChainAxiom")
KEY = owl("hasKey")
ON_PROPERTY = owl("onProperty")
ON_CLASS = owl("onClass")
SOME = owl("someValuesFrom")
ALL = owl("allValuesFrom")
HAS_VALUE = owl("hasValue")
INTERSECTION = owl("intersectionOf")
UNION = owl("unionOf")
COMPLEMENT = owl("complementOf")
ONE_OF = owl("oneOf")
DISJOINT_CLASS = owl("disjointWith")
DISJOINT_PROPERTY = owl("propertyDisjointWith")
MEMBERS = owl("members")
DISTINCT_MEMBERS = owl("distinctMembers")


def builtin(term: Term) -> bool:
    """Whether the term belongs to RDF, RDFS, OWL or XSD."""
    return isinstance(term, NamedNode) and term.value.startswith(BUILTIN)


def datatype(term: Term) -> bool:
    """Whether the term names a datatype rather than a class."""
    return isinstance(term, NamedNode) and (
        term.value.startswith(XSD) or term in _DATATYPES
    )


_DATATYPES = frozenset(
    (rdfs("Literal"), rdf("langString"), rdf("PlainLiteral"), rdf("XMLLiteral"))
)


def short(term: Term) -> str:
    """The term as a person says it: the local name of an IRI, else the term itself."""
    if isinstance(term, NamedNode):
        tail = term.value.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]
        return tail or term.value
    if isinstance(term, Literal):
        datatype = term.datatype
        return str(term).replace(f"^^{datatype}", f"^^{short(datatype)}")
    return str(term)


def spoken(fact: Fact) -> str:
    """The fact in short names, for sentences."""
    return " ".join(short(term) for term in fact)


def triple(fact: Fact) -> Triple:
    """The fact as a value of pyoxigraph."""
    return statements.triple(*fact)


def fact(triple: Statement) -> Fact:
    """A triple, or a quad without its graph, as a fact."""
    return triple.subject, triple.predicate, triple.object
