"""The graph that describes the others: how much of what there is, and how to ask it.

VoID says which classes and properties there are, how often, and which occur together;
SHACL declares the prefixes; the examples are executables of SHACL. Editors complete
from exactly these (W3C VoID §4, void-ext of the LDF, SHACL-AF §5, the conventions of
sib-swiss/sparql-examples). It is a named graph of its own and part of no other, so that
no count changes by it.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kgserver.model.manifest import Example
    from kgserver.model.settings import Settings

_VOID, _SH, _XSD = names.WELL_KNOWN["void"], names.WELL_KNOWN["sh"], names.XSD
EXTENSION = "http://ldf.fi/void-ext#"
_TYPE = ox.NamedNode(names.RDF + "type")
_SUBCLASS = ox.NamedNode(names.RDFS + "subClassOf")
# The counting looks at each triple once for each class of its subject; from this many
# triples on it would delay a version, and is left to whoever asks for it.
MOST = 100_000
# How many classes and properties are described, the commonest of them.
_DESCRIBED = 500
_FORMS = {
    "SELECT": ("SPARQLSelectExecutable", _SH + "select"),
    "ASK": ("SPARQLAskExecutable", _SH + "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", _SH + "construct"),
    "DESCRIBE": (
        "SPARQLDescribeExecutable",
        "https://purl.expasy.org/sparql-examples/ontology#describe",
    ),
}


@dataclass(slots=True)
class Statistics:
    """How many triples there are, of which properties, between which classes."""

    triples: int = 0
    subjects: int = 0
    objects: int = 0
    entities: Counter[ox.NamedNode] = field(default_factory=Counter)
    properties: Counter[ox.NamedNode] = field(default_factory=Counter)
    together: Counter[tuple[ox.NamedNode, ...]] = field(default_factory=Counter)


def quads(
    settings: Settings,
    merged: Iterable[ox.Triple],
    prefixes: Mapping[str, str],
    examples: Iterable[Example],
    size: int,
) -> list[ox.Quad]:
    """The graph that describes the merged one, which holds `size` triples.

    It is empty where the folder wants its own graphs and no other.
    """
    if settings.default_graph == "own":
        return []
    dataset = ox.NamedNode(settings.names.dataset)
    triples = [*declared(dataset, prefixes), *exemplified(dataset, examples)]
    if size <= MOST:
        triples += described(dataset, count(set(merged)))
    place = ox.NamedNode(settings.names.catalog)
    return [ox.Quad(t.subject, t.predicate, t.object, place) for t in triples]


def count(triples: Iterable[ox.Triple]) -> Statistics:
    """The statistics of a graph, each triple of which is given once."""
    listed = list(triples)
    kinds = _pairs(listed, _TYPE)
    above = _pairs(listed, _SUBCLASS)
    closest = {node: _closest(held, above) for node, held in kinds.items()}
    found = Statistics(
        triples=len(listed),
        subjects=len({triple.subject for triple in listed}),
        objects=len({triple.object for triple in listed}),
        properties=Counter(triple.predicate for triple in listed),
        entities=Counter(each for held in kinds.values() for each in held),
    )
    for triple in listed:
        ends = _ends(triple.object, closest)
        for kind in kinds.get(triple.subject, ()):
            found.together[kind, triple.predicate] += 1
        for kind in closest.get(triple.subject, ()):
            for end in ends:
                found.together[kind, triple.predicate, end] += 1
    return found


def _pairs(
    triples: Iterable[ox.Triple], predicate: ox.NamedNode
) -> dict[object, list[ox.NamedNode]]:
    """The IRIs that a property gives to each subject."""
    held: dict[object, list[ox.NamedNode]] = defaultdict(list)
    for triple in triples:
        if triple.predicate == predicate and isinstance(triple.object, ox.NamedNode):
            held[triple.subject].append(triple.object)
    return held


def _closest(
    kinds: list[ox.NamedNode], above: Mapping[object, list[ox.NamedNode]]
) -> list[ox.NamedNode]:
    """The classes of a thing without those that another of them is a subclass of."""
    over = {
        top for kind in kinds for top in above.get(kind, ())
        if top != kind and kind not in above.get(top, ())
    }  # fmt: skip
    return [kind for kind in kinds if kind not in over]


def _ends(
    term: object, kinds: Mapping[object, list[ox.NamedNode]]
) -> Iterable[ox.NamedNode]:
    """What an object is: its classes, or its datatype."""
    if isinstance(term, ox.Literal):
        return (term.datatype,)
    return kinds.get(term, ())


def described(dataset: ox.NamedNode, found: Statistics) -> Iterator[ox.Triple]:
    """The statistics as VoID partitions of the dataset."""
    yield _link(dataset, _TYPE.value, _VOID + "Dataset")
    yield _number(dataset, "triples", found.triples)
    if found.subjects:
        yield _number(dataset, "distinctSubjects", found.subjects)
        yield _number(dataset, "distinctObjects", found.objects)
    yield _number(dataset, "classes", len(found.entities))
    yield _number(dataset, "properties", len(found.properties))
    for each, number in found.properties.most_common(_DESCRIBED):
        yield from _part(dataset, "property", (each,), number)
    classes = found.entities.most_common(_DESCRIBED)
    for kind, number in classes:
        yield from _part(dataset, "class", (kind,), number)
    known = {kind for kind, _ in classes}
    for keys, number in found.together.items():
        if keys[0] in known and len(keys) == 2:
            yield from _part(_node(keys[:1], "class"), "property", keys, number)
        elif keys[0] in known:
            end = "class" if keys[2] in found.entities else "datatype"
            yield from _part(_node(keys[:2], "property"), end, keys, number)


def declared(dataset: ox.NamedNode, prefixes: Mapping[str, str]) -> Iterator[ox.Triple]:
    """The prefixes, as SHACL declares them (SHACL §5.2.1)."""
    for prefix, namespace in sorted(prefixes.items()):
        node = _blank("prefix", prefix)
        yield ox.Triple(dataset, ox.NamedNode(_SH + "declare"), node)
        yield _text(node, _SH + "prefix", prefix)
        anyuri = ox.NamedNode(_XSD + "anyURI")
        value = ox.Literal(namespace, datatype=anyuri)
        yield ox.Triple(node, ox.NamedNode(_SH + "namespace"), value)


def exemplified(
    dataset: ox.NamedNode, examples: Iterable[Example]
) -> Iterator[ox.Triple]:
    """The example queries, as executables of SHACL."""
    for example in examples:
        node = ox.NamedNode(f"{dataset.value}#{example.name}")
        kind, holds = _FORMS.get(example.form, _FORMS["SELECT"])
        yield _link(node, _TYPE.value, _SH + "SPARQLExecutable")
        yield _link(node, _TYPE.value, _SH + kind)
        yield _text(node, names.RDFS + "label", example.title)
        yield _text(node, names.RDFS + "comment", example.description or example.title)
        yield _text(node, holds, example.text)
        yield _link(node, _SH + "prefixes", dataset.value)
        for keyword in example.keywords:
            yield _text(node, names.WELL_KNOWN["schema"] + "keywords", keyword)


def _part(
    whole: ox.NamedNode | ox.BlankNode,
    kind: str,
    keys: tuple[ox.NamedNode, ...],
    number: int,
) -> Iterator[ox.Triple]:
    """One partition: of which it is one, by what, and how much is in it."""
    space = EXTENSION if kind == "datatype" else _VOID
    node = _node(keys, kind)
    yield ox.Triple(whole, ox.NamedNode(f"{space}{kind}Partition"), node)
    yield ox.Triple(node, ox.NamedNode(space + kind), keys[-1])
    entities = kind == "class" and len(keys) == 1
    yield _number(node, "entities" if entities else "triples", number)


def _node(keys: tuple[ox.NamedNode, ...], kind: str) -> ox.BlankNode:
    return _blank(kind, *(key.value for key in keys))


def _blank(*parts: str) -> ox.BlankNode:
    """The same blank node for the same parts, so that versions differ by little."""
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=10)
    return ox.BlankNode("d" + digest.hexdigest())


def _link(
    subject: ox.NamedNode | ox.BlankNode, predicate: str, value: str
) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), ox.NamedNode(value))


def _text(
    subject: ox.NamedNode | ox.BlankNode, predicate: str, value: str
) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), ox.Literal(value))


def _number(subject: ox.NamedNode | ox.BlankNode, name: str, value: int) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(_VOID + name), ox.Literal(value))
