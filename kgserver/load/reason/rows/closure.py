"""What a fixpoint found, written out: every fact, for every alias, by relation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgserver.load.reason.names import SAME, Fact, Term
from kgserver.load.reason.rows import merging
from kgserver.load.reason.rows.bulk import Fixpoint
from kgserver.load.reason.rows.join import key_of
from kgserver.load.reason.rows.relation import EMPTY, SHIFT, Rows, member, unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.load.reason.rows.encoding import Encoding, Key
    from kgserver.load.reason.rules.rule import Rule

ALIASES = 10
"""Most aliases of one individual that are written out in full.

k aliases copy a fact about the individual k times, and a link between two such ones k²
times: with ten, 4.2 million triples came of 36,000. Of a larger cluster, the facts are
written for one alias, and sameAs links it with each of the others.
"""

_LINK: Key = ("property", SAME)


@dataclass(frozen=True, slots=True)
class Closure:
    """All facts as rows of relations, the asserted ones in `encoding.rows`.

    `clusters` are the individuals found to be the same, `capped` those of them that
    were too many to be written out in full.
    """

    encoding: Encoding
    rows: dict[Key, Rows]
    clusters: tuple[tuple[Term, ...], ...] = ()
    capped: frozenset[Term] = field(default_factory=frozenset)
    rounds: int = 0

    def derived(self, key: Key) -> Rows:
        """The relation's rows that nobody asserted."""
        rows, asserted = self.rows[key], self.encoding.rows.get(key, EMPTY)
        return rows if not len(asserted) else rows[~member(rows, asserted)]

    def holds(self, fact: Fact) -> bool:
        """Whether the fact is among them."""
        s, o = (self.encoding.ids.get(term, -1) for term in (fact[0], fact[2]))
        key = key_of(fact[1], fact[2])
        rows = self.rows.get(key, EMPTY)
        row = s if key[0] == "class" else s << 32 | o
        return bool(member(np.array([row], np.int64), rows)[0])

    def derived_facts(self) -> Iterator[Fact]:
        """All facts that nobody asserted."""
        for key in self.rows:
            yield from self.encoding.facts(key, self.derived(key))


def close(
    encoding: Encoding, rules: Iterable[Rule], *, aliases: int = ALIASES
) -> tuple[Closure, Fixpoint]:
    """Everything that follows from the encoded triples by the rules."""
    fixpoint = Fixpoint(encoding, rules)
    fixpoint.run()
    return _written_out(fixpoint, aliases), fixpoint


def _written_out(fixpoint: Fixpoint, aliases: int) -> Closure:
    encoding = fixpoint.encoding
    clusters = fixpoint.clusters.members()
    found = {key: r for key, r in fixpoint.relations.items() if key[0] != "edge"}
    if not clusters:
        rows = {key: relation.rows for key, relation in found.items()}
        return Closure(encoding, rows, rounds=fixpoint.rounds)
    written = {n: _in_order(encoding, group) for n, group in clusters.items()}
    short = {
        n: group if len(group) <= aliases else group[:1] for n, group in written.items()
    }
    copies = merging.Copies(len(encoding.terms), short)
    rows = {key: _copied(copies, key, r.rows) for key, r in found.items()}
    asserted = encoding.rows.get(_LINK, EMPTY)
    links = [_links(group, aliases) for group in written.values()]
    rows[_LINK] = unique(np.concatenate([asserted, *links]))
    terms = tuple(tuple(encoding.terms[n] for n in g) for g in written.values())
    capped = frozenset(t for group in terms if len(group) > aliases for t in group)
    return Closure(encoding, rows, terms, capped, fixpoint.rounds)


def _in_order(encoding: Encoding, group: list[int]) -> list[int]:
    """IRIs before blank nodes, then by name, whatever order they were read in."""
    return sorted(group, key=lambda number: str(encoding.terms[number]))


def _copied(copies: merging.Copies, key: Key, rows: Rows) -> Rows:
    return copies.numbers(rows) if key[0] == "class" else copies.pairs(rows)


def _links(group: list[int], aliases: int) -> Rows:
    """sameAs between all, or from and to the first where there are too many."""
    among = np.array(group, np.int64)
    others = among if len(group) <= aliases else among[:1]
    left, right = np.meshgrid(among, others)
    pairs = np.concatenate(
        [(left << SHIFT | right).ravel(), (right << SHIFT | left).ravel()]
    )
    return unique(pairs[(pairs >> SHIFT) != (pairs & np.int64(0xFFFFFFFF))])
