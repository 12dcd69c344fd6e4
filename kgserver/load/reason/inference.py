"""What follows from a graph, as one value: triples, contradictions, merges."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Triple

from kgserver.load.reason import names
from kgserver.load.reason.proof import Clash, Merge, Proof

if TYPE_CHECKING:
    from kgserver.load.reason.names import Fact
    from kgserver.load.reason.ontology import Ontology


class Triples(Collection[Triple]):
    """Triples made when they are asked for, so that a million need no memory."""

    def __init__(self, facts: Callable[[], Iterable[Fact]]) -> None:
        self._facts = facts

    def __iter__(self) -> Iterator[Triple]:
        return map(names.triple, self._facts())

    def __len__(self) -> int:
        return sum(1 for _ in self._facts())

    def __contains__(self, triple: object) -> bool:
        return isinstance(triple, Triple) and names.fact(triple) in set(self._facts())


class Merges(Iterable[Merge]):
    """Every individual found to be another, proved when asked for."""

    def __init__(self, merges: Callable[[], Iterator[Merge]], size: int) -> None:
        self._merges = merges
        self._size = size

    def __iter__(self) -> Iterator[Merge]:
        return self._merges()

    def __len__(self) -> int:
        return self._size

    def first(self, limit: int) -> tuple[Merge, ...]:
        """The first merges with their proofs, each of which takes milliseconds."""
        return tuple(islice(self._merges(), limit))


class Explains(Protocol):
    """Something that can prove what an engine derived."""

    def explain(self, triple: Triple, limit: int = 1) -> tuple[Proof, ...]:
        """Up to `limit` proofs, the lowest first."""


@dataclass(frozen=True)
class Inference:
    """The outcome of an engine.

    `triples` follow and are not asserted. `axioms` and `rules` count what the ontology
    gave, `rounds` how often the rules ran. `ontology` is what edits and
    proofs go by.
    """

    engine: str
    triples: Triples
    clashes: tuple[Clash, ...]
    merges: Merges
    axioms: int = 0
    rules: int = 0
    rounds: int = 0
    explainer: Explains | None = None
    ontology: Ontology | None = None

    def explain(self, triple: Triple, limit: int = 1) -> tuple[Proof, ...]:
        """Why the triple holds: up to `limit` proofs, the lowest first.

        Only the engines that run our own rules can say.
        """
        return self.explainer.explain(triple, limit) if self.explainer else ()
