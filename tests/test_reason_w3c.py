"""The W3C's OWL 2 test cases, where the file is at hand: what must follow and clash.

The subset is that of the profile RL and of the RDF-based semantics, without tests that
import other ontologies. Source: https://www.w3.org/TR/owl2-conformance/.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.load import reason
from kgserver.load.reason import names
from kgserver.load.reason.rules import useful

if TYPE_CHECKING:
    from collections.abc import Iterator

OWL2 = Path(
    os.environ.get(
        "OWL2_TESTS", Path(__file__).parents[2] / "shared" / "w3c" / "owl2" / "all.rdf"
    )
)
TEST = "http://www.w3.org/2007/OWL/testOntology#"


@dataclass(frozen=True)
class Case:
    """One test case: its kinds, profiles and ontologies in RDF/XML."""

    name: str
    kinds: frozenset[str]
    rdf_based: bool
    premise: str
    conclusion: str
    denied: str


def cases() -> list[Case]:
    """The cases of the subset, by name."""
    if not OWL2.exists():
        return []
    store = ox.Store()
    text = re.sub(r"(<!ENTITY \S+) '([^']*)'", r'\1 "\2"', OWL2.read_text("utf-8"))
    store.bulk_load(input=text, format=ox.RdfFormat.RDF_XML)
    found = (_case(store, q.subject) for q in _with(store, "identifier"))
    return sorted((case for case in found if case), key=lambda case: case.name)


def _with(
    store: ox.Store, name: str, subject: names.Term | None = None
) -> Iterator[ox.Quad]:
    assert not isinstance(subject, ox.Literal)
    predicate = ox.NamedNode(TEST + name)
    return store.quads_for_pattern(subject, predicate, None, None)


def _text(term: names.Term) -> str:
    return "" if isinstance(term, ox.Triple) else term.value


def _case(store: ox.Store, test: names.Term) -> Case | None:
    def values(*predicates: str) -> list[str]:
        quads = [q for p in predicates for q in _with(store, p, test)]
        return [_text(quad.object) for quad in quads]

    name = values("identifier")[0]
    rdf_based = name.startswith("rdfbased")
    premise = values("rdfXmlPremiseOntology", "rdfXmlInputOntology")
    if not premise or values("importedOntology"):
        return None
    if not rdf_based and f"{TEST}RL" not in values("profile"):
        return None
    assert isinstance(test, ox.NamedNode)
    found = store.quads_for_pattern(test, names.TYPE, None, None)
    kinds = {_text(quad.object).removeprefix(TEST) for quad in found}
    conclusion = [*values("rdfXmlConclusionOntology"), ""]
    denied = [*values("rdfXmlNonConclusionOntology"), ""]
    return Case(name, frozenset(kinds), rdf_based, premise[0], conclusion[0], denied[0])


def read(text: str) -> list[ox.Triple]:
    """The triples of an RDF/XML text."""
    quads = ox.parse(
        input=text, format=ox.RdfFormat.RDF_XML, base_iri="http://example.org/base"
    )
    return [quad.triple for quad in quads]


def entails(triples: list[ox.Triple], conclusion: str) -> bool | None:
    """Whether the closure holds the conclusion; None where that says nothing."""
    store = ox.Store()
    inferred = reason.infer("rules", triples).triples
    store.extend(ox.Quad(*triple) for triple in (*triples, *inferred))
    wanted = [t for t in read(conclusion) if not trivial(t)]
    if not wanted:
        return None
    pattern = " ".join(
        f"{_slot(t.subject)} {t.predicate} {_slot(t.object)} ." for t in wanted
    )
    return bool(store.query(f"ASK {{ {pattern} }}"))


def _slot(term: names.Term) -> str:
    return f"?{term.value}" if isinstance(term, ox.BlankNode) else str(term)


def trivial(triple: ox.Triple) -> bool:
    """Whether the triple holds in any graph, or only declares a name."""
    fact = names.fact(triple)
    declared = {
        *useful.DECLARATIONS,
        names.THING,
        *map(names.owl, ("Ontology", "NamedIndividual", "OntologyProperty")),
    }
    if fact[1] == names.TYPE and fact[2] in declared:
        return True
    return not useful.useful(fact) and not names.builtin(fact[0])


CASES = cases()
ENTAILED = [c for c in CASES if "PositiveEntailmentTest" in c.kinds and c.conclusion]
REFUTED = [c for c in CASES if "NegativeEntailmentTest" in c.kinds and c.denied]
CLASHING = [c for c in CASES if "InconsistencyTest" in c.kinds]
SOUND = [c for c in CASES if "ConsistencyTest" in c.kinds and c not in CLASHING]

pytestmark = pytest.mark.skipif(not CASES, reason=f"{OWL2} is not at hand")


def test_all_inconsistent_ontologies_are_found() -> None:
    """Each of the 32 has a contradiction."""
    silent = [
        c.name for c in CLASHING if not reason.infer("rules", read(c.premise)).clashes
    ]

    assert len(CLASHING) == 32
    assert silent == []


def test_no_consistent_ontology_is_called_inconsistent() -> None:
    """None of the others has one."""
    accused = [c.name for c in SOUND if reason.infer("rules", read(c.premise)).clashes]

    assert len(SOUND) >= 139
    assert accused == []


def test_what_the_rdf_based_semantics_entails_follows() -> None:
    """All but that owl:Nothing is below every class, which is not worth storing."""
    asked = [
        (c.name, entails(read(c.premise), c.conclusion))
        for c in ENTAILED
        if c.rdf_based
    ]
    missing = [name for name, holds in asked if holds is False]

    assert sum(holds is True for _, holds in asked) >= 50
    assert missing == ["rdfbased-sem-class-nothing-term"]


def test_nothing_follows_that_must_not() -> None:
    """The negative entailment tests."""
    wrong = [c.name for c in REFUTED if entails(read(c.premise), c.denied)]

    assert len(REFUTED) > 5
    assert wrong == []
