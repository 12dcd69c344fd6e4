"""An ontology made ready: a closed schema, and the rules that it was compiled into.

Light to import, so that a web process can explain without what a build needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from typing import Literal as Choice

from kgserver.load.reason import names
from kgserver.load.reason.rules import (
    classes,
    contradictions,
    hierarchy,
    properties,
    schema,
    scm,
    useful,
)
from kgserver.load.reason.rules.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.reason.names import Fact, Term
    from kgserver.load.reason.rules.rule import Rule, Slot

Profile: TypeAlias = Choice["rl", "rdfs"]


@dataclass(frozen=True, slots=True)
class Ontology:
    """What a schema says, as facts and as rules.

    `written` is the schema as given, `closed` all that follows from it alone.
    `anonymous` are the class expressions without a name: who is in them is known to
    the rules, but not published. `terms` are the classes and properties. `induced` are
    facts of the schema that follow from the data: that two properties are the same.
    `profile` says which rules are in force: OWL 2 RL, or RDFS alone.
    """

    written: frozenset[Fact]
    closed: frozenset[Fact]
    rules: tuple[Rule, ...]
    schema_rules: tuple[Rule, ...]
    anonymous: frozenset[Term]
    terms: frozenset[Term]
    induced: frozenset[Fact] = frozenset()
    profile: Profile = "rl"

    def publishes(self, fact: Fact) -> bool:
        """Whether an inferred fact is to be stored."""
        visible = fact[0] not in self.anonymous and fact[2] not in self.anonymous
        return visible and not schema.structural(fact) and useful.useful(fact)

    def derived(self) -> Iterator[Fact]:
        """What follows from the schema alone and is to be stored."""
        return (fact for fact in self.closed - self.written if self.publishes(fact))


def schema_rules(written: Schema, profile: Profile) -> tuple[Rule, ...]:
    """The rules by which the schema itself is closed."""
    return scm.RDFS if profile == "rdfs" else tuple(scm.rules(written))


def assemble(
    asserted: frozenset[Fact],
    induced: frozenset[Fact],
    closed: frozenset[Fact],
    profile: Profile = "rl",
) -> Ontology:
    """The ontology of a schema, of what the data induced, and of what follows."""
    written = Schema(asserted | induced)
    build = _rdfs if profile == "rdfs" else _rl
    anonymous = written.anonymous()
    same = {t for s, o in written.pairs(names.SAME) for t in (s, o)}
    made = dict.fromkeys(_needed([*build(written, Schema(closed))], anonymous))
    return Ontology(
        asserted,
        closed,
        tuple(made),
        schema_rules(written, profile),
        anonymous,
        schema.terms(written.facts) | same,
        induced - asserted,
        profile,
    )


def _rl(written: Schema, closed: Schema) -> Iterator[Rule]:
    yield from hierarchy.class_rules(written, closed)
    yield from hierarchy.property_rules(written)
    yield from properties.rules(written)
    yield from classes.rules(written)
    yield from contradictions.rules(written)


def _rdfs(written: Schema, closed: Schema) -> Iterator[Rule]:
    """rdfs2, rdfs3, rdfs7 and rdfs9, under the names of their twins in OWL 2 RL."""
    simple = Schema(fact for fact in written.facts if fact[1] in _RDFS)
    yield from hierarchy.class_rules(simple, closed)
    yield from hierarchy.property_rules(simple)
    yield from properties.domains(simple)


_RDFS = frozenset((names.SUB_CLASS, names.SUB_PROPERTY, names.DOMAIN, names.RANGE))


def _needed(rules: list[Rule], anonymous: frozenset[Term]) -> list[Rule]:
    """The rules without those that fill an unnamed class which no rule asks for."""
    while True:
        asked = {atom[2] for rule in rules for atom in rule.body}
        kept = [rule for rule in rules if not _idle(rule, anonymous - asked)]
        if len(kept) == len(rules):
            return kept
        rules = kept


def _idle(rule: Rule, unasked: frozenset[Slot]) -> bool:
    return bool(rule.head and rule.head[1] == names.TYPE and rule.head[2] in unasked)
