"""owlrl, the reference OWL 2 RL reasoner of the RDFLib group: a second opinion.

It is slow, 30 s for 10,000 triples, and right but for two things: `hasKey` ignores the
last key, and clashes of the last pair in a list are missed (`range(0, len(x) - 1)`).
There our own rules decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import owlrl

from kgserver.load import bridge
from kgserver.load.reason import compilation, compiled, extract, names
from kgserver.load.reason.inference import Inference, Merges, Triples
from kgserver.load.reason.proof import Clash
from kgserver.load.reason.rows.encoding import Encoding
from kgserver.load.terms.canon import Canon
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from pyoxigraph import Triple

    from kgserver.load.reason.names import Fact, Statement
    from kgserver.load.reason.rules.ontology import Ontology

_ERROR = "<http://www.daml.org/2002/03/agents/agent-ont#"
"""owlrl also writes its complaints into the graph, under this vocabulary."""
MOST = 12
"""Most triples that a difference names."""
LIMIT = 1_000
"""Most schema triples that are worth comparing: owlrl takes about 3 s for them."""


def close(triples: Iterable[Triple]) -> tuple[frozenset[Fact], tuple[str, ...]]:
    """All that owlrl derives, literals as the store writes them; its complaints."""
    graph = bridge.to_rdflib(triples)
    reasoner = owlrl.OWLRL_Semantics(graph, False, False, False)
    reasoner.closure()
    canon = Canon()
    facts = (canon.fact(names.fact(triple)) for triple in bridge.from_rdflib(graph))
    found = frozenset(facts)
    noise = {s for s, _, o in found if str(o).startswith(_ERROR)}
    kept = frozenset(fact for fact in found if fact[0] not in noise)
    return kept, tuple(reasoner.error_messages)


def infer(triples: Iterable[Statement]) -> Inference:
    """What owlrl derives, in the terms of our own engine; its clashes have no proof."""
    plain = [names.triple(names.fact(triple)) for triple in triples]
    encoding = Encoding()
    encoding.feed(plain)
    known = compilation.compile(extract.from_rows(encoding, encoding.rows))
    closed, complaints = close(plain)
    canon = Canon()
    asserted = {canon.fact(names.fact(triple)) for triple in plain}
    found = {f for f in closed - asserted if known.publishes(f)}
    clashes = tuple(Clash("owlrl", said, (), (), ()) for said in complaints)
    nothing = Merges(lambda: iter(()), 0)
    axioms = len(known.written)
    return Inference("owlrl", Triples(found), clashes, nothing, axioms, ontology=known)


def disagreement(known: Ontology) -> Problem | None:
    """A warning naming what owlrl makes of a schema otherwise than we do."""
    if len(known.written) > LIMIT:
        return None
    written = [names.triple(fact) for fact in known.written]
    theirs, ours = (
        set(map(names.fact, engine(written).triples))
        for engine in (infer, compiled.infer)
    )
    if theirs == ours:
        return None
    said = [f"only owlrl derives: {_listed(theirs - ours)}"] if theirs - ours else []
    said += (
        [f"only our rules derive: {_listed(ours - theirs)}"] if ours - theirs else []
    )
    return Problem(
        "ontology/",
        0,
        0,
        "warning",
        "schema-second-opinion",
        f"owlrl reads the ontology differently; {', and '.join(said)}.",
        "Our rules stay in force. Look at the axioms of these names; if they are "
        "right, report the difference.",
    )


def _listed(facts: AbstractSet[Fact]) -> str:
    """The first facts in words, and how many more there are."""
    told = sorted(map(names.spoken, facts))
    more = f"; and {len(told) - MOST} more" if len(told) > MOST else ""
    return "; ".join(told[:MOST]) + more
