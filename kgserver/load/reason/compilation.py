"""Axioms compiled: the schema closed by its own rules, and rules made of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.reason import names
from kgserver.load.reason.rows import closure
from kgserver.load.reason.rows.encoding import Encoding
from kgserver.load.reason.rules import ontology
from kgserver.load.reason.rules.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.load.reason.names import Fact
    from kgserver.load.reason.rules.ontology import Ontology, Profile
    from kgserver.load.reason.rules.rule import Rule


def compile(
    facts: Iterable[Fact], profile: Profile = "rl", induced: Iterable[Fact] = ()
) -> Ontology:
    """The ontology of these schema facts, and of those that the data induced."""
    asserted, more = frozenset(facts), frozenset(induced)
    written = Schema(asserted | more)
    closed = frozenset(_close(written, ontology.schema_rules(written, profile)))
    return ontology.assemble(asserted, more, closed, profile)


def _close(written: Schema, rules: Iterable[Rule]) -> Iterator[Fact]:
    encoding = Encoding()
    encoding.feed(map(names.triple, written.facts))
    yield from written.facts
    yield from closure.close(encoding, rules)[0].derived_facts()
