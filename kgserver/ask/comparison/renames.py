"""Likely renames: things that went, with one that came of which the same is said.

What is said of a thing, and of others with it for their value, is compared with the
names of all that went or came left open. Only where one thing that went and one that
came are alike, and no third, are they taken for one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from kgserver.load.difference import State

    Name = ox.NamedNode
    Nodes = AbstractSet[ox.NamedNode]
    # The statements that have a thing, each with its names left open, and how many.
    Sketch: TypeAlias = frozenset[tuple[tuple[object, ...], int]]

Renames: TypeAlias = "Mapping[ox.NamedNode, ox.NamedNode]"
"""The new name of each thing, by the one before."""

_OPEN = ""
# Statements about a thing from which on it is no chance that two are alike.
_ENOUGH = 2


def find(before: State, after: State, base: str) -> Renames:
    """The things below a base IRI that likely have another name now."""
    was, now = _subjects(before[0], base), _subjects(after[0], base)
    gone, come = was - now, now - was
    if not gone or not come:
        return {}
    earlier = _sketched(before[0], gone, gone | come)
    later = _sketched(after[0], come, gone | come)
    return {
        old[0]: new[0]
        for sketch, old in earlier.items()
        if len(old) == len(new := later.get(sketch, [])) == 1
    }


def applied(state: State, renames: Renames) -> State:
    """A state with the new names in place of those before."""
    said, follows = state
    return (
        frozenset(_renamed(each, renames) for each in said),
        frozenset(_renamed(each, renames) for each in follows),
    )


def _subjects(said: Iterable[ox.Triple], base: str) -> set[Name]:
    nodes = (each.subject for each in said)
    named = (node for node in nodes if isinstance(node, ox.NamedNode))
    return {node for node in named if node.value.startswith(base)}


def _sketched(
    said: Iterable[ox.Triple], wanted: Nodes, left_open: Nodes
) -> Mapping[Sketch, list[Name]]:
    """The things that are wanted by what is said of them."""
    lines: dict[Name, list[tuple[object, ...]]] = defaultdict(list)
    about: Counter[Name] = Counter()
    for each in said:
        parts = each.subject, each.predicate, each.object
        shown = tuple(_OPEN if part in left_open else part for part in parts)
        for place, part in enumerate(parts):
            if isinstance(part, ox.NamedNode) and part in wanted:
                lines[part].append((place, *shown))
                about[part] += place == 0
    found: dict[Sketch, list[Name]] = defaultdict(list)
    for node, held in lines.items():
        if about[node] >= _ENOUGH:
            found[frozenset(Counter(held).items())].append(node)
    return found


def _renamed(triple: ox.Triple, renames: Renames) -> ox.Triple:
    subject, predicate, value = triple.subject, triple.predicate, triple.object
    if isinstance(subject, ox.NamedNode):
        subject = renames.get(subject, subject)
    if isinstance(value, ox.NamedNode):
        value = renames.get(value, value)
    return ox.Triple(subject, renames.get(predicate, predicate), value)
