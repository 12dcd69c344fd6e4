"""What a page of a fragment says of itself, and how others are asked for.

Triple Pattern Fragments, §4.2 and §4.3: the fragment as a subset of its dataset (VoID),
its estimated count, the page with its neighbours, and the form that leads to any other
fragment, in the Hydra Core Vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.fragments import matching, pattern
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.fragments.matching import Fragment

HYDRA = "http://www.w3.org/ns/hydra/core#"
_VOID, _FOAF, _SD = (names.WELL_KNOWN[p] for p in ("void", "foaf", "sd"))
_RDF, _TERMS = names.RDF, names.DCTERMS
PREFIXES = {
    "hydra": HYDRA,
    **{p: names.WELL_KNOWN[p] for p in ("void", "foaf", "sd", "rdf", "dcterms")},
}
_TRIPLE = {each: _RDF + each for each in ("subject", "predicate", "object")}
_QUAD = {**_TRIPLE, "graph": _SD + "graph"}


@dataclass(frozen=True, slots=True)
class Place:
    """The addresses of a page, all absolute.

    `dataset` is what it is a subset of, `form` the template of RFC 6570 by which
    others are asked for, `page` the page as it was asked for.
    """

    dataset: str
    form: str
    whole: str
    page: str
    first: str
    previous: str = ""
    next: str = ""
    quads: bool = False

    @property
    def metadata(self) -> str:
        """The graph in which all this is said, where a format has graphs."""
        return f"{self.page}#metadata"


def describe(place: Place, fragment: Fragment) -> Iterator[ox.Triple]:
    """The metadata and the controls of a page."""
    yield _link(place.metadata, _FOAF + "primaryTopic", place.page)
    yield from _search(place)
    for kind in (_VOID + "Dataset", HYDRA + "Collection"):
        yield _link(place.dataset, _RDF + "type", kind)
    for part in dict.fromkeys((place.whole, place.page)):
        yield _link(place.dataset, _VOID + "subset", part)
        yield _number(part, _VOID + "triples", fragment.total)
        yield _number(part, HYDRA + "totalItems", fragment.total)
    yield _number(place.page, HYDRA + "itemsPerPage", matching.SIZE)
    yield _link(place.page, _RDF + "type", HYDRA + "PartialCollectionView")
    yield _link(place.page, _TERMS + "source", place.dataset)
    for relation, target in (
        ("first", place.first),
        ("previous", place.previous),
        ("next", place.next),
    ):
        if target:
            yield _link(place.page, HYDRA + relation, target)
    if place.whole != place.page:
        yield _link(place.whole, HYDRA + "view", place.page)


def _search(place: Place) -> Iterator[ox.Triple]:
    """The form: a template, and what each of its variables stands for."""
    form = ox.BlankNode("form")
    about = ox.NamedNode(place.dataset)
    yield ox.Triple(about, ox.NamedNode(HYDRA + "search"), form)
    template = ox.NamedNode(HYDRA + "template")
    yield ox.Triple(form, template, ox.Literal(place.form))
    explicit = ox.NamedNode(HYDRA + "ExplicitRepresentation")
    yield ox.Triple(form, ox.NamedNode(HYDRA + "variableRepresentation"), explicit)
    for variable, stands_for in (_QUAD if place.quads else _TRIPLE).items():
        mapping = ox.BlankNode(variable)
        yield ox.Triple(form, ox.NamedNode(HYDRA + "mapping"), mapping)
        name = ox.NamedNode(HYDRA + "variable")
        yield ox.Triple(mapping, name, ox.Literal(variable))
        target = ox.NamedNode(stands_for)
        yield ox.Triple(mapping, ox.NamedNode(HYDRA + "property"), target)
    if place.quads:
        yield _link(place.dataset, _SD + "defaultGraph", pattern.DEFAULT_GRAPH)


def _link(subject: str, predicate: str, target: str) -> ox.Triple:
    return ox.Triple(
        ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(target)
    )


def _number(subject: str, predicate: str, value: int) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(value))
