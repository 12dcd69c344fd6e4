"""An ontology written down beside a version, so that proofs need no compiling.

N-Quads, in which the graph says what a fact is: written, induced by the data, or
closed, which is what follows from these. The first line is a comment with the profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from kgserver.load.reason import names
from kgserver.load.reason.rules import ontology

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.load.reason.names import Fact
    from kgserver.load.reason.rules.ontology import Ontology, Profile

_WRITTEN, _INDUCED, _CLOSED = (
    NamedNode(f"urn:x-kgserver:{name}") for name in ("written", "induced", "closed")
)


def dump(known: Ontology) -> bytes:
    """The ontology as `load` reads it, the same bytes for the same ontology."""
    follows = known.closed - known.written - known.induced
    parts = (
        (known.written, _WRITTEN),
        (known.induced, _INDUCED),
        (follows, _CLOSED),
    )
    quads = (quad for facts, graph in parts for quad in _quads(facts, graph))
    body = serialize(sorted(quads, key=str), format=RdfFormat.N_QUADS)
    return f"# {known.profile}\n".encode() + (body or b"")


def load(data: bytes) -> Ontology:
    """The ontology that `dump` wrote."""
    facts: dict[object, set[Fact]] = {_WRITTEN: set(), _INDUCED: set(), _CLOSED: set()}
    for quad in parse(input=data, format=RdfFormat.N_QUADS):
        facts[quad.graph_name].add(names.fact(quad))
    written, induced = frozenset(facts[_WRITTEN]), frozenset(facts[_INDUCED])
    profile: Profile = "rdfs" if data.startswith(b"# rdfs\n") else "rl"
    closed = written | induced | facts[_CLOSED]
    return ontology.assemble(written, induced, closed, profile)


def _quads(facts: Iterable[Fact], graph: NamedNode) -> Iterator[Quad]:
    for fact in facts:
        triple = names.triple(fact)
        yield Quad(triple.subject, triple.predicate, triple.object, graph)
