"""Edits: the maintained closure equals a fresh one, whatever comes and goes."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyoxigraph as ox
import pytest

from kgserver.load import reason
from kgserver.load.reason import graph, names

from .proof_checker import Checker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgserver.load.reason.rules.ontology import Ontology

AXIOMS = Path(__file__).parent / "cases" / "edits.ttl"
ROUNDS = 1_000
City: TypeAlias = "tuple[ox.Store, Ontology]"
INFERRED = ox.NamedNode("https://example.org/graph/inferred")
FILE = ox.NamedNode("https://example.org/graph/file")


def node(name: str) -> ox.NamedNode:
    """A name of the cases' namespace."""
    return ox.NamedNode(f"https://example.org/{name}")


def statements() -> list[list[ox.Triple]]:
    """The axioms, each with the blank nodes that it hangs on."""
    triples = [q.triple for q in ox.parse(path=AXIOMS, format=ox.RdfFormat.TURTLE)]
    roots = [t for t in triples if isinstance(t.subject, ox.NamedNode)]
    return [[root, *_below(root, triples)] for root in roots]


def _below(root: ox.Triple, triples: list[ox.Triple]) -> list[ox.Triple]:
    if not isinstance(root.object, ox.BlankNode):
        return []
    found = [t for t in triples if t.subject == root.object]
    return [each for t in found for each in (t, *_below(t, triples))]


def fact(chance: random.Random) -> ox.Triple:
    """A fact about one of six individuals; every fifteenth says that two are one."""
    one, other = (node(f"i{chance.randrange(6)}") for _ in range(2))
    kind = chance.random()
    if kind < 0.3:
        return ox.Triple(one, names.TYPE, node(chance.choice("ABCDEFGH")))
    if kind < 0.37:
        return ox.Triple(one, names.SAME, other)
    if kind < 0.5:
        key = node(chance.choice(("k1", "k2", "k", "f")))
        return ox.Triple(one, key, ox.Literal(chance.choice("xy")))
    return ox.Triple(one, node(chance.choice("ppqrsttfk")), other)


def edit(
    chance: random.Random, held: set[ox.Triple]
) -> tuple[set[ox.Triple], set[ox.Triple]]:
    """What comes and what goes: three times in four, something goes."""
    gone: set[ox.Triple] = set()
    come: set[ox.Triple] = set()
    if held and chance.random() < 0.75:
        count = min(len(held), chance.randint(1, 3))
        gone = set(chance.sample(sorted(held, key=str), count))
    else:
        come = {fact(chance) for _ in range(chance.randint(1, 4))} - held
    if chance.random() < 0.2:
        come |= {fact(chance)} - held
    return come, gone


def in_memory(
    schema: Iterable[ox.Triple], held: set[ox.Triple], inferred: set[ox.Triple]
) -> graph.MemoryGraph:
    """A graph as a store would hold it."""
    asserted = [names.fact(t) for t in (*schema, *held)]
    return graph.MemoryGraph(map(names.fact, inferred), asserted)


def test_a_thousand_edits_leave_what_a_fresh_closure_finds() -> None:
    """Ten edits each on a hundred ontologies, additions, deletions and merges."""
    chance = random.Random(20191031)
    axioms, changed, rounds = statements(), 0, 0
    while rounds < ROUNDS:
        drawn = chance.sample(axioms, chance.randint(3, 12))
        schema = [triple for axiom in drawn for triple in axiom]
        held = {fact(chance) for _ in range(chance.randint(5, 30))}
        inferred = set(reason.infer("rules", [*schema, *held]).triples)
        for _ in range(10):
            before = in_memory(schema, held, inferred)
            come, gone = edit(chance, held)
            change = reason.apply(before, reason.ontology_of(before), come, gone)
            held = held - gone | come
            fresh = set(reason.infer("rules", [*schema, *held]).triples)

            assert fresh == inferred - change.removed | change.added, drawn
            assert inferred.isdisjoint(change.added)
            assert change.removed <= inferred
            inferred = fresh
            changed += bool(change.added or change.removed)
            rounds += 1

    assert changed > ROUNDS / 2


def test_proofs_of_merged_individuals_are_accepted_by_a_stranger() -> None:
    """Proofs on random graphs, sameAs among them, are checked step by step."""
    chance = random.Random(20060101)
    axioms, proved = statements(), 0
    for _ in range(25):
        drawn = chance.sample(axioms, chance.randint(6, 14))
        schema = [triple for axiom in drawn for triple in axiom]
        given = [*schema, *{fact(chance) for _ in range(12)}]
        inference = reason.infer("rules", given)
        checker = Checker(set(given))
        for triple in inference.triples:
            (proof,) = inference.explain(triple)

            assert checker.faults(proof) == []
            proved += 1

    assert proved > 500


@pytest.fixture(name="city")
def _city() -> tuple[ox.Store, Ontology]:
    """A store with a small file and what follows from it."""
    turtle = """
        @prefix : <https://example.org/> .
        @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        :in a owl:TransitiveProperty . :City owl:disjointWith :River .
        :cityOf rdfs:range :City . :slug a owl:InverseFunctionalProperty .
        :hall :in :bonn . :bonn :in :nrw . :nrw :in :germany ."""
    triples = [q.triple for q in ox.parse(input=turtle, format=ox.RdfFormat.TURTLE)]
    store = ox.Store()
    inferred = reason.infer("rules", triples).triples
    for statements, name in ((triples, FILE), (inferred, INFERRED)):
        store.extend(
            ox.Quad(t.subject, t.predicate, t.object, name) for t in statements
        )
        store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in statements)
    return store, reason.ontology_of(graph.StoreGraph(store, INFERRED))


def test_an_edit_of_a_store_says_what_comes_and_goes(city: City) -> None:
    """Lookups in the store suffice, and the store stays as it was."""
    store, ontology = city
    size = len(store)
    link = ox.Triple(node("bonn"), node("in"), node("nrw"))
    change = reason.apply(graph.StoreGraph(store, INFERRED), ontology, (), (link,))
    lost = {("hall", "nrw"), ("hall", "germany"), ("bonn", "germany")}

    assert frozenset() == change.added
    assert lost == {
        (names.short(t.subject), names.short(t.object)) for t in change.removed
    }
    assert size == len(store)


def test_what_was_inferred_and_is_now_asserted_leaves_the_inferred(city: City) -> None:
    """The inferred graph holds only what no file says."""
    store, ontology = city
    known = ox.Triple(node("hall"), node("in"), node("germany"))
    change = reason.apply(graph.StoreGraph(store, INFERRED), ontology, (known,), ())

    assert {known} == change.removed
    assert frozenset() == change.added


def test_an_edit_that_contradicts_says_so_with_proofs(city: City) -> None:
    """Both classes of the clash are proved, the inferred one from the range."""
    store, ontology = city
    come = [
        ox.Triple(node("rhine"), names.TYPE, node("River")),
        ox.Triple(node("ada"), node("cityOf"), node("rhine")),
    ]
    change = reason.apply(graph.StoreGraph(store, INFERRED), ontology, come, ())
    (clash,) = change.clashes

    assert clash.rule == "cax-dw"
    assert set(come) <= set(clash.leaves())


@pytest.mark.parametrize(
    ("subject", "predicate", "obj"),
    [
        ("City", names.SUB_CLASS, "Place"),
        ("in", names.SAME, "within"),
        ("slug", names.TYPE, "http://www.w3.org/2002/07/owl#FunctionalProperty"),
    ],
)
def test_an_edit_of_the_ontology_is_left_to_the_bulk_closure(
    city: City, subject: str, predicate: ox.NamedNode, obj: str
) -> None:
    """Rules are compiled from the ontology, so a new one needs new rules."""
    store, ontology = city
    target = ox.NamedNode(obj) if ":" in obj else node(obj)
    axiom = ox.Triple(node(subject), predicate, target)

    with pytest.raises(reason.NeedsBulk, match="changes the ontology"):
        reason.apply(graph.StoreGraph(store, INFERRED), ontology, (axiom,), ())


def test_a_crowd_of_aliases_is_left_to_the_bulk_closure(city: City) -> None:
    """Beyond ten aliases facts are no longer copied to each of them."""
    store, ontology = city
    crowd = [
        ox.Triple(node(f"ada{i}"), node("slug"), ox.Literal("ada")) for i in range(15)
    ]

    with pytest.raises(reason.NeedsBulk, match="aliases"):
        reason.apply(graph.StoreGraph(store, INFERRED), ontology, crowd, ())
