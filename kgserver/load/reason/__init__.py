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

    engines                                       by name
    compiled  maintain                            the default engine; edits
    clashes                                       contradictions, described
    explain  reference                            proofs; owlrl behind its door
    prover  extract                               one fact at a time; schemas found
    ontology  rowgraph                            axioms compiled; rows looked up
    closure                                       all that follows, written out
    bulk  contradictions                          rounds over all rows; false rules
    plans  classes  properties                    rules over numbers; Tables 5 and 6
    join  rulebook  hierarchy  scm                joins; rules by use; Tables 7 and 9
    encoding  rule                                terms as numbers
    literals  inference                           values out
    datatypes  graph  proof  schema  useful  merging
    names  relation

Not done: class axioms that only a tableau finds, and facets of datatypes
(`owl:withRestrictions`).
"""

from __future__ import annotations

from kgserver.load.reason.engines import ENGINES, infer
from kgserver.load.reason.extract import ontology_of
from kgserver.load.reason.maintain import Change, NeedsBulk, apply

__all__ = ["ENGINES", "Change", "NeedsBulk", "apply", "infer", "ontology_of"]
