"""Blank nodes get labels that are the same at each reading of the same file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Callable

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
