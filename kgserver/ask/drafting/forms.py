"""What has to be said of a thing of a class: the fields that its SHACL shapes name.

Of a property shape these count: sh:path (a property, a sequence of two, the first way
of an alternative), sh:minCount, sh:maxCount, sh:datatype, sh:class, sh:nodeKind, sh:in,
sh:hasValue, sh:pattern, sh:languageIn, sh:minInclusive and the like, sh:name,
sh:description, sh:order and sh:message; and what sh:node, sh:and and sh:or add. Where
shapes are silent, the ontology's rdfs:range and the values of others speak.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.drafting.shapes import SH, Shapes, number
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.kinds import Kind
    from kgserver.ask.drafting.shapes import Path
    from kgserver.load.terms.spelling import Term

_LABEL = ox.NamedNode(names.RDFS + "label")
_RANGE = ox.NamedNode(names.RDFS + "range")
_TEXTS = frozenset((names.RDFS + "Literal", names.RDF + "langString"))
_TOLD = (names.SKOS + "definition", names.RDFS + "comment")
_UP = "SELECT ?above { %s <http://www.w3.org/2000/01/rdf-schema#subClassOf>* ?above }"
_BOUNDS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
# How many statements of others are looked at to see what values are like.
_LIKE = 200


@dataclass(frozen=True, slots=True)
class Field:
    """What is said of a thing by one property, or by one of a part of it.

    `least` and `most` are how often; `choices` the only values there are; `kind` the
    class of what it links to; `languages` those that a text is asked for in, the first
    one being needed. `given` is a value that goes without saying; `example` one that
    another thing has.
    """

    path: Path
    least: int = 0
    most: int | None = None
    datatypes: tuple[str, ...] = ()
    kind: str = ""
    links: bool = False
    choices: tuple[Term, ...] = ()
    patterns: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    bounds: Mapping[str, float] = field(default_factory=dict)
    given: Term | None = None
    name: str = ""
    help: str = ""
    complaint: str = ""
    example: str = ""

    @property
    def property(self) -> ox.NamedNode:
        """The property that holds the value itself."""
        return self.path[-1]


def form(dataset: Dataset, kind: Kind) -> tuple[Field, ...]:
    """The fields of a class and of those above it: label, what is needed, the rest."""
    read = Shapes(dataset)
    by_path: dict[Path, list[ox.NamedNode | ox.BlankNode]] = {}
    for above in _above(dataset, kind.node):
        for shape in read.subjects("targetClass", above):
            for each in read.objects(shape, "property"):
                path = read.path(next(read.objects(each, "path"), None))
                if path and isinstance(each, ox.NamedNode | ox.BlankNode):
                    by_path.setdefault(path, []).append(each)
    order = {path: read.order(shapes) for path, shapes in by_path.items()}
    fields = [_field(dataset, read, path, shapes) for path, shapes in by_path.items()]
    if (_LABEL,) not in by_path:
        fields.append(_completed(dataset, Field((_LABEL,))))
    return tuple(
        sorted(
            fields,
            key=lambda f: (
                f.path != (_LABEL,),
                f.least == 0,
                order.get(f.path, (0, 0)),
                f.path[0].value,
            ),
        )
    )


def _above(dataset: Dataset, kind: ox.NamedNode) -> Iterator[Term]:
    rows = dataset.store.query(_UP % kind)
    if isinstance(rows, ox.QuerySolutions):
        yield from {row["above"] for row in rows}


def _field(dataset: Dataset, read: Shapes, path: Path, shapes: Sequence[Term]) -> Field:
    every = [each for shape in shapes for each in read.beside(shape)]

    def values(name: str) -> list[Term]:
        return [value for each in every for value in read.objects(each, name)]

    def texts(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(getattr(v, "value", "")) for v in values(name)))

    least = [number(value) or 0 for value in values("minCount")]
    most = [n for value in values("maxCount") if (n := number(value)) is not None]
    chosen = [tuple(read.members(head)) for head in values("in")]
    tongues = [tuple(read.members(head)) for head in values("languageIn")]
    bounds = {name: number(v) for name in _BOUNDS for v in values(name)}
    return _completed(
        dataset,
        Field(
            path,
            int(max(least, default=0)),
            int(min(most)) if most else None,
            texts("datatype"),
            next(iter(texts("class")), ""),
            SH + "IRI" in texts("nodeKind"),
            chosen[0] if chosen else (),
            texts("pattern"),
            tuple(str(getattr(t, "value", "")) for t in tongues[0]) if tongues else (),
            {name: number for name, number in bounds.items() if number is not None},
            next(iter(values("hasValue")), None),
            next(iter(texts("name")), ""),
            next(iter(texts("description")), ""),
            next(iter(texts("message")), ""),
        ),
    )


def _completed(dataset: Dataset, known: Field) -> Field:
    """The field with what the ontology and the values of others add to it."""
    like = _like(dataset, known.property)
    literals = [value for value in like if isinstance(value, ox.Literal)]
    ranges = _ranges(dataset, known.property)
    typed = [each for each in ranges if each.startswith(names.XSD)]
    kind = known.kind or next((r for r in ranges if r not in {*typed, *_TEXTS}), "")
    links = known.links or bool(kind) or (bool(like) and not literals)
    tags = Counter(value.language for value in literals if value.language)
    datatypes = known.datatypes or tuple(typed)
    languages = known.languages
    if not links and not datatypes and not languages:
        if sum(tags.values()) * 2 > len(like):
            languages = tuple(tag for tag, _ in tags.most_common(1))
        else:
            datatypes = tuple({v.datatype.value for v in literals if not v.language})
    return replace(
        known,
        datatypes=() if links or languages else datatypes,
        kind=kind,
        links=links,
        languages=() if links else languages,
        name=known.name or dataset.label(known.property).text,
        help=known.help or next(_told(dataset, known.property), ""),
        example=min((v.value for v in literals if not v.language), default=""),
    )


def _like(dataset: Dataset, prop: ox.NamedNode) -> list[Term]:
    """Some of the values that others have of a property."""
    quads = dataset.store.quads_for_pattern(None, prop, None, DEFAULT)
    return [quad.object for quad in itertools.islice(quads, _LIKE)]


def _ranges(dataset: Dataset, prop: ox.NamedNode) -> list[str]:
    """The ranges that files state; that wider ones follow is of no help here."""
    follows = ox.NamedNode(dataset.names.inferred)
    return sorted(
        quad.object.value
        for quad in dataset.store.quads_for_pattern(prop, _RANGE, None, None)
        if quad.graph_name not in (DEFAULT, follows)
        and isinstance(quad.object, ox.NamedNode)
    )


def _told(dataset: Dataset, node: ox.NamedNode) -> Iterator[str]:
    """What the ontology says that a property means, in English where it does."""
    for iri in _TOLD:
        quads = dataset.store.quads_for_pattern(node, ox.NamedNode(iri), None, DEFAULT)
        said = [q.object for q in quads if isinstance(q.object, ox.Literal)]
        yield from (s.value for s in sorted(said, key=lambda s: s.language != "en"))
