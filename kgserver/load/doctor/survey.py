"""One pass over the statements of a file: its outline, and what is odd in itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor import outline
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.outline import Use
from kgserver.model import names

if TYPE_CHECKING:
    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_RDF, _RDFS, _OWL = names.RDF, names.RDFS, names.OWL
_SH = names.WELL_KNOWN["sh"]
_TYPE = _RDF + "type"
# Properties whose value is a class, and those whose value is a property.
_CLASSES = frozenset(
    [_TYPE, _RDFS + "subClassOf", _RDFS + "domain", _RDFS + "range"]
    + [_OWL + each for each in ("equivalentClass", "disjointWith", "complementOf")]
    + [_OWL + each for each in ("someValuesFrom", "allValuesFrom", "onClass")]
    + [_SH + each for each in ("class", "targetClass")]
)  # fmt: skip
_PROPERTIES = frozenset(
    [_RDFS + "subPropertyOf", _RDF + "predicate", _OWL + "onProperty"]
    + [_OWL + each for each in ("inverseOf", "equivalentProperty")]
    + [_OWL + "propertyDisjointWith"]
    + [_SH + each for each in ("path", "targetSubjectsOf", "targetObjectsOf")]
)
# Properties that tell when something was, which is never a day to come.
_PAST = frozenset(
    [names.DCTERMS + each for each in ("created", "modified", "dateSubmitted")]
    + [names.WELL_KNOWN["prov"] + each for each in ("generatedAtTime", "startedAtTime")]
    + [names.WELL_KNOWN["schema"] + each for each in ("dateCreated", "dateModified")]
    + [names.WELL_KNOWN["schema"] + each for each in ("birthDate", "foundingDate")]
)
_LABELS = frozenset([_RDFS + "label", names.SKOS + "prefLabel"])
_SCHEMA = (_RDF, _RDFS, _OWL)
# Dates before this year are not compared with today.
_RECENT = "2020"


class _Property:
    """What is known of a property while a file is read."""

    __slots__ = (
        "classes",
        "first",
        "label",
        "literal",
        "named",
        "past",
        "thing",
        "type",
    )

    def __init__(self, iri: str, line: int) -> None:
        self.first, self.literal, self.thing = line, 0, 0
        self.type = iri == _TYPE
        self.classes = iri in _CLASSES or iri in _PROPERTIES
        self.named = iri in names.NAMING
        self.label = iri in _LABELS
        self.past = iri in _PAST


class Survey:
    """A file's statements as they come; `base` begins the IRIs of the folder."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._properties: dict[ox.NamedNode, _Property] = {}
        self._last: Term | None = None
        self._classes: dict[str, int] = {}
        self._as_property: dict[str, int] = {}
        self._described: dict[int, int] = {}
        self._pointed: dict[int, int] = {}
        self._members: dict[str, dict[int, int]] = {}
        self._labelled: dict[int, int] = {}
        self._labels: dict[tuple[int, str, str], tuple[str, int]] = {}
        self._defined: dict[str, set[str]] = {}
        self._nameless: dict[str, int] = {}
        self._dated: list[tuple[str, int]] = []
        self.charges: list[tuple[int, str, Charge]] = []

    def take(
        self, subject: Term, predicate: ox.NamedNode, value: Term, line: int
    ) -> None:
        """Look at one statement, whose value stands on a line."""
        prop = self._properties.get(predicate)
        if prop is None:
            prop = _Property(predicate.value, line)
            self._properties[predicate] = prop
        if subject != self._last:
            self._last = subject
            if isinstance(subject, ox.NamedNode) and subject.value.startswith(
                self._base
            ):
                self._described.setdefault(hash(subject), line)
        if isinstance(value, ox.NamedNode):
            prop.thing = prop.thing or line
            if prop.classes:
                self._role(subject, predicate.value, value, line)
            elif value.value.startswith(self._base):
                self._pointed.setdefault(hash(value), line)
        elif isinstance(value, ox.Literal):
            prop.literal = prop.literal or line
            if prop.named or prop.past:
                self._said(subject, predicate, value, line)

    def _role(
        self, subject: Term, predicate: str, value: ox.NamedNode, line: int
    ) -> None:
        """A class or property that a statement names by its value."""
        iri = value.value
        if predicate in _PROPERTIES:
            self._as_property.setdefault(iri, line)
            return
        self._classes.setdefault(iri, line)
        if predicate != _TYPE:
            return
        if isinstance(subject, ox.BlankNode):
            self._nameless.setdefault(iri, line)
        elif isinstance(subject, ox.NamedNode):
            if iri.startswith(_SCHEMA):
                self._defined.setdefault(subject.value, set()).add(iri)
            elif subject.value.startswith(self._base):
                self._members.setdefault(iri, {}).setdefault(hash(subject), line)

    def _said(
        self, subject: Term, predicate: ox.NamedNode, value: ox.Literal, line: int
    ) -> None:
        """A name, or the day on which something was."""
        prop, text = self._properties[predicate], value.value
        if prop.past:
            if text[:4] >= _RECENT and text[:4].isdecimal():
                self._dated.append((text, line))
            return
        key = hash(subject)
        if not text.strip():
            self.charges.append((line, text, _EMPTY))
        if not isinstance(subject, ox.NamedNode):
            return
        self._labelled.setdefault(key, line)
        if prop.label:
            language = (value.language or "").lower()
            place = key, predicate.value, language
            before = self._labels.setdefault(place, (text, line))
            if before[0] != text:
                self.charges.append((line, text, _twice(before, language)))

    def outline(self, **written: object) -> outline.Outline:
        """What is known of the file; `written` comes from its text."""
        uses = {
            node.value: Use(prop.first, prop.literal, prop.thing)
            for node, prop in self._properties.items()
        }
        for iri, line in self._as_property.items():
            uses.setdefault(iri, Use(prop=line))
        for iri, line in self._classes.items():
            uses[iri] = uses.get(iri, Use())._replace(kind=line)
        pointed = {k: v for k, v in self._pointed.items() if k not in self._described}
        return outline.Outline(
            uses=uses,
            defined={iri: tuple(sorted(each)) for iri, each in self._defined.items()},
            described=outline.things(self._described),
            pointed=outline.things(pointed),
            members={iri: outline.things(each) for iri, each in self._members.items()},
            labelled=outline.things(self._labelled),
            nameless=self._nameless,
            dated=tuple(self._dated),
            **written,  # type: ignore[arg-type]
        )


_EMPTY = Charge(
    "empty-label", "the label is empty", "Write the name, or take the statement away."
)


def _twice(before: tuple[str, int], language: str) -> Charge:
    text, line = before
    told = f"in the language {language}" if language else "without a language"
    return Charge(
        "label-twice",
        f'there is another label {told}: "{text}" (line {line})',
        "Keep one of them; another name is a skos:altLabel.",
    )
