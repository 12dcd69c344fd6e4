"""Classes and properties: those that are not there, and those in each other's place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.folder import vocabularies
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.load.doctor.folder.files import File
    from kgserver.load.doctor.lexemes import Spot
    from kgserver.load.doctor.outline import Use
    from kgserver.model.problem import Problem

_OWL = names.OWL
# Vocabularies of which not all that begins with a capital is a class; names of RDF's
# that begin as properties do and are none.
_MIXED = frozenset((names.XSD, names.WELL_KNOWN["sh"]))
_NEITHER = frozenset(
    names.RDF + each for each in ("langString", "dirLangString", "nil")
)
_ONTOLOGY = _OWL + "Ontology"
# Properties whose values are texts (RDF Schema §3.6 and §3.7, SKOS §5.4 and §6.4).
_TEXTS = frozenset(
    [names.RDFS + "label", names.RDFS + "comment", names.SKOS + "notation"]
    + [names.SKOS + each for each in ("prefLabel", "altLabel", "hiddenLabel")]
)
_CLASS = frozenset((_OWL + "Class", names.RDFS + "Class", names.RDFS + "Datatype"))
_OBJECT, _VALUE = _OWL + "ObjectProperty", _OWL + "DatatypeProperty"
_PROPERTY = frozenset(
    [_OBJECT, _VALUE, names.RDF + "Property"]
    + [_OWL + each for each in ("AnnotationProperty", "FunctionalProperty")]
    + [_OWL + each for each in ("InverseFunctionalProperty", "SymmetricProperty")]
    + [_OWL + each for each in ("TransitiveProperty", "AsymmetricProperty")]
    + [_OWL + each for each in ("ReflexiveProperty", "IrreflexiveProperty")]
    + [_OWL + "OntologyProperty"]
)


class Terms:
    """The terms that a folder defines, and the namespaces that are its own."""

    def __init__(self, files: Sequence[File], base: str) -> None:
        self.defined: dict[str, frozenset[str]] = {}
        for file in files:
            for iri, classes in file.outline.defined.items():
                self.defined[iri] = self.defined.get(iri, frozenset()).union(classes)
        ours = [f for f in files if f.source.role == "ontology"]
        beginnings = (base, *_ontologies(ours))
        self.own: dict[str, set[str]] = {}
        for file in ours:
            for iri, classes in file.outline.defined.items():
                namespace, name = vocabularies.parted(iri)
                term = not (_CLASS | _PROPERTY).isdisjoint(classes)
                if term and namespace.startswith(beginnings):
                    self.own.setdefault(namespace, set()).add(name)

    def is_own(self, iri: str) -> bool:
        """Whether it is in a namespace of the folder's own ontology."""
        return vocabularies.parted(iri)[0] in self.own

    def is_class(self, iri: str) -> bool:
        """Whether it is a class and no property."""
        return self._is(iri, _CLASS, _PROPERTY, capital=True)

    def is_property(self, iri: str) -> bool:
        """Whether it is a property and no class."""
        return self._is(iri, _PROPERTY, _CLASS, capital=False)

    def _is(
        self, iri: str, these: frozenset[str], others: frozenset[str], *, capital: bool
    ) -> bool:
        """By what the folder defines; else as well-known vocabularies are spelt."""
        kinds = self.defined.get(iri)
        if kinds is not None:
            return not these.isdisjoint(kinds) and others.isdisjoint(kinds)
        namespace, name = vocabularies.parted(iri)
        if namespace == names.XSD or (capital and namespace in _MIXED):
            return False
        known = namespace in vocabularies.table() and name[:1].isalpha()
        known = known and not vocabularies.lacks(iri) and iri not in _NEITHER
        return known and name[0].isupper() == capital


def _ontologies(files: Sequence[File]) -> Iterator[str]:
    for file in files:
        for iri, classes in file.outline.defined.items():
            if _ONTOLOGY in classes:
                yield iri


def check(file: File, terms: Terms) -> Iterator[Problem]:
    """What is odd about the terms that a file uses."""
    uses = file.outline.uses
    for iri in sorted({*uses, *file.outline.known} - terms.defined.keys()):
        namespace, name = vocabularies.parted(iri)
        if iri in uses and namespace in terms.own and name:
            known = sorted(terms.own[namespace])
            yield from _missing(file, iri, known, _UNDEFINED)
        elif vocabularies.lacks(iri):
            known = sorted(vocabularies.table()[namespace])
            yield from _missing(file, iri, known, _UNKNOWN)
    for iri, use in uses.items():
        for line, (code, message, hint) in _misplaced(iri, use, terms):
            spot = file.on(line, iri)
            yield file.tell(Charge(code, message.format(file.short(iri)), hint), spot)


# A rule, what is wrong with a term, what to do.
Said = tuple[str, str, str]
_UNDEFINED: Said = (
    "undefined-term",
    "{} is not in the ontology, whose namespace it has",
    "mend its spelling, or declare it in ontology/ with a label.",
)
_UNKNOWN: Said = (
    "unknown-term",
    "the vocabulary has no {}",
    "look it up in what the makers of the vocabulary publish.",
)


_CLASS_FOR_PROPERTY: Said = (
    "class-as-property",
    "{} is a class, but stands where a property should",
    "Use a property; to say that a thing is one, write a before the class.",
)
_PROPERTY_FOR_CLASS: Said = (
    "property-as-class",
    "{} is a property, but stands where a class should",
    "Name the class that is meant.",
)
_LITERAL: Said = (
    "literal-for-thing",
    "{} leads to a thing, but a text or number stands here",
    "Write the IRI of the thing, or use a property that takes texts.",
)
_THING: Said = (
    "thing-for-literal",
    "{} takes a text, a number or a date, but an IRI stands here",
    "Write the value itself, or use a property that leads to things.",
)


def _missing(
    file: File, iri: str, known: Sequence[str], said: Said
) -> Iterator[Problem]:
    """A term that is not there, told once, with the one that is meant."""
    code, message, otherwise = said
    namespace, name = vocabularies.parted(iri)
    alike = [each for each in known if each[:1].isupper() == name[:1].isupper()]
    meant = vocabularies.nearest(name, alike) or vocabularies.nearest(name, known)
    line = min(filter(None, file.outline.uses.get(iri, ())), default=0)
    spots = file.spots(iri) or [file.text.beginning(line)]
    for spot, more in _once(file, code, spots):
        written = spot.text if spot.text in file.spelt(iri) else f"<{iri}>"
        better = _instead(written, namespace, meant.name) if meant else None
        near = f"Did you mean {better}? If not, " if better else ""
        hint = near + (otherwise if near else otherwise.capitalize())
        sure = better if meant and meant.sure else None
        what = Charge(code, message.format(written) + more, hint, sure)
        yield file.tell(what, spot)


def _once(file: File, code: str, spots: Sequence[Spot]) -> Iterator[tuple[Spot, str]]:
    """The first of some places, with how many more there are of its lexeme.

    Those for which a comment switches the rule off stand for themselves.
    """
    covered = {c.covers for c in file.outline.comments if code in c.codes}
    first: dict[str, Spot] = {}
    count = Counter(spot.text for spot in spots if spot.line not in covered)
    for spot in spots:
        if spot.line in covered:
            yield spot, ""
        elif first.setdefault(spot.text, spot) is spot:
            more = count[spot.text] - 1
            places = "1 more place" if more == 1 else f"{more:,} more places"
            yield spot, f" (here and at {places})" if more else ""


def _instead(written: str, namespace: str, name: str) -> str:
    """Another name of the namespace, written as this one is."""
    if written.startswith("<"):
        return f"<{namespace}{name}>"
    return f"{written.partition(':')[0]}:{name}"


def _misplaced(iri: str, use: Use, terms: Terms) -> Iterator[tuple[int, Said]]:
    """The lines on which a term stands where it cannot, with the rule that says so."""
    kinds = terms.defined.get(iri, frozenset())
    if use.prop and terms.is_class(iri):
        yield use.prop, _CLASS_FOR_PROPERTY
    if use.kind and terms.is_property(iri):
        yield use.kind, _PROPERTY_FOR_CLASS
    if use.literal and _OBJECT in kinds and _VALUE not in kinds:
        yield use.literal, _LITERAL
    of_texts = iri in _TEXTS or (_VALUE in kinds and _OBJECT not in kinds)
    if use.thing and of_texts:
        yield use.thing, _THING
