"""Why a triple holds in a version: proofs whose leaves name files, lines and words."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask import origins, passages
from kgserver.load import versions
from kgserver.load.reason.explain import Explainer
from kgserver.load.reason.graph import StoreGraph
from kgserver.load.reason.rules import record

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.origins import Origin
    from kgserver.ask.passages import Quote
    from kgserver.load.reason.proof import Proof

MOST = 10
"""Most proofs of one triple that are looked for."""
_opening = threading.Lock()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a proof: a triple, the rule it follows by, and what it follows from.

    `axioms` and `premises` are numbers of steps in the same proof. A step by the rule
    `asserted` has none, but `origins`, and `quotes` where a passage says it.
    """

    triple: ox.Triple
    rule: str
    axioms: tuple[int, ...]
    premises: tuple[int, ...]
    origins: tuple[Origin, ...]
    quotes: tuple[Quote, ...]

    @property
    def asserted(self) -> bool:
        """Whether files state the triple."""
        return self.rule == "asserted"


@dataclass(frozen=True, slots=True)
class Argument:
    """One proof as numbered steps, each triple once; step 0 is what is proved."""

    steps: tuple[Step, ...]
    height: int


def holds(dataset: Dataset, triple: ox.Triple) -> bool:
    """Whether the triple is in the version, in whichever graph."""
    found = dataset.store.quads_for_pattern(
        triple.subject, triple.predicate, triple.object, None
    )
    return next(found, None) is not None


def prove(dataset: Dataset, triple: ox.Triple, limit: int = 1) -> tuple[Argument, ...]:
    """Up to `limit` proofs of the triple, the lowest first.

    There is none for what does not hold. A triple that files state in a graph that no
    conclusion is drawn from is its own proof.
    """
    ready = explaining(dataset)
    found: tuple[Proof, ...] = ()
    if ready:
        with ready.lock:
            found = ready.explainer.explain(triple, limit)
    if not found:
        said = origins.of(dataset, triple)
        leaf = Step(triple, "asserted", (), (), said, passages.quotes(dataset, triple))
        return (Argument((leaf,), 0),) if said else ()
    return tuple(_argument(dataset, proof) for proof in found)


def _argument(dataset: Dataset, proof: Proof) -> Argument:
    numbers: dict[ox.Triple, int] = {}
    order: list[Proof] = []
    for step in proof.steps():
        numbers[step.triple] = len(order)
        order.append(step)
    steps = (
        Step(
            step.triple,
            step.rule,
            tuple(numbers[axiom.triple] for axiom in step.axioms),
            tuple(numbers[premise.triple] for premise in step.premises),
            origins.of(dataset, step.triple) if step.asserted else (),
            passages.quotes(dataset, step.triple) if step.asserted else (),
        )
        for step in order
    )
    return Argument(tuple(steps), proof.height)


@dataclass(frozen=True, slots=True)
class Explaining:
    """An explainer, which one request at a time may use."""

    explainer: Explainer
    lock: threading.Lock


def explaining(dataset: Dataset) -> Explaining | None:
    """The explainer of a version, None where that was made without rules."""
    with _opening:
        return dataset.once("explaining", lambda: _explaining(dataset))


def _explaining(dataset: Dataset) -> Explaining | None:
    try:
        data = (dataset.directory / versions.ONTOLOGY).read_bytes()
    except OSError:
        return None
    graph = StoreGraph(
        dataset.store,
        ox.NamedNode(dataset.names.inferred),
        [ox.NamedNode(iri) for iri in dataset.snapshot.apart],
        merged=dataset.snapshot.merged,
    )
    return Explaining(Explainer(graph, record.load(data)), threading.Lock())
