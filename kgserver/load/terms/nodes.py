"""Blank nodes get labels: by their place in a file, or by what is said of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Rename = Callable[[ox.BlankNode], ox.BlankNode]


def renamer(graph: str) -> Rename:
    """A function that gives the nth blank node of a file the nth label of its graph."""
    stem = "b" + hashlib.blake2b(graph.encode(), digest_size=4).hexdigest()
    known: dict[ox.BlankNode, ox.BlankNode] = {}

    def rename(node: ox.BlankNode) -> ox.BlankNode:
        if node not in known:
            known[node] = ox.BlankNode(f"{stem}n{len(known) + 1}")
        return known[node]

    return rename


def within(term: ox.Triple, rename: Rename) -> ox.Triple:
    """A triple term (RDF 1.2) with the blank nodes in it renamed, at whatever depth."""
    subject, value = term.subject, term.object
    if isinstance(subject, ox.BlankNode):
        subject = rename(subject)
    if isinstance(value, ox.BlankNode):
        value = rename(value)
    elif isinstance(value, ox.Triple):
        value = within(value, rename)
    return ox.Triple(subject, term.predicate, value)


def by_content(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples with each blank node named after what is said of it.

    So two states of a file can be compared though a node came in between: nodes of
    which the same is said get one name. Circles are cut where they close.
    """
    listed = list(triples)
    about: dict[ox.BlankNode, list[ox.Triple]] = {}
    for triple in listed:
        if isinstance(triple.subject, ox.BlankNode):
            about.setdefault(triple.subject, []).append(triple)
    nameless = {t.object for t in listed if isinstance(t.object, ox.BlankNode)}
    if not about and not nameless:
        return listed
    known: dict[ox.BlankNode, ox.BlankNode] = {}

    def rename(node: ox.BlankNode) -> ox.BlankNode:
        if node not in known:
            known[node] = ox.BlankNode(f"c{_digest(node, about, ())}")
        return known[node]

    return [within(triple, rename) for triple in listed]


# How far what is said of a blank node is followed over further blank nodes.
_DEPTH = 12


def _digest(
    node: ox.BlankNode,
    about: Mapping[ox.BlankNode, Sequence[ox.Triple]],
    trail: tuple[ox.BlankNode, ...],
) -> str:
    if node in trail or len(trail) >= _DEPTH:
        return "_"
    said = sorted(
        f"{t.predicate} {_digest(t.object, about, (*trail, node))}"
        if isinstance(t.object, ox.BlankNode)
        else f"{t.predicate} {t.object}"
        for t in about.get(node, ())
    )
    text = "\n".join(said)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
