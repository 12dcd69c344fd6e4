"""The reasoner: what follows from a graph, why it does, and what cannot be.

    inference = reason.infer("rules", triples)       .triples .clashes .merges
    inference.explain(triple, limit=3)               proofs, the lowest first

    graph = StoreGraph(store, inferred, apart)       a snapshot, by point lookups
    ontology = reason.ontology_of(graph)             its axioms, compiled into rules
    Explainer(graph, ontology).explain(triple)       the same proofs, from the store
    reason.apply(graph, ontology, added, removed)    what an edit changes: a Change
    reason.disagreement(ontology)                    what owlrl finds otherwise

Rules are compiled from the ontology (OWL 2 RL/RDF Tables 4 to 9) and used five ways:
for the bulk closure, for additions, for deletions, for proofs, for contradictions. What
is stored is what is useful (`rules/useful.py`). Who is in an unnamed class expression
is not stored and not shown; it is proved where a rule or a proof asks for it.

The floors, each importing only from those below it:

    engines                                       by name
    reference                                     owlrl behind its door
    compiled  maintain                            the default engine; edits
    clashes  bounds                               contradictions; what is left to bulk
    extract                                       schemas found
    compilation                                   axioms compiled
    rows                                          rules run in bulk: from here up, numpy
    explain                                       proofs
    prover                                        one fact at a time
    inference                                     what follows, as one value
    rules                                         made from axioms
    literals  graph  proof
    names

What stands under numpy is all that a proof takes, so that a web process explains
without it; this package's own names are imported when they are first asked for.

Not done: class axioms that only a tableau finds, and facets of datatypes
(`owl:withRestrictions`).
"""

from __future__ import annotations

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.load.reason.bounds import NeedsBulk
    from kgserver.load.reason.engines import ENGINES, infer
    from kgserver.load.reason.extract import ontology_of
    from kgserver.load.reason.maintain import Change, apply
    from kgserver.load.reason.reference import disagreement

__all__ = [
    "ENGINES",
    "Change",
    "NeedsBulk",
    "apply",
    "disagreement",
    "infer",
    "ontology_of",
]
_HOMES: Mapping[str, str] = MappingProxyType(
    {
        "ENGINES": "engines",
        "infer": "engines",
        "ontology_of": "extract",
        "Change": "maintain",
        "NeedsBulk": "bounds",
        "apply": "maintain",
        "disagreement": "reference",
    }
)


def __getattr__(name: str) -> object:
    """A name of this package, from the module that has it (PEP 562)."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
