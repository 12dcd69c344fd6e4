"""Which edits are none for point lookups: each is left to the bulk closure, and why."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from kgserver.load.reason import names
from kgserver.load.reason.names import SAME, TYPE
from kgserver.load.reason.rows.closure import ALIASES
from kgserver.load.reason.rules import schema

if TYPE_CHECKING:
    from kgserver.load.reason.graph import Graph
    from kgserver.load.reason.names import Fact, Term
    from kgserver.load.reason.rules.ontology import Ontology

LIMIT = 20_000
"""Most facts that one edit may touch; beyond it the bulk closure is quicker."""


class NeedsBulk(Exception):
    """The edit is one for the bulk closure; the message says why."""


def refuse_schema(fact: Fact, ontology: Ontology, graph: Graph) -> None:
    """A schema is compiled, not mended: its facts, and names that it speaks of anew."""
    used = (fact[2] if fact[1] == TYPE else fact[1],)
    about = (fact[0], fact[2]) if fact[1] == SAME else ()
    fresh = (t for t in used if t not in ontology.terms)
    if (
        schema.belongs(fact)
        or not ontology.terms.isdisjoint(about)
        or any(_named(graph, term) for term in about)
        or any(_equal(graph, term) for term in fresh)
    ):
        message = f"the edit changes the ontology: {names.spoken(fact)}"
        raise NeedsBulk(message)


def refuse_size(touched: int) -> None:
    """An edit has few consequences, or is worked out in bulk."""
    if touched > LIMIT:
        message = f"the edit touches more than {LIMIT:,} facts"
        raise NeedsBulk(message)


def refuse_crowd(fact: Fact, graph: Graph) -> None:
    """What has very many names is written out for one of them, which bulk chooses."""
    for term in (fact[0], fact[2]):
        if sum(1 for _ in graph.match(term, SAME, None)) >= ALIASES:
            message = f"{names.short(term)} has more than {ALIASES} aliases"
            raise NeedsBulk(message)


def _named(graph: Graph, term: Term) -> bool:
    """Whether the term serves as a property or class."""
    uses = chain(graph.match(None, term, None), graph.match(None, TYPE, term))
    return any(True for _ in uses)


def _equal(graph: Graph, term: Term) -> bool:
    """Whether the term is the same as another."""
    links = chain(graph.match(term, SAME, None), graph.match(None, SAME, term))
    return any(link[0] != link[2] for link in links)
