"""What validation came to: the problems, and the nodes that shapes find fault with.

The latter are written down beside a version, since an edit of it is to look at them
again, whether it touches them or not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kgserver.load.terms.statements import Term
    from kgserver.model.problem import Problem

_FILE = "faulty.json"

Faulty = frozenset[ox.NamedNode | ox.BlankNode]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The problems, and the nodes that have some; None where they cannot be told."""

    problems: list[Problem] = field(default_factory=list)
    faulty: Faulty | None = frozenset()


@dataclass(frozen=True, slots=True)
class Since:
    """What came and went in the merged graph since a version, and its faulty nodes."""

    changed: frozenset[ox.Triple]
    faulty: Faulty


def nodes(terms: Iterable[Term]) -> Faulty | None:
    """The terms, if all are nodes; a literal could not be looked at by itself."""
    listed = list(terms)
    found = [t for t in listed if isinstance(t, ox.NamedNode | ox.BlankNode)]
    return frozenset(found) if len(found) == len(listed) else None


def write(directory: Path, faulty: Faulty | None) -> None:
    """Write down the faulty nodes of a version to be."""
    told = None if faulty is None else sorted(map(str, faulty))
    (directory / _FILE).write_text(json.dumps(told), "utf-8")


def read(directory: Path) -> Faulty | None:
    """The faulty nodes of a version; None where they were not written down."""
    try:
        told = json.loads((directory / _FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return None if told is None else frozenset(map(_node, told))


def _node(text: str) -> ox.NamedNode | ox.BlankNode:
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    return ox.NamedNode(text[1:-1])
