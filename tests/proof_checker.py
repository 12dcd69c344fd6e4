"""A small checker of proofs, which shares nothing with the reasoner.

Each rule is written down as the W3C has it, over any predicate. A step is right when
its axioms and premises fit the rule's conditions and its triple the conclusion. Source:
https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.reason.proof import Proof

PREFIX = {
    "rdf:": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs:": "http://www.w3.org/2000/01/rdf-schema#",
    "owl:": "http://www.w3.org/2002/07/owl#",
}
RULES = Path(__file__).parent / "cases" / "owl2rl.txt"

Binding = dict[str, object]
Pattern = tuple[object, ...]


class Checker:
    """Checks steps against the rules, with the lists of the asserted graph."""

    def __init__(self, asserted: set[ox.Triple]) -> None:
        self.asserted = asserted
        self._first: dict[object, object] = {
            t.subject: t.object for t in asserted if t.predicate == _term("rdf:first")
        }
        self._rest: dict[object, object] = {
            t.subject: t.object for t in asserted if t.predicate == _term("rdf:rest")
        }
        self._rules: dict[str, list[tuple[list[Pattern], Pattern]]] = {}
        for line in RULES.read_text("utf-8").splitlines():
            name, body, head = re.split(r": | -> |: -> ", line, maxsplit=2)
            conditions = [_pattern(part) for part in body.split(", ")]
            self._rules.setdefault(name, []).append((conditions, _pattern(head)))

    def faults(self, proof: Proof) -> list[str]:
        """The steps of the proof that no rule of that name allows."""
        return [
            f"{step.rule}: {step.triple}"
            for step in proof.steps()
            if not self._right(step)
        ]

    def _right(self, step: Proof) -> bool:
        if step.rule == "asserted":
            return step.triple in self.asserted
        given = {tuple(p.triple) for p in (*step.axioms, *step.premises)}
        goal = tuple(step.triple)
        return any(
            self._fits(body, given, found)
            for body, head in self._rules[step.rule]
            if (found := _unify(head, goal, {})) is not None
        )

    def _fits(self, body: list[Pattern], given: set[Pattern], found: Binding) -> bool:
        if not body:
            return True
        first, *rest = body
        return any(
            self._fits(rest, given, more) for more in self._ways(first, given, found)
        )

    def _ways(
        self, condition: Pattern, given: set[Pattern], found: Binding
    ) -> Iterator[Binding]:
        """The bindings that fulfil one condition."""
        if condition[0] in _LISTED:
            head, *ends = (found.get(str(slot), slot) for slot in condition[1:])
            yield from _LISTED[str(condition[0])](self.items(head), ends, given, found)
            return
        for fact in given:
            more = _unify(condition, fact, found)
            if more is not None:
                yield more

    def items(self, head: object) -> list[object]:
        """The members of a list."""
        found: list[object] = []
        while head in self._first:
            found.append(self._first[head])
            head = self._rest.get(head)
        return found


def _chain(
    links: list[object], ends: list[object], given: set[Pattern], found: Binding
) -> Iterator[Binding]:
    """A path over the links in turn, from the first end to the last."""
    reached = {ends[0]}
    for link in links:
        reached = {o for s, p, o in given if p == link and s in reached}
    if ends[1] in reached:
        yield found


def _keys(
    keys: list[object], ends: list[object], given: set[Pattern], found: Binding
) -> Iterator[Binding]:
    """A value of each key that both share."""

    def values(who: object, key: object) -> set[object]:
        return {o for s, p, o in given if s == who and p == key}

    if keys and all(values(ends[0], k) & values(ends[1], k) for k in keys):
        yield found


def _every(
    kinds: list[object], ends: list[object], given: set[Pattern], found: Binding
) -> Iterator[Binding]:
    """Membership of every class but owl:Thing."""
    wanted = [kind for kind in kinds if kind != _term("owl:Thing")]
    if all((ends[0], _term("rdf:type"), kind) in given for kind in wanted):
        yield found


def _item(
    items: list[object], ends: list[object], _given: set[Pattern], found: Binding
) -> Iterator[Binding]:
    for item in items:
        more = _unify((ends[0],), (item,), found)
        if more is not None:
            yield more


_LISTED = {"CHAIN": _chain, "KEYS": _keys, "EVERY": _every, "ITEM": _item}


def _pattern(text: str) -> Pattern:
    return tuple(_term(word) for word in text.split())


def _term(word: str) -> object:
    if word.isdigit():
        return ox.Literal(int(word))
    name, colon, local = word.partition(":")
    return ox.NamedNode(PREFIX[name + colon] + local) if colon else word


def _unify(pattern: Pattern, fact: Pattern, found: Binding) -> Binding | None:
    more = dict(found)
    for slot, term in zip(pattern, fact, strict=True):
        wanted = more.setdefault(slot, term) if isinstance(slot, str) else slot
        if wanted != term:
            return None
    return more
