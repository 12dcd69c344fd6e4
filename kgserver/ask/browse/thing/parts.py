"""The parts of a page about a thing: where a statement stands, and in which order.

What names the thing comes first, then what is said of it, then where that is from and
where it leads; what is for programs, or follows from what is shown already, is last.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import schema, written
from kgserver.ask.browse.thing import evidence
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.browse.schema import Schema
    from kgserver.ask.browse.thing.statements import Group, Held, Showing, Term

# The parts of a page, in the order in which they stand, and which properties each has;
# what no part claims is in `main`. Subproperties go where their superproperty does.
_WGS, _GEO = names.WELL_KNOWN["wgs"], names.WELL_KNOWN["geo"]
_SCHEMA = names.WELL_KNOWN["schema"]
PARTS: Mapping[str, tuple[ox.NamedNode, ...]] = {
    part: tuple(ox.NamedNode(iri) for iri in iris)
    for part, iris in {
        "names": (
            names.SKOS + "prefLabel", names.RDFS + "label", names.DCTERMS + "title",
            _SCHEMA + "name", names.WELL_KNOWN["foaf"] + "name",
            names.SKOS + "altLabel", _SCHEMA + "alternateName",
            names.SKOS + "hiddenLabel", names.SKOS + "notation",
        ),
        "words": (
            names.SKOS + "definition", names.DCTERMS + "description",
            names.DCTERMS + "abstract", _SCHEMA + "description", names.RDFS + "comment",
            names.SKOS + "scopeNote", names.SKOS + "note",
        ),
        "main": (),
        "sources": tuple(prop.value for prop in evidence.SOURCES),
        "place": (
            _WGS + "lat", _WGS + "long", _WGS + "alt", _SCHEMA + "latitude",
            _SCHEMA + "longitude", _SCHEMA + "geo", _GEO + "hasGeometry",
            _GEO + "asWKT",
        ),
        "links": (
            names.OWL + "sameAs", names.SKOS + "mappingRelation",
            names.SKOS + "exactMatch", names.SKOS + "closeMatch",
            names.SKOS + "broadMatch", names.SKOS + "narrowMatch",
            names.SKOS + "relatedMatch", _SCHEMA + "sameAs", names.RDFS + "seeAlso",
            names.WELL_KNOWN["foaf"] + "homepage", names.RDFS + "isDefinedBy",
        ),
        "cues": (
            names.OWL + "differentFrom", names.RDF + "subject",
            names.RDF + "predicate", names.RDF + "object",
        ),
    }.items()
}  # fmt: skip
TYPE = ox.NamedNode(names.RDF + "type")


def parted(shown: Showing) -> Mapping[str, tuple[Group, ...]]:
    """What is said of a thing in the parts of its page, what matters most first."""
    known, found = schema.of(shown.dataset), shown.found
    repeated = _repeated(known, found)
    by_part: dict[str, dict[ox.NamedNode, list[ox.Triple]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for triple, graphs in found.items():
        part = _part(known, triple, follows=not graphs)
        folded = "cues" if triple in repeated else part
        by_part[folded][triple.predicate].append(triple)
    classes = [
        triple.object
        for triple in found
        if triple.predicate == TYPE and isinstance(triple.object, ox.NamedNode)
    ]
    return {
        part: tuple(
            sorted(
                (shown.group(prop, triples) for prop, triples in groups.items()),
                key=lambda group: _rank(known, group, part, classes),
            )
        )
        for part in PARTS
        if (groups := by_part.get(part))
    }


def _part(known: Schema, triple: ox.Triple, *, follows: bool) -> str:
    prop = triple.predicate
    for part, wide in PARTS.items():
        if known.is_kind_of(prop, wide):
            return part
    foreign = not prop.value.startswith(known.own)
    return "cues" if follows and foreign else "main"


def _repeated(known: Schema, found: Held) -> set[ox.Triple]:
    """What only follows from another statement here by a wider property.

    Of two properties that are wider than each other the one that is said is kept, and
    where none is, the first by its IRI.
    """
    by_value: dict[Term, list[ox.Triple]] = defaultdict(list)
    for triple in found:
        by_value[triple.object].append(triple)
    repeated = set()
    for triples in by_value.values():
        for one in triples:
            if found[one]:
                continue
            for other in triples:
                wider = known.wider.get(other.predicate, frozenset())
                back = known.wider.get(one.predicate, frozenset())
                mutual = other.predicate in back and not found[other]
                first = other.predicate.value < one.predicate.value
                if one.predicate in wider and (first or not mutual):
                    repeated.add(one)
    return repeated


def _rank(
    known: Schema, group: Group, part: str, classes: Sequence[ox.NamedNode]
) -> tuple[object, ...]:
    """The order that shapes give; else what is said before what follows, what its own
    class has before what any thing has, dates first; then by name. The class itself
    stands above the statements, so where it is said comes last.
    """
    prop = group.property
    given = known.orders.get(prop, 1e9)
    fixed = PARTS[part].index(prop) if prop in PARTS[part] else len(PARTS[part])
    typed = prop == TYPE
    follows = all(value.inferred for value in group.values)
    bare = all(value.bare for value in group.values)
    foreign = not prop.value.startswith(known.own)
    dated = any(written.is_date(value.term) for value in group.values)
    far = _distance(known, prop, classes)
    name = group.label.text.lower()
    return typed, fixed, given, foreign, bare, follows, not dated, far, name, prop.value


def _distance(
    known: Schema, prop: ox.NamedNode, classes: Sequence[ox.NamedNode]
) -> int:
    """How general a property's domain is: the more classes are below it the more."""
    domains = known.domains.get(prop, frozenset())
    if not domains.isdisjoint(classes):
        return 0
    wide = {parent for each in classes for parent in known.parents.get(each, ())}
    return 1 if not domains.isdisjoint(wide) else 2
