"""What follows, why, and what cannot be: cases in folders, and checked proofs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.load import reason
from kgserver.load.reason import names
from kgserver.load.terms.canon import Canon

from .proof_checker import Checker

if TYPE_CHECKING:
    from collections.abc import Iterable

CASES = Path(__file__).parent / "cases"
RULES = sorted((CASES / "reason").iterdir())
CLASHES = sorted((CASES / "clash").iterdir())
OWLRL_ERRS = {
    "prp-key-one",
    "prp-key-one-differs",
    "prp-key-two-one-differs",
    "cls-svf1-datatype",
}
"""Cases of hasKey and datatypes, where owlrl is known to be wrong."""


def read(path: Path) -> list[ox.Triple]:
    """The triples of a Turtle file, literals as the store writes them."""
    return stored(ox.parse(path=path, format=ox.RdfFormat.TURTLE))


def stored(quads: Iterable[ox.Quad]) -> list[ox.Triple]:
    """The quads as the store gives them back."""
    canon = Canon()
    return [names.triple(canon.fact(names.fact(quad))) for quad in quads]


def name(path: Path) -> str:
    """A case by its folder."""
    return path.name


def test_there_are_cases() -> None:
    """An empty folder would pass every test below."""
    assert len(RULES) >= 55
    assert len(CLASHES) >= 26


@pytest.mark.parametrize("case", RULES, ids=name)
def test_what_must_follow_follows_and_what_must_not_does_not(case: Path) -> None:
    """Every triple of then.ttl is inferred, none of not.ttl is."""
    inferred = set(reason.infer("rules", read(case / "given.ttl")).triples)
    wanted = read(case / "then.ttl") if (case / "then.ttl").exists() else []
    denied = read(case / "not.ttl") if (case / "not.ttl").exists() else []

    assert wanted or denied
    assert [triple for triple in wanted if triple not in inferred] == []
    assert [triple for triple in denied if triple in inferred] == []


@pytest.mark.parametrize("case", RULES, ids=name)
def test_cases_of_rules_hold_no_contradiction(case: Path) -> None:
    """A case that clashed would prove anything."""
    assert reason.infer("rules", read(case / "given.ttl")).clashes == ()


@pytest.mark.parametrize("case", RULES, ids=name)
def test_every_inferred_triple_has_a_proof_that_a_stranger_accepts(case: Path) -> None:
    """Leaves are asserted, and each step is an instance of the rule it names."""
    given = read(case / "given.ttl")
    inference = reason.infer("rules", given)
    checker = Checker(set(given))
    for triple in inference.triples:
        proofs = inference.explain(triple, limit=3)

        assert proofs
        for proof in proofs:
            assert proof.triple == triple
            if case.name != "cls-svf1-datatype":
                assert checker.faults(proof) == []


@pytest.mark.parametrize("case", CLASHES, ids=name)
def test_a_contradiction_is_named_with_its_rule_and_proofs(case: Path) -> None:
    """clash.txt holds the rule, and a part of the sentence."""
    given = list(ox.parse(path=case / "given.ttl", format=ox.RdfFormat.TURTLE))
    rule, sentence = (case / "clash.txt").read_text("utf-8").splitlines()
    clashes = reason.infer("rules", given).clashes
    found = [clash for clash in clashes if clash.rule == rule]

    assert found
    assert any(sentence in clash.sentence for clash in found)
    for clash in found:
        assert len(clash.proofs) == len(clash.axioms) + len(clash.triples)
        assert set(clash.leaves()) <= set(stored(given))


@pytest.mark.parametrize(
    "case", [c for c in RULES if c.name not in OWLRL_ERRS], ids=name
)
def test_owlrl_draws_the_same_conclusions(case: Path) -> None:
    """Nothing missing and nothing extra against the reference reasoner."""
    given = read(case / "given.ttl")

    assert set(reason.infer("owlrl", given).triples) == set(
        reason.infer("rules", given).triples
    )


def test_inferring_again_adds_nothing() -> None:
    """The closure is closed."""
    given = [t for case in RULES for t in read(case / "given.ttl")]
    first = list(reason.infer("rules", given).triples)

    assert first
    assert list(reason.infer("rules", [*given, *first]).triples) == []


def test_rdfs_knows_hierarchies_and_nothing_of_owl() -> None:
    """The smaller engine takes subclass, subproperty, domain and range."""
    below = read(CASES / "reason" / "cax-sco" / "given.ttl")
    chain = read(CASES / "reason" / "prp-spo2" / "given.ttl")

    assert set(reason.infer("rdfs", below).triples) == set(
        reason.infer("rules", below).triples
    )
    assert list(reason.infer("rdfs", chain).triples) == []


def test_no_engine_infers_nothing_and_an_unknown_one_is_refused() -> None:
    """The engines are those of the table."""
    given = read(CASES / "reason" / "cax-sco" / "given.ttl")

    assert list(reason.infer("none", given).triples) == []
    with pytest.raises(ValueError, match='Choose one of "rules"'):
        reason.infer("pellet", given)


def test_explaining_needs_neither_rdflib_nor_numpy() -> None:
    """A web process explains without loading the reference reasoner."""
    code = (
        "import sys;"
        "import kgserver.load.reason.explain, kgserver.load.reason.rules.record;"
        "print({'rdflib', 'owlrl', 'pyshacl', 'numpy'} & set(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "set()"
