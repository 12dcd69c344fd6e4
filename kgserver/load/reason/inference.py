"""What follows from a graph, as one value: triples, contradictions, merges."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from pyoxigraph import Triple

from kgserver.load.reason import names
from kgserver.load.reason.proof import Clash, Merge, Proof
from kgserver.load.terms.statements import Said

if TYPE_CHECKING:
    from kgserver.load.reason.names import Fact
    from kgserver.load.reason.rules.ontology import Ontology


class Triples(Collection[Triple]):
    """Triples that an engine hands over as facts."""

    def __init__(self, facts: Collection[Fact] = ()) -> None:
        self._facts = facts

    def __iter__(self) -> Iterator[Triple]:
        return map(names.triple, self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __contains__(self, triple: object) -> bool:
        return isinstance(triple, Triple) and names.fact(triple) in self._facts

    def written(self) -> tuple[bytes, list[Triple]]:
        """None of them as text; all of them as triples."""
        return b"", list(self)


class Follows(Said, Container[object], Protocol):
    """Triples that follow, each once."""

    def __iter__(self) -> Iterator[Triple]: ...
    def written(self) -> tuple[bytes, list[Triple]]:
        """Those without blank nodes as N-Triples, and all others."""


class Merges(Iterable[Merge]):
    """Every individual found to be another that no file says is, proved when asked."""

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
    triples: Follows
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
