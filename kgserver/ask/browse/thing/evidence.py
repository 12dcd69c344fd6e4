"""What is behind the statements of one page: the lines of files, and quoted passages.

What stands for a triple (`rdf:Statement`s and their like) is looked up once for all
statements about one thing, since asking for each of them would grow with the square.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask import origins, passages
from kgserver.ask.browse import schema
from kgserver.ask.dataset import DEFAULT
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgserver.ask.dataset import Dataset, Node
    from kgserver.ask.origins import Origin
    from kgserver.ask.passages import Quote

    # the nodes that stand for a triple
    Claims = Mapping[ox.Triple, Sequence[Node]]

_SUBJECT, _PREDICATE, _OBJECT = (
    ox.NamedNode(names.RDF + name) for name in ("subject", "predicate", "object")
)
# Properties that lead from a thing to what it is taken from.
SOURCES = tuple(
    ox.NamedNode(iri)
    for iri in (
        names.WELL_KNOWN["prov"] + "wasDerivedFrom",
        names.WELL_KNOWN["prov"] + "wasQuotedFrom",
        names.DCTERMS + "source",
        names.WELL_KNOWN["prov"] + "hadPrimarySource",
        names.WELL_KNOWN["oa"] + "hasSource",
    )
)
_MOST = 2000  # claims about one thing that are looked at


@dataclass(frozen=True, slots=True)
class Evidence:
    """The lines that state a triple, and the words that they rest on."""

    lines: tuple[Origin, ...]
    quotes: tuple[Quote, ...]


NONE = Evidence((), ())


def claims(dataset: Dataset, node: Node) -> Claims:
    """The nodes that stand for triples about a node, or triples that point at it."""
    found: dict[ox.Triple, list[Node]] = defaultdict(list)
    for role in (_SUBJECT, _OBJECT):
        quads = dataset.store.quads_for_pattern(None, role, node, DEFAULT)
        for quad in islice(quads, _MOST):
            if isinstance(quad.subject, ox.NamedNode | ox.BlankNode):
                for triple in _stood_for(dataset, quad.subject, role, node):
                    found[triple].append(quad.subject)
    return found


def of(
    dataset: Dataset, triple: ox.Triple, graphs: tuple[str, ...], claims: Claims
) -> Evidence:
    """What is behind one triple that the graphs hold; nothing where it only follows."""
    lines = origins.lines(dataset, triple, graphs) if graphs else ()
    stands = claims.get(triple, ())
    quotes = passages.said_by(dataset, stands) if stands else ()
    return Evidence(lines, quotes)


def words(dataset: Dataset, triple: ox.Triple) -> tuple[Quote, ...]:
    """The words of the passage that a statement says a thing is taken from."""
    value = triple.object
    leads = schema.of(dataset).is_kind_of(triple.predicate, SOURCES)
    if not leads or not isinstance(value, ox.NamedNode | ox.BlankNode):
        return ()
    return passages.held_by(dataset, value)


def own(dataset: Dataset, node: Node) -> tuple[Quote, ...]:
    """The words of a thing that is a passage itself."""
    return passages.held_by(dataset, node)


def stated(dataset: Dataset, node: Node) -> ox.Triple | None:
    """The triple that a thing stands for, if it is a statement about one."""
    store = dataset.store
    parts = [
        next(store.quads_for_pattern(node, role, None, DEFAULT), None)
        for role in (_SUBJECT, _PREDICATE, _OBJECT)
    ]
    ends = [part.object for part in parts if part]
    match ends:
        case (ox.NamedNode() | ox.BlankNode() as start, ox.NamedNode() as prop, end):
            return ox.Triple(start, prop, end)
        case _:
            return None


def _stood_for(
    dataset: Dataset, claim: Node, role: ox.NamedNode, node: Node
) -> Iterable[ox.Triple]:
    """The triples that a claim stands for, of which one end is known."""
    said = passages.trail(dataset).of(claim)
    starts, ends = (
        (node,) if each == role else said.get(each, ())[:1]
        for each in (_SUBJECT, _OBJECT)
    )
    for start, prop, end in product(starts, said.get(_PREDICATE, ()), ends):
        if isinstance(prop, ox.NamedNode) and isinstance(
            start, ox.NamedNode | ox.BlankNode
        ):
            yield ox.Triple(start, prop, end)
