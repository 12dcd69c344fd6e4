"""Rules made ready for the joins: constants numbered, transitivity made linear."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from kgserver.load.reason.rows import join
from kgserver.load.reason.rows.join import Code, Plan, Step
from kgserver.load.reason.rules.rule import Atom, Rule, Slot, variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.load.reason.rows.encoding import Encoding


def plan(rules: Iterable[Rule], encoding: Encoding) -> list[Plan]:
    """The rules over numbers.

    `x p z :- x p y, y p z` derives each pair once for every node between its ends. So
    the other rules add to the steps of p, which are a relation of their own, and a path
    grows by one step at a time: linear in the paths times the steps that leave a node.
    """
    rules = list(rules)
    chained = {rule.body[0][1] for rule in rules if transitive(rule)}
    return [
        plan
        for rule in rules
        for plan in _plans(rule, encoding, frozenset(t for t in chained if t))
    ]


def transitive(rule: Rule) -> bool:
    """Whether the rule has the shape of transitivity, whatever its name."""
    if rule.head is None or len(rule.body) != 2:
        return False
    (a, p, b), (c, q, d) = rule.body
    shape = rule.head == (a, p, d) and b == c and p == q
    return shape and len({a, b, d}) == 3 and not rule.tests


def _plans(rule: Rule, encoding: Encoding, chained: frozenset[Slot]) -> Iterator[Plan]:
    body = tuple(_step(atom, encoding) for atom in rule.body)
    if rule.head is None:
        yield Plan(rule, None, body)
        return
    head = _step(rule.head, encoding)
    if rule.head[1] not in chained:
        yield Plan(rule, head, body)
    elif transitive(rule):
        yield Plan(rule, head, (body[0], _edge(body[1])))
        yield Plan(rule, head, (_edge(head),))
    elif _renames(rule, chained):
        yield Plan(rule, _edge(head), (_edge(body[0]),))
    else:
        yield Plan(rule, _edge(head), body)


def _renames(rule: Rule, chained: frozenset[Slot]) -> bool:
    """Whether the head is a transitive body property by another name or direction.

    What closes the steps of one then closes those of the other, so steps suffice.
    """
    return (
        len(rule.body) == 1
        and rule.body[0][1] in chained
        and len({*variables(rule.body[0])}) == 2
        and not rule.tests
    )


def _edge(step: Step) -> Step:
    return dataclasses.replace(step, key=("edge", step.key[1]))


def _step(atom: Atom, encoding: Encoding) -> Step:
    subject, predicate, obj = atom
    key = join.key_of(predicate, obj)
    slots = (subject,) if key[0] == "class" else (subject, obj)
    return Step(key, tuple(_code(slot, encoding) for slot in slots))


def _code(slot: Slot, encoding: Encoding) -> Code:
    return slot if isinstance(slot, str) else encoding.code(slot)
