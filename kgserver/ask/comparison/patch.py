"""The difference of two merged graphs as an RDF Patch: what to delete, what to add.

Applied to a copy of the earlier default graph, asserted and inferred, it makes the
later one. https://afs.github.io/rdf-delta/rdf-patch.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.comparison.sides import Side


def write(before: Side, after: Side) -> Iterator[str]:
    """The lines of the patch; blank nodes have the labels of the sides' stores."""
    earlier = frozenset().union(*before.plain())
    later = frozenset().union(*after.plain())
    yield "TX ."
    for letter, triples in (("D", earlier - later), ("A", later - earlier)):
        yield from sorted(f"{letter} {triple} ." for triple in triples)
    yield "TC ."
