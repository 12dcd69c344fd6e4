"""Two names found to be of one thing, told with the rule and the lines behind it.

One wrong key can make a whole class one thing, so that nobody should have to search for
what became of it. A file that says itself that two are the same is not told of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import positions, versions
from kgserver.load.checking import places
from kgserver.load.checking.places import NOWHERE, Excerpts
from kgserver.load.doctor import charge
from kgserver.load.doctor.charge import Charge
from kgserver.load.edits import edit as edits
from kgserver.load.reason.explain import Explainer
from kgserver.load.reason.names import SAME
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.checking.places import Place
    from kgserver.load.edits.edit import Edit
    from kgserver.load.reason.inference import Merges
    from kgserver.load.reason.maintain import Change
    from kgserver.load.reason.proof import Proof
    from kgserver.load.turtle import Reading
    from kgserver.model.problem import Problem

MOST = 12
"""Mergers that are proved and told; of further ones it is told how many there are."""


def found(
    merges: Merges, readings: Iterable[Reading], folder: Path
) -> Iterator[Problem]:
    """The mergers of a closure."""
    proofs = [merge.proof for merge in merges.first(MOST)]
    leaves = [leaf for proof in proofs for leaf in proof.grounds()]
    atlas = places.Atlas(readings, folder, [tuple(leaf) for leaf in leaves])
    for number, proof in enumerate(proofs, 1):
        stand = [atlas.place(tuple(leaf)) for leaf in proof.grounds()]
        more = len(merges) - number if number == MOST else 0
        yield _told(proof, stand, (atlas.excerpts, atlas.prefixes), more)


def brought(edit: Edit, held: ox.Store, change: Change | None) -> Iterator[Problem]:
    """The mergers that an edit brings about; the store holds the edit already."""
    new = sorted(filter(_once, change.added if change else ()), key=str)
    if not new or edit.ontology is None:
        return
    explainer = Explainer(edits.graph(edit, held), edit.ontology)
    excerpts = Excerpts(edit.given.settings.folder)
    known = excerpts, {**names.WELL_KNOWN, **edit.prefixes}
    for number, triple in enumerate(new[:MOST], 1):
        more = len(new) - number if number == MOST else 0
        for proof in explainer.explain(triple):
            stand = [p for leaf in proof.grounds() for p in _stand(edit, held, leaf)]
            yield _told(proof, stand, known, more)


def _once(triple: ox.Triple) -> bool:
    """Whether a triple makes two names one; the same the other way round is left."""
    return triple.predicate == SAME and str(triple.subject) < str(triple.object)


def _told(
    proof: Proof,
    grounds: Sequence[Place],
    known: tuple[Excerpts, Mapping[str, str]],
    more: int,
) -> Problem:
    """One merger at the last line that it follows from; `more` are not told."""
    excerpts, prefixes = known
    rules = [step.rule for step in proof.steps() if not step.asserted]
    rule = next((each for each in rules if not each.startswith("eq-")), rules[0])
    stand = sorted({p for p in grounds if p.file}, key=lambda p: (p.file, p.line))
    last = stand[-1] if stand else NOWHERE
    one, other = (
        names.shorten(end.value, prefixes)
        if isinstance(end, ox.NamedNode)
        else str(end)
        for end in (proof.triple.subject, proof.triple.object)
    )
    message = (
        f"{one} is the same as {other} (by {rule} from {', '.join(map(str, stand))})"
    )
    text = excerpts.of(last)
    what = Charge(
        "same-thing",
        f"{message} (and {more:,} more pairs)" if more else message,
        "If they are two things, mend one of the lines; if they are one, say so: "
        f"{one} owl:sameAs {other} .",
    )
    column = len(text) - len(text.lstrip()) + 1 if text else 0
    return charge.problem(what, last.file, (last.line, column), text)


def _stand(edit: Edit, held: ox.Store, triple: ox.Triple) -> Iterator[Place]:
    """Where an asserted triple stands; no file is read that is as it was before."""
    by_graph = {source.graph: source for source in edit.files}
    directory = versions.directory(edit.given.settings.state, edit.serving.version)
    quads = held.quads_for_pattern(
        triple.subject, triple.predicate, triple.object, None
    )
    for quad in quads:
        source = by_graph.get(getattr(quad.graph_name, "value", ""))
        reading = edit.read.get(source.path) if source else None
        if source and reading:
            rows = zip(reading.quads.keys, reading.lines, strict=True)
            for key, line in rows:
                if key == hash(triple):
                    yield places.Place(source.path, line)
        elif source:
            known = positions.opened(directory, source)
            for line in known.lines(triple) if known else ():
                yield places.Place(source.path, line)
