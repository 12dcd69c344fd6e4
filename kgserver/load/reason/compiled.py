"""The default engine: rules compiled from the ontology, run in bulk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.reason import clashes, compilation, extract, names
from kgserver.load.reason.explain import Explainer
from kgserver.load.reason.inference import Inference, Merges
from kgserver.load.reason.names import SAME, Statement
from kgserver.load.reason.proof import Clash, Merge
from kgserver.load.reason.rows import closure
from kgserver.load.reason.rows.encoding import Encoding
from kgserver.load.reason.rows.outcome import Published
from kgserver.load.reason.rows.rowgraph import RowGraph
from kgserver.load.reason.rules import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.load.reason.rows.bulk import Fixpoint
    from kgserver.load.reason.rows.closure import Closure
    from kgserver.load.reason.rules.ontology import Ontology, Profile


def infer(
    triples: Iterable[Statement], *, engine: str = "rules", profile: Profile = "rl"
) -> Inference:
    """Everything useful that follows from the triples, which may come off a stream."""
    encoding = Encoding()
    encoding.feed(triples)
    written = extract.from_rows(encoding, encoding.rows)
    return conclude(encoding, compilation.compile(written, profile), engine, profile)


def conclude(
    encoding: Encoding, known: Ontology, engine: str = "rules", profile: Profile = "rl"
) -> Inference:
    """What follows from encoded triples under a compiled ontology.

    Where the data adds to the schema, it is compiled again until it does not.
    """
    closed, fixpoint = closure.close(encoding, known.rules)
    found = extract.from_rows(encoding, closed.rows)
    fresh = {f for f in found - known.closed if f[1] not in schema.MENTIONS}
    if fresh:
        induced = known.induced | fresh
        wider = compilation.compile(known.written, profile, induced)
        return conclude(encoding, wider, engine, profile)
    explainer = Explainer(RowGraph(closed), known)
    return Inference(
        engine,
        Published(closed, known),
        tuple(_clashes(fixpoint, explainer)),
        _merges(closed, explainer),
        len(known.written),
        len(known.rules),
        closed.rounds,
        explainer,
        known,
    )


def _clashes(fixpoint: Fixpoint, explainer: Explainer) -> Iterator[Clash]:
    for found in clashes.find(fixpoint):
        yield clashes.describe(found, explainer)
    for number, literal in fixpoint.encoding.ill_typed.items():
        term = fixpoint.encoding.terms[number]
        for fact in explainer.graph.match(None, None, term):
            if explainer.graph.asserted(fact):
                yield clashes.ill_typed(literal, fact, explainer)


def _merges(closed: Closure, explainer: Explainer) -> Merges:
    """Of each cluster, the links from its first member that no file states."""
    asserted = explainer.graph.asserted
    links = [
        ((first, SAME, other), len(others) + 1)
        for first, *others in closed.clusters
        for other in others
        if not asserted((first, SAME, other)) and not asserted((other, SAME, first))
    ]

    def each() -> Iterator[Merge]:
        for link, size in links:
            for proof in explainer.explain(names.triple(link)):
                yield Merge(proof, size, link[0] in closed.capped)

    return Merges(each, len(links))
