"""The ontology explains each of its terms and reuses only terms that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rdflib
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, SKOS, VANN, XSD

from .conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rdflib.term import Node

CEX = rdflib.Namespace("https://w3id.org/cityexchange/ontology#")
ONTOLOGY = rdflib.URIRef("https://w3id.org/cityexchange/ontology")
BUILT_IN = (str(RDF), str(RDFS), str(OWL), str(XSD))
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
# The term lists that rdflib ships are closed: asking for a term that is not in one
# raises. For four small vocabularies it has none; theirs are from their own documents.
CLOSED: Mapping[str, object] = {
    str(namespace): namespace
    for namespace in (
        rdflib.FOAF, rdflib.PROV, rdflib.ORG, rdflib.SDO, rdflib.DCTERMS, rdflib.SKOS,
        rdflib.TIME, rdflib.namespace.GEO, rdflib.VANN,
    )
}  # fmt: skip
LISTED: Mapping[str, frozenset[str]] = {
    # Web Annotation Vocabulary, W3C Recommendation 2017, §3
    "http://www.w3.org/ns/oa#": frozenset(
        {
            "SpecificResource", "TextQuoteSelector", "TextPositionSelector",
            "hasSource", "hasSelector", "exact", "prefix", "suffix", "start", "end",
        }
    ),
    # Basic Geo (WGS84) Vocabulary, W3C; rdflib has it under https, which it is not.
    "http://www.w3.org/2003/01/geo/wgs84_pos#": frozenset({"lat", "long", "alt"}),
    # kgserver's own, for how things are written on pages (README)
    "https://w3id.org/kgserver/ns#": frozenset({"written"}),
    # Vocabulary of a Friend 2.3
    "http://purl.org/vocommons/voaf#": frozenset({"Vocabulary"}),
    # Bibliographic Ontology 1.3
    "http://purl.org/ontology/bibo/": frozenset({"status", "doi"}),
}  # fmt: skip


def read(*patterns: str) -> rdflib.Graph:
    """The files of the folder that fit the patterns, as one graph."""
    graph = rdflib.Graph()
    paths = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    if not paths:
        message = f"no file fits {patterns}"
        raise FileNotFoundError(message)
    for path in paths:
        if path.name != "shapes.ttl":
            graph.parse(path)
    return graph


@pytest.fixture(scope="module", name="ontology")
def _ontology() -> rdflib.Graph:
    return read("ontology/*.ttl")


@pytest.fixture(scope="module", name="everything")
def _everything() -> rdflib.Graph:
    return read("ontology/*.ttl", "graph/**/*.ttl")


def own(ontology: rdflib.Graph) -> set[Node]:
    """The classes and properties in our namespace."""
    return {
        term
        for kind in KINDS
        for term in ontology.subjects(RDF.type, kind)
        if str(term).startswith(str(CEX))
    }


# --- Documentation ---


def test_every_own_term_is_documented(ontology: rdflib.Graph) -> None:
    """Labels in three languages, an English definition, the ontology it belongs to."""
    terms = own(ontology)

    assert len(terms) > 150
    for term in terms:
        labels = {o.language for o in ontology.objects(term, RDFS.label)}  # type: ignore[attr-defined]
        definitions = list(ontology.objects(term, SKOS.definition))
        assert {tag.lower() for tag in labels} == {"en", "de", "zh-hans"}, term
        assert len(definitions) == 1, term
        assert str(definitions[0]).endswith("."), term
        assert (term, RDFS.isDefinedBy, ONTOLOGY) in ontology, term


def test_header_says_what_registries_ask(ontology: rdflib.Graph) -> None:
    """Title, licence, versions, namespace and dates, as LOV and FOOPS! look for."""
    wanted = (
        DCTERMS.title, DCTERMS.description, DCTERMS.license, DCTERMS.creator,
        DCTERMS.publisher, DCTERMS.created, DCTERMS.issued, DCTERMS.modified,
        DCTERMS.bibliographicCitation, DCTERMS.source, OWL.versionIRI, OWL.versionInfo,
        VANN.preferredNamespacePrefix, VANN.preferredNamespaceUri, RDFS.comment,
    )  # fmt: skip

    assert [p for p in wanted if ontology.value(ONTOLOGY, p) is None] == []
    assert str(ontology.value(ONTOLOGY, VANN.preferredNamespaceUri)) == str(CEX)


def test_no_two_terms_of_one_kind_share_a_label(ontology: rdflib.Graph) -> None:
    """A reader who sees a class's label knows which class it is."""
    for kind in KINDS:
        seen: dict[Node, Node] = {}
        for term in own(ontology) & set(ontology.subjects(RDF.type, kind)):
            for label in ontology.objects(term, RDFS.label):
                assert seen.setdefault(label, term) == term, label


def test_every_property_has_domain_range_inverse_or_a_note(
    ontology: rdflib.Graph,
) -> None:
    """At most one domain and one range each; what is left open says why."""
    for term in own(ontology) - set(ontology.subjects(RDF.type, OWL.Class)):
        domains = list(ontology.objects(term, RDFS.domain))
        ranges = list(ontology.objects(term, RDFS.range))
        noted = ontology.value(term, SKOS.editorialNote) is not None
        if (term, RDF.type, OWL.AnnotationProperty) in ontology:
            continue
        assert len(domains) <= 1, term
        assert len(ranges) <= 1, term
        assert noted or (domains and ranges), term
        if (term, RDF.type, OWL.ObjectProperty) in ontology:
            inverses = set(ontology.objects(term, OWL.inverseOf))
            inverses |= set(ontology.subjects(OWL.inverseOf, term))
            symmetric = (term, RDF.type, OWL.SymmetricProperty) in ontology
            assert bool(inverses) + symmetric + noted >= 1, term
            assert not (inverses and symmetric), term


def test_every_shape_says_what_to_do() -> None:
    """A message has two sentences: what is wrong, and what to do about it."""
    shapes = rdflib.Graph().parse(ROOT / "ontology/shapes.ttl")
    properties = set(shapes.subjects(SH.path)) - set(shapes.objects(None, SH.path))

    assert len(properties) > 50
    for shape in properties:
        message = str(shapes.value(shape, SH.message))
        assert message.endswith("."), message
        assert ". " in message.rstrip("."), message


# --- Reused vocabularies ---


def used_terms(graph: rdflib.Graph) -> set[rdflib.URIRef]:
    """Every predicate and every class in use, and every declared term."""
    terms = set(graph.predicates()) | set(graph.objects(None, RDF.type))
    terms |= {t for kind in KINDS for t in graph.subjects(RDF.type, kind)}
    return {term for term in terms if isinstance(term, rdflib.URIRef)}


def exists(term: rdflib.URIRef) -> bool:
    """Whether the vocabulary of a term knows it."""
    for base, namespace in CLOSED.items():
        if str(term).startswith(base):
            return term in namespace  # type: ignore[operator]
    for base, known in LISTED.items():
        if str(term).startswith(base):
            return str(term).removeprefix(base) in known
    return False


def test_reused_terms_exist_in_their_vocabularies(everything: rdflib.Graph) -> None:
    """No term is used that its vocabulary does not have."""
    foreign = {
        term
        for term in used_terms(everything)
        if not str(term).startswith((*BUILT_IN, str(CEX)))
    }

    assert len(foreign) > 50
    assert sorted(term for term in foreign if not exists(term)) == []


def test_a_term_that_is_not_there_is_noticed() -> None:
    """The lists are closed: a slip in a foreign term does not pass."""
    assert not exists(rdflib.SDO._NS["currencyCode"])
    assert not exists(rdflib.URIRef("http://www.w3.org/ns/oa#exactly"))


def test_nothing_is_said_about_foreign_terms(ontology: rdflib.Graph) -> None:
    """Foreign terms get a kind and a label, and SKOS's own axiom on labels."""
    said = {
        (s, p)
        for s, p in ontology.subject_predicates()
        if isinstance(s, rdflib.URIRef)
        and not str(s).startswith(str(CEX))
        and s != ONTOLOGY
        and p not in (RDF.type, RDFS.label)
    }

    assert said == {(SKOS.prefLabel, RDFS.subPropertyOf)}


def test_every_used_term_is_declared(everything: rdflib.Graph) -> None:
    """OWL tools know each class and property by its declaration."""
    undeclared = {
        term
        for term in used_terms(everything)
        if not str(term).startswith(BUILT_IN)
        and (term, RDF.type, None) not in everything
    }

    assert undeclared == set()
