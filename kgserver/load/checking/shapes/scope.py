"""Which nodes an edit can make valid or invalid, and what it takes to look at them.

Whether a node fits a shape hangs on chains of steps that begin at it: its targets, the
paths of its properties, the types of their values, the paths of shapes nested therein
(SHACL §2 to §4). A statement that comes or goes has a bearing on the nodes from which
a chain leads to it. Where chains have no end, or a shape looks at anything it likes,
all nodes are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox
import rdflib
from rdflib import RDF, RDFS, SH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib.term import Node

    from kgserver.load.checking.verdict import Faulty, Since

Step: TypeAlias = "tuple[ox.NamedNode | None, bool]"
"""A property, None for any, and whether the step goes from subject to value."""
Chain: TypeAlias = "tuple[Step, ...]"
_Thing: TypeAlias = "ox.NamedNode | ox.BlankNode"

MOST = 2_000
"""Nodes from which on all are looked at."""
_LARGE = 50_000
"""Statements about them from which on all are."""
_TYPE: Step = (ox.NamedNode(str(RDF.type)), True)
_SUBCLASS = ox.NamedNode(str(RDFS.subClassOf))
_COMPARED = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
_NESTED = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
_LISTED = (SH["and"], SH["or"], SH.xone)
# What else a shape may say that this module knows to be no matter of further nodes.
_LOCAL = frozenset(
    SH[each]
    for each in (
        "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "path",
        "inversePath", "alternativePath", "zeroOrOnePath", "class", "datatype",
        "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive",
        "maxExclusive", "maxInclusive", "minLength", "maxLength", "pattern", "flags",
        "languageIn", "uniqueLang", "hasValue", "in", "closed", "ignoredProperties",
        "severity", "message", "name", "description", "order", "group", "defaultValue",
        "deactivated", "qualifiedMinCount", "qualifiedMaxCount",
        "qualifiedValueShapesDisjoint", "declare", "prefix", "namespace",
    )
)  # fmt: skip


_IN = ox.DefaultGraph()


class Boundless(Exception):
    """Every node must be looked at."""


def affected(
    shapes: rdflib.Graph, since: Since, held: ox.Store
) -> tuple[Faulty, list[ox.Triple]] | None:
    """The nodes to look at, and the statements to look at them with; None for all.

    `held` holds the edit already.
    """
    try:
        chains = _chains(shapes)
        focus = _focus(chains, since, held)
        return focus, _known(chains, focus, held)
    except Boundless:
        return None


def _chains(shapes: rdflib.Graph) -> frozenset[Chain]:
    known = {*_LOCAL, *_COMPARED, *_NESTED, *_LISTED}
    if any(str(p).startswith(str(SH)) and p not in known for p in shapes.predicates()):
        raise Boundless
    found: set[Chain] = {(_TYPE,)}
    for prop, forward in ((SH.targetSubjectsOf, True), (SH.targetObjectsOf, False)):
        found.update(((_iri(p), forward),) for p in shapes.objects(None, prop))
    for shape in _roots(shapes):
        found.update(_of_shape(shapes, shape, (), ()))
    return frozenset(found)


def _roots(shapes: rdflib.Graph) -> set[Node]:
    """The shapes that may have targets."""
    found = {s for kind in (SH.NodeShape, SH.PropertyShape)
             for s in shapes.subjects(RDF.type, kind)}  # fmt: skip
    for prop in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf):
        found.update(shapes.subjects(prop))
    return found.union(shapes.subjects(SH.targetObjectsOf))


def _of_shape(
    shapes: rdflib.Graph, shape: Node, prefix: Chain, trail: tuple[Node, ...]
) -> Iterator[Chain]:
    """The chains of a shape that is applied where `prefix` leads."""
    if shape in trail:
        raise Boundless
    for prop in _COMPARED:
        yield from ((*prefix, (_iri(p), True)) for p in shapes.objects(shape, prop))
    path = shapes.value(shape, SH.path)
    ends = [prefix]
    if path is not None:
        ends = [(*prefix, *steps) for steps in _paths(shapes, path)]
        yield from ends
    for end in ends:
        if (shape, SH["class"], None) in shapes:
            yield (*end, _TYPE)
        if (shape, SH.closed, None) in shapes:
            yield (*end, (None, True))
        for inner in _inner(shapes, shape):
            yield from _of_shape(shapes, inner, end, (*trail, shape))


def _inner(shapes: rdflib.Graph, shape: Node) -> Iterator[Node]:
    for prop in _NESTED:
        yield from shapes.objects(shape, prop)
    for prop in _LISTED:
        for listed in shapes.objects(shape, prop):
            yield from shapes.items(listed)


def _paths(shapes: rdflib.Graph, path: Node) -> list[Chain]:
    """The steps of a path, all of them for each way that it may go (SHACL §2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return [((_iri(path), True),)]
    turned = shapes.value(path, SH.inversePath)
    if isinstance(turned, rdflib.URIRef):
        return [((_iri(turned), False),)]
    either = shapes.value(path, SH.alternativePath)
    if either is not None:
        return [way for each in shapes.items(either) for way in _paths(shapes, each)]
    perhaps = shapes.value(path, SH.zeroOrOnePath)
    if perhaps is not None:
        return [(), *_paths(shapes, perhaps)]
    if shapes.value(path, RDF.first) is None:
        raise Boundless
    ways: list[Chain] = [()]
    for each in shapes.items(path):
        ways = [(*way, *more) for way in ways for more in _paths(shapes, each)]
    return ways


def _iri(node: Node) -> ox.NamedNode:
    if not isinstance(node, rdflib.URIRef):
        raise Boundless
    return ox.NamedNode(str(node))


def _focus(chains: Iterable[Chain], since: Since, held: ox.Store) -> Faulty:
    """The nodes from which a chain leads to a change, and those faulty before."""
    by_property: defaultdict[object, list[ox.Triple]] = defaultdict(list)
    for triple in since.changed:
        by_property[triple.predicate].append(triple)
        by_property[None].append(triple)
    if _SUBCLASS in by_property:
        raise Boundless
    found: set[_Thing] = set(since.faulty)
    for chain in chains:
        for place, (prop, forward) in enumerate(chain):
            changed = by_property.get(prop, ())
            at = _nodes(t.subject if forward else t.object for t in changed)
            for step in reversed(chain[:place]):
                at = _nodes(_ends(held, at, (step[0], not step[1])))
            found |= at
        if len(found) > MOST:
            raise Boundless
    return frozenset(found)


def _known(chains: Iterable[Chain], focus: Faulty, held: ox.Store) -> list[ox.Triple]:
    """All statements that chains from these nodes lead over.

    Those of nameless values are among them, since messages spell such values out.
    """
    known = {quad.triple for quad in held.quads_for_pattern(None, _SUBCLASS, None, _IN)}
    for chain in chains:
        at: set[_Thing] = set(focus)
        for step in chain:
            quads = list(_quads(held, at, step))
            known.update(quad.triple for quad in quads)
            at = _nodes(q.object if step[1] else q.subject for q in quads)
            if len(known) > _LARGE:
                raise Boundless
    nameless = {t.object for t in known if isinstance(t.object, ox.BlankNode)}
    seen: set[_Thing] = set()
    while nameless:
        seen |= nameless
        more = {quad.triple for quad in _quads(held, set(nameless), (None, True))}
        known |= more
        ends = {t.object for t in more if isinstance(t.object, ox.BlankNode)}
        nameless = {node for node in ends if node not in seen}
    return list(known)


def _ends(held: ox.Store, at: set[_Thing], step: Step) -> Iterator[object]:
    for quad in _quads(held, at, step):
        yield quad.object if step[1] else quad.subject


def _quads(held: ox.Store, at: set[_Thing], step: Step) -> Iterator[ox.Quad]:
    prop, forward = step
    found = (
        quad
        for node in at
        for quad in held.quads_for_pattern(
            node if forward else None, prop, None if forward else node, _IN
        )
    )
    for count, quad in enumerate(found):
        if count > _LARGE:
            raise Boundless
        yield quad


def _nodes(terms: Iterable[object]) -> set[_Thing]:
    return {t for t in terms if isinstance(t, ox.NamedNode | ox.BlankNode)}
