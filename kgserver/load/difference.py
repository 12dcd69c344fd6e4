"""What came and what went between two states of a graph, said and inferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

State: TypeAlias = "tuple[AbstractSet[ox.Triple], AbstractSet[ox.Triple]]"
"""What the files say, and what only follows from it; literals as the store has them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Triples that files say now and did not, or did and do not; and what follows.

    `inferred_added` follow now and stand in no file, `inferred_removed` did so before.
    A triple that files said before and that only follows now is in `removed` and in
    `inferred_added`. Literals are as the store gives them back.
    """

    added: frozenset[ox.Triple]
    removed: frozenset[ox.Triple]
    inferred_added: frozenset[ox.Triple]
    inferred_removed: frozenset[ox.Triple]

    def __bool__(self) -> bool:
        return bool(
            self.added or self.removed or self.inferred_added or self.inferred_removed
        )

    def as_text(self, prefixes: Mapping[str, str], most: int = 12) -> str:
        """What came and went in prefixed names, the first of each kind, for a terminal.

        `+` and `-` are statements of files; `→` stands before what follows from them.
        """
        kinds = (
            ("+ ", self.added),
            ("- ", self.removed),
            ("+ → ", self.inferred_added),
            ("- → ", self.inferred_removed),
        )
        lines = []
        for mark, triples in kinds:
            told = sorted(_told(triple, prefixes) for triple in triples)
            lines += [f"  {mark}{each}" for each in told[:most]]
            if len(told) > most:
                lines.append(f"  {mark}and {len(told) - most:,} more")
        return "\n".join(lines)


def _told(triple: ox.Triple, prefixes: Mapping[str, str]) -> str:
    terms = (triple.subject, triple.predicate, triple.object)
    return " ".join(
        names.shorten(term.value, prefixes)
        if isinstance(term, ox.NamedNode)
        else str(term)
        for term in terms
    )


def between(before: State, after: State) -> Difference:
    """What it takes to come from one state to the other."""
    (said, followed), (says, follows) = before, after
    return Difference(
        frozenset(says - said),
        frozenset(said - says),
        frozenset(follows - followed),
        frozenset(followed - follows),
    )


def state(store: ox.Store, inferred: str) -> State:
    """What a version's store says and infers; `inferred` is the IRI of that graph.

    Shapes are left out: they are in their graph, but not in the merged one.
    """
    graph = ox.NamedNode(inferred)
    quads = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    merged = {quad.triple for quad in quads}
    follows = {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}
    return merged - follows, follows
