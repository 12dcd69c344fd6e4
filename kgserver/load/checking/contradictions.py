"""Contradictions that the reasoner met, as problems at a line that can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.checking import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pyoxigraph as ox

    from kgserver.load.checking.places import Atlas, Wanted
    from kgserver.load.reason.proof import Clash, Proof
    from kgserver.load.turtle import Reading
    from kgserver.model.problem import Problem


def check(
    clashes: Sequence[Clash], readings: Iterable[Reading], folder: Path
) -> list[Problem]:
    """Each contradiction with the files and lines of the statements behind it."""
    leaves = [_wanted(leaf) for clash in clashes for leaf in clash.leaves()]
    atlas = places.Atlas(readings, folder, leaves)
    return [_problem(clash, atlas) for clash in clashes]


def _problem(clash: Clash, atlas: Atlas) -> Problem:
    proofs = dict(zip((*clash.axioms, *clash.triples), clash.proofs, strict=False))
    premises = [proofs[triple] for triple in clash.triples if triple in proofs]
    steps = (_told(proof, atlas) for proof in premises or clash.proofs)
    told = "; ".join(dict.fromkeys(steps))
    grounds = [_wanted(leaf) for proof in premises for leaf in proof.grounds()]
    charge = places.Charge(
        code=f"contradiction:{clash.rule}",
        message=f"{clash.sentence}: {told}" if told else clash.sentence,
        hint=_hint(clash, atlas),
    )
    return atlas.blame(grounds[-1] if grounds else None, charge)


def _told(proof: Proof, atlas: Atlas) -> str:
    """A statement and where it stands, or by which rule it follows from where."""
    triple = proof.triple
    terms = (triple.subject, triple.predicate, triple.object)
    said = " ".join(atlas.name(term) for term in terms).replace(" rdf:type ", " a ")
    found = (str(atlas.place(_wanted(leaf))) for leaf in proof.leaves())
    lines = ", ".join(dict.fromkeys(found))
    if proof.asserted:
        return f"{said} ({lines})"
    return f"{said} (by {proof.rule} from {lines})" if lines else f"{said} (always)"


def _hint(clash: Clash, atlas: Atlas) -> str:
    """What to change: the statements, or the axiom at its place."""
    found = {atlas.place(_wanted(axiom)) for axiom in clash.axioms}
    axioms = ", ".join(sorted(str(place) for place in found if place.line))
    rest = f", or the axiom at {axioms}" if axioms else ""
    return f"These cannot all be true: change one of the statements{rest}."


def _wanted(triple: ox.Triple) -> Wanted:
    return triple.subject, triple.predicate, triple.object
