"""The reasoner: what follows from a graph, why it does, and what cannot be.

    inference = reason.infer("rules", triples)       .triples .clashes .merges
    inference.explain(triple, limit=3)               proofs, the lowest first

    graph = StoreGraph(store, inferred)              a snapshot, by point lookups
    ontology = reason.ontology_of(graph)             its axioms, compiled into rules
    Explainer(graph, ontology).explain(triple)       the same proofs, from the store
    reason.apply(graph, ontology, added, removed)    what an edit changes: a Change

Rules are compiled from the ontology (OWL 2 RL/RDF Tables 4 to 9) and used five ways:
for the bulk closure, for additions, for deletions, for proofs, for contradictions. What
is stored is what is useful (`useful.py`). Who is in an unnamed class expression is not
stored and not shown; it is proved where a rule or a proof asks for it.

The floors, each importing only from those below it:

    __init__
    engines   reference                       by name; owlrl stays behind its door
    compiled                                  the default engine
    maintain  clashes                         edits, contradictions
    explain   extract   rowgraph              proofs; the schema of a graph
    prover    ontology                        one fact at a time; axioms as rules
    rulebook  closure   hierarchy properties classes contradictions scm
    graph     bulk      merging               point lookups; rounds over all rows
    proof     plans     join                  values; rules over rows
    inference encoding  schema                values; terms as numbers
    rule      relation  useful
    literals  datatypes names

Not done: schema reasoning beyond the rules (class axioms that only a tableau finds), and
facets of datatypes (`owl:withRestrictions`).
"""

from __future__ import annotations

from kgserver.load.reason.engines import ENGINES, infer
from kgserver.load.reason.extract import ontology_of
from kgserver.load.reason.maintain import Change, NeedsBulk, apply

__all__ = ["ENGINES", "Change", "NeedsBulk", "apply", "infer", "ontology_of"]
