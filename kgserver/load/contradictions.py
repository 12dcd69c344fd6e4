"""Contradictions that the reasoner met, as problems at a line that can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load import places
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyoxigraph as ox

    from kgserver.load.places import Place, Wanted
    from kgserver.load.reason.proof import Clash, Proof
    from kgserver.load.turtle import Reading


def check(
    clashes: Sequence[Clash], readings: Sequence[Reading], folder: Path
) -> list[Problem]:
    """Each contradiction with the files and lines of the statements behind it."""
    leaves = [leaf for clash in clashes for leaf in clash.leaves()]
    found = places.find(readings, [_wanted(leaf) for leaf in leaves])
    prefixes = {p: ns for reading in readings for p, ns in reading.prefixes.items()}
    return [_problem(clash, found, folder, prefixes) for clash in clashes]


def _problem(
    clash: Clash,
    found: Mapping[Wanted, Place],
    folder: Path,
    prefixes: Mapping[str, str],
) -> Problem:
    proofs = dict(zip((*clash.axioms, *clash.triples), clash.proofs, strict=False))
    premises = [proofs[triple] for triple in clash.triples if triple in proofs]
    told = [_told(proof, found, prefixes) for proof in premises]
    blamed = next((leaf for proof in premises for leaf in proof.leaves()), None)
    place = found[_wanted(blamed)] if blamed is not None else places.NOWHERE
    text = places.excerpt(folder, place)
    near = blamed.object if blamed is not None else None
    because = f": {'; '.join(told)}" if told else ""
    return Problem(
        file=place.file,
        line=place.line,
        column=places.column(text, near, prefixes) if text else 0,
        severity="error",
        code=f"contradiction:{clash.rule}",
        message=f"{clash.sentence}{because}",
        hint=_hint(clash, found),
        excerpt=text,
    )


def _told(
    proof: Proof, found: Mapping[Wanted, Place], prefixes: Mapping[str, str]
) -> str:
    """A statement and where it stands, or by which rule it follows from where."""
    said = _spoken(proof.triple, prefixes)
    lines = [_at(leaf, found) for leaf in proof.leaves()]
    if proof.asserted:
        return f"{said} ({lines[0]})"
    return f"{said} follows by {proof.rule} from {', '.join(lines)}"


def _hint(clash: Clash, found: Mapping[Wanted, Place]) -> str:
    """What to change: the statements, or the axiom at its place."""
    axioms = [_at(axiom, found) for axiom in clash.axioms if _wanted(axiom) in found]
    rest = f", or the axiom at {', '.join(dict.fromkeys(axioms))}" if axioms else ""
    return f"These cannot all be true: change one of the statements{rest}."


def _at(triple: ox.Triple, found: Mapping[Wanted, Place]) -> str:
    place = found.get(_wanted(triple), places.NOWHERE)
    return f"{place.file}:{place.line}"


def _spoken(triple: ox.Triple, prefixes: Mapping[str, str]) -> str:
    terms = (triple.subject, triple.predicate, triple.object)
    return " ".join(places.name(term, prefixes) for term in terms)


def _wanted(triple: ox.Triple) -> Wanted:
    return triple.subject, triple.predicate, triple.object
