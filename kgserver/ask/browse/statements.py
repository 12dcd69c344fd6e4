"""Statements as a page shows them: by property, ordered, folded, with who says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import evidence, schema, written
from kgserver.ask.dataset import Label
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kgserver.ask.browse.evidence import Evidence
    from kgserver.ask.browse.schema import Schema
    from kgserver.ask.dataset import Dataset, Node

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# The parts of a page, in the order in which they stand, and which properties each has;
# what no part claims is in `main`. Subproperties go where their superproperty does.
_SCHEMA = names.WELL_KNOWN["schema"]
_PROV = names.WELL_KNOWN["prov"]
_OA = names.WELL_KNOWN["oa"]
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
        "sources": (
            _PROV + "wasDerivedFrom", _PROV + "wasQuotedFrom", names.DCTERMS + "source",
            _PROV + "hadPrimarySource", _OA + "hasSource",
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


@dataclass(frozen=True, slots=True)
class Value:
    """One end of a statement, how it is written, and what is behind the statement.

    `graphs` are IRIs, without the inferred graph; where there are none the statement
    only follows from others. `inside` is what is said of a value that has no page.
    """

    term: Term
    label: Label
    triple: ox.Triple
    graphs: tuple[str, ...]
    evidence: Evidence
    inside: tuple[Group, ...] = ()

    @property
    def inferred(self) -> bool:
        """Whether no file says this, so that it only follows."""
        return not self.graphs


@dataclass(frozen=True, slots=True)
class Group:
    """The statements of one property; `count` may be more than are listed.

    `differ` marks a property that can have one value only and has several.
    """

    property: ox.NamedNode
    label: Label
    values: tuple[Value, ...]
    count: int
    differ: bool = False


Held = dict[ox.Triple, tuple[str, ...]]


def held(dataset: Dataset, quads: Iterable[ox.Quad]) -> Held:
    """The triples of the default graph, each with the files' graphs that hold it."""
    inferred = dataset.names.inferred
    graphs: dict[ox.Triple, set[str]] = defaultdict(set)
    shown: dict[ox.Triple, None] = {}
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            graphs[quad.triple].add(quad.graph_name.value)
        else:
            shown[quad.triple] = None
    return {triple: tuple(sorted(graphs[triple] - {inferred})) for triple in shown}


def parted(
    dataset: Dataset, found: Held, types: Iterable[Node], language: str
) -> Mapping[str, tuple[Group, ...]]:
    """What is said of a thing in the parts of its page, what matters most first."""
    known = schema.of(dataset)
    repeated = _repeated(known, found)
    by_part: dict[str, dict[ox.NamedNode, list[ox.Triple]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for triple, graphs in found.items():
        part = _part(known, triple, follows=not graphs)
        folded = "cues" if triple in repeated else part
        by_part[folded][triple.predicate].append(triple)
    shown = Showing(dataset, found, language)
    classes = [node for node in types if isinstance(node, ox.NamedNode)]
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


@dataclass(frozen=True, slots=True)
class Showing:
    """How triples become values: who says them, in which language they are written.

    `depth` is how many nameless nodes they are inside of.
    """

    dataset: Dataset
    found: Held
    language: str
    depth: int = 0
    backwards: bool = False

    def group(
        self, prop: ox.NamedNode, triples: Sequence[ox.Triple], count: int = 0
    ) -> Group:
        """The statements of one property, said ones before what only follows."""
        values = sorted(self.values(triples), key=_order)
        functional = prop in schema.of(self.dataset).functional
        said = {value.term for value in values if not value.inferred}
        label = self.dataset.label(prop, self.language)
        differ = functional and not self.backwards and len(said) > 1
        return Group(prop, label, tuple(values), count or len(values), differ)

    def values(self, triples: Iterable[ox.Triple]) -> Iterator[Value]:
        """Each statement's other end."""
        for triple in triples:
            term = triple.subject if self.backwards else triple.object
            graphs = self.found[triple]
            behind = evidence.of(self.dataset, triple, graphs)
            label = written.term(self.dataset, term, self.language)
            yield Value(term, label, triple, graphs, behind, self._inside(term))

    def _inside(self, term: Term) -> tuple[Group, ...]:
        """What is said of a nameless node, which has no page of its own."""
        if not isinstance(term, ox.BlankNode) or self.depth > 3 or self.backwards:
            return ()
        quads = self.dataset.store.quads_for_pattern(term, None, None, None)
        found = held(self.dataset, quads)
        within = Showing(self.dataset, found, self.language, self.depth + 1)
        by_property: dict[ox.NamedNode, list[ox.Triple]] = defaultdict(list)
        for triple in found:
            by_property[triple.predicate].append(triple)
        groups = [within.group(*each) for each in by_property.items()]
        return tuple(sorted(groups, key=lambda group: group.label.text.lower()))


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
) -> tuple[float, ...] | tuple[object, ...]:
    """The order that shapes give; else what is said before what follows, what its own
    class has before what any thing has, dates first; then by name.
    """
    prop = group.property
    given = known.orders.get(prop, 1e9)
    fixed = PARTS[part].index(prop) if prop in PARTS[part] else len(PARTS[part])
    follows = all(value.inferred for value in group.values)
    foreign = not prop.value.startswith(known.own)
    dated = any(written.is_date(value.term) for value in group.values)
    far = _distance(known, prop, classes)
    name = group.label.text.lower()
    typed = prop != TYPE
    return typed, fixed, given, foreign, follows, not dated, far, name, prop.value


def _distance(
    known: Schema, prop: ox.NamedNode, classes: Sequence[ox.NamedNode]
) -> int:
    """How general a property's domain is: the more classes are below it the more."""
    domains = known.domains.get(prop, frozenset())
    if not domains.isdisjoint(classes):
        return 0
    wide = {parent for each in classes for parent in known.parents.get(each, ())}
    return 1 if not domains.isdisjoint(wide) else 2


def _order(value: Value) -> tuple[object, ...]:
    iri = value.term.value if isinstance(value.term, ox.NamedNode) else ""
    return value.inferred, _natural(value), value.label.text.lower(), iri


def _natural(value: Value) -> tuple[str, float]:
    """Literals in the order of what they mean: by language, number or date."""
    term = value.term
    if not isinstance(term, ox.Literal):
        return "", 0
    try:
        return "", float(term.value)
    except ValueError:
        return term.language or term.value, 0
