"""The schema found in a graph: among encoded triples, or by lookups in a store."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from kgserver.load.reason import compilation
from kgserver.load.reason.names import SAME, TYPE
from kgserver.load.reason.rows.relation import EMPTY
from kgserver.load.reason.rules import schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kgserver.load.reason.graph import Graph
    from kgserver.load.reason.names import Fact, Term
    from kgserver.load.reason.rows.encoding import Encoding, Key
    from kgserver.load.reason.rows.relation import Rows
    from kgserver.load.reason.rules.ontology import Ontology, Profile


def from_rows(encoding: Encoding, rows: Mapping[Key, Rows]) -> frozenset[Fact]:
    """The schema facts among encoded rows."""
    keys = [
        key
        for key in rows
        if key[1] in (schema.PREDICATES if key[0] == "property" else schema.KINDS)
    ]
    facts = {fact for key in keys for fact in encoding.facts(key, rows[key])}
    link: Key = ("property", SAME)
    same = encoding.facts(link, rows.get(link, EMPTY))
    used = {key[1] for key in rows}
    return frozenset(chain(facts, _of_terms(facts, same, used.__contains__)))


def ontology_of(graph: Graph, profile: Profile = "rl") -> Ontology:
    """The compiled ontology of a graph, asserted and inferred, found by lookups.

    What the data made part of the schema is told from what follows from the schema.
    """
    facts = {f for p in schema.PREDICATES for f in graph.match(None, p, None)}
    facts.update(f for kind in schema.KINDS for f in graph.match(None, TYPE, kind))

    def used(term: Term) -> bool:
        found = chain(graph.match(None, term, None), graph.match(None, TYPE, term))
        return any(True for _ in found)

    same = graph.match(None, SAME, None)
    facts.update([*_of_terms(facts, same, used)])
    written = {fact for fact in facts if graph.asserted(fact)}
    known = compilation.compile(written, profile)
    induced = facts - known.closed
    return compilation.compile(written, profile, induced) if induced else known


def _of_terms(
    facts: Iterable[Fact], same: Iterable[Fact], used: Callable[[Term], bool]
) -> Iterable[Fact]:
    """Those sameAs facts that are about classes and properties."""
    known = schema.terms(facts)
    return (f for f in same if any(t in known or used(t) for t in (f[0], f[2])))
