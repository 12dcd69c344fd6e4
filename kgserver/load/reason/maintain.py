"""The closure kept true under edits: what comes and what goes, by point lookups.

Additions run the rules forwards from the new facts. Deletions delete and rederive
(Gupta, Mumick, Subrahmanian: Maintaining Views Incrementally, SIGMOD 1993): all that
may have rested on what went is taken back, but for what assertions alone still prove;
then what can still be derived returns. The graph is only read; the outcome is a value,
to be committed together with the edit.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.load.reason import bounds, clashes, literals, names
from kgserver.load.reason.explain import Explainer
from kgserver.load.reason.graph import Asserted, Overlay, holds
from kgserver.load.reason.names import SAME
from kgserver.load.reason.prover import Prover
from kgserver.load.reason.rules import rule, schema
from kgserver.load.reason.rules.rulebook import Rulebook
from kgserver.load.terms.canon import Canon

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyoxigraph import Triple

    from kgserver.load.reason.graph import Graph
    from kgserver.load.reason.names import Fact, Statement
    from kgserver.load.reason.proof import Clash
    from kgserver.load.reason.rules.ontology import Ontology
    from kgserver.load.reason.rules.rule import Rule


@dataclass(frozen=True)
class Change:
    """What an edit does to the inferred triples, and what it contradicts.

    `added` follow now and are not asserted; `removed` followed and no longer do, or
    have become asserted. `clashes` are those in which something new takes part.
    """

    added: frozenset[Triple]
    removed: frozenset[Triple]
    clashes: tuple[Clash, ...] = ()


def apply(
    graph: Graph,
    ontology: Ontology,
    added: Iterable[Statement],
    removed: Iterable[Statement],
) -> Change:
    """What changes among the inferred triples when assertions come and go.

    `graph` is the state before the edit. `removed` must be asserted nowhere any more,
    `added` may have been inferred before. Raises NeedsBulk for an edit of the ontology,
    of a very large cluster of aliases, or with very many consequences.
    """
    canon = Canon()
    new = [*added]
    stated = frozenset(canon.fact(names.fact(triple)) for triple in new)
    withdrawn = frozenset(canon.fact(names.fact(triple)) for triple in removed) - stated
    for fact in (*stated, *withdrawn):
        bounds.refuse_schema(fact, ontology, graph)
    edit = _Edit(graph, ontology, stated, withdrawn)
    edit.delete()
    edit.add()
    ill = (t.object for t in new if literals.ill_typed(t.object))
    return edit.change({canon.term(term): term for term in ill})


class _Edit:
    """One edit: the graph before, and the overlay that becomes the graph after."""

    def __init__(
        self,
        graph: Graph,
        ontology: Ontology,
        stated: frozenset[Fact],
        withdrawn: frozenset[Fact],
    ) -> None:
        self._before = graph
        self._after = Overlay(graph, stated, withdrawn)
        self._ontology = ontology
        self._stated, self._withdrawn = stated, withdrawn
        self._lasting = ontology.closed - ontology.induced
        self._equality = _equates(ontology, graph, stated)
        self._book = Rulebook(
            (r for r in ontology.rules if r.head), equality=self._equality
        )
        self._old = Prover(graph, ontology, self._book)
        self._new = Prover(self._after, ontology, self._book)
        self._sure = Prover(Asserted(self._after), ontology, self._book)
        self._touched: dict[Fact, None] = dict.fromkeys((*stated, *withdrawn))
        self._came: dict[Fact, None] = {}

    def delete(self) -> None:
        """Take back what may have rested on the withdrawn facts; return what stays."""
        marked = self._overdelete()
        for fact in marked:
            self._after.discard(fact)
        queue: deque[Fact] = deque()
        for fact in marked:
            if self._new.stored(fact) and self._rederivable(fact):
                self._after.add(fact)
                queue.append(fact)
        self._spread(queue, within=marked)

    def _overdelete(self) -> dict[Fact, None]:
        marked = dict.fromkeys(f for f in self._withdrawn if self._before.asserted(f))
        queue = deque(marked)
        while queue:
            for fact in self._follows(self._old, queue.popleft()):
                if fact not in marked and not self._stays(fact):
                    marked[fact] = None
                    queue.append(fact)
        return marked

    def _stays(self, fact: Fact) -> bool:
        """Whether the fact has another proof, seen at a glance: from assertions alone.

        It must rest on nothing inferred, which could have been inferred from itself.
        """
        return self._firm(fact) or next(self._sure.derivations(fact), None) is not None

    def _firm(self, fact: Fact) -> bool:
        """Whether the fact needs no premise."""
        return self._after.asserted(fact) or self._book.given(fact) is not None

    def _rederivable(self, fact: Fact) -> bool:
        return self._firm(fact) or next(self._new.derivations(fact), None) is not None

    def add(self) -> None:
        """Let the stated facts hold, and all that follows from them."""
        fresh = [fact for fact in self._stated if not holds(self._after, fact)]
        for fact in fresh:
            self._after.add(fact)
        self._came.update(dict.fromkeys(fresh))
        self._spread(deque(fresh))

    def _spread(
        self, queue: deque[Fact], within: dict[Fact, None] | None = None
    ) -> None:
        """Run the rules forwards; `within` limits what may return after a deletion."""
        passing = set(queue)
        while queue:
            for fact in self._follows(self._new, queue.popleft()):
                if fact in passing or (within is not None and fact not in within):
                    continue
                if not self._new.stored(fact):
                    passing.add(fact)
                    queue.append(fact)
                elif not holds(self._after, fact):
                    self._after.add(fact)
                    queue.append(fact)
                    if within is None:
                        self._came[fact] = None

    def _follows(self, prover: Prover, fact: Fact) -> Iterator[Fact]:
        """What follows from the fact; all of it noted, and refused when too much."""
        self._touched[fact] = None
        bounds.refuse_size(len(self._touched))
        if self._equality:
            bounds.refuse_crowd(fact, prover.graph)
        # A list, because what it finds will change what it reads.
        found = [*prover.consequences(fact)]
        for each in found:
            if each not in self._lasting and each[1] not in schema.MENTIONS:
                bounds.refuse_schema(each, self._ontology, self._before)
        return (each for each in found if each not in self._lasting)

    def change(self, ill_typed: dict[names.Term, names.Term]) -> Change:
        """The difference between before and after, and its contradictions."""
        added: set[Triple] = set()
        removed: set[Triple] = set()
        for fact in {**self._touched, **self._came}:
            before, after = (
                holds(graph, fact) and not graph.asserted(fact)
                for graph in (self._before, self._after)
            )
            if before != after:
                (added if after else removed).add(names.triple(fact))
        found = tuple(self._clashes(ill_typed))
        return Change(frozenset(added), frozenset(removed), found)

    def _clashes(self, ill_typed: dict[names.Term, names.Term]) -> Iterator[Clash]:
        book = Rulebook(r for r in self._ontology.rules if not r.head)
        prover = Prover(self._after, self._ontology, book)
        explainer = Explainer(self._after, self._ontology)
        seen: set[tuple[Rule, frozenset[Fact]]] = set()
        for fact in self._came:
            for found in prover.firings(fact):
                facts = frozenset(rule.ground(a, found[1]) for a in found[0].body)
                if (found[0], facts) not in seen and len(seen) < clashes.LIMIT:
                    seen.add((found[0], facts))
                    yield clashes.describe(found, explainer)
            if fact[2] in ill_typed:
                yield clashes.ill_typed(ill_typed[fact[2]], fact, explainer)


def _equates(ontology: Ontology, graph: Graph, stated: frozenset[Fact]) -> bool:
    """Whether anything is, or can come to be, the same as something else."""
    if any(r.head and r.head[1] == SAME for r in ontology.rules):
        return True
    facts = (*stated, *list(graph.match(None, SAME, None))[:1])
    return any(fact[1] == SAME for fact in facts)
