"""Beside the reference: nothing missing and nothing extra on three whole graphs.

owlrl takes a key's last property for given (see `reason.reference`), so that keys are
left out here; the cases of rules decide what follows from them.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from benchmarks import organisations, university
from kgserver.load import inputs, reason, turtle
from kgserver.load.reason import names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from kgserver.model.settings import Settings


def generated(generator: ModuleType, size: int) -> list[ox.Triple]:
    """The first triples of a benchmark, with its ontology but for the keys."""
    lines = "".join(generator.lines(size)).encode()
    schema = ox.parse(path=generator.ONTOLOGY, format=ox.RdfFormat.TURTLE)
    data = ox.parse(input=lines, format=ox.RdfFormat.N_TRIPLES)
    said = [quad.triple for quad in (*schema, *data)]
    return [triple for triple in said if triple.predicate != names.KEY]


def shipped_triples(settings: Settings) -> Iterator[ox.Triple]:
    """All that the files of the shipped graph say that conclusions are drawn from."""
    for source in inputs.find(settings).sources:
        if source.role != "shapes":
            reading = turtle.read(source, settings.folder)
            yield from (quad.triple for quad in reading.quads)


def compared(said: list[ox.Triple]) -> tuple[int, set[ox.Triple], set[ox.Triple]]:
    """How much follows, what of it we miss, and what we have too much."""
    ours = set(reason.infer("rules", said).triples)
    theirs = set(reason.infer("owlrl", said).triples)
    return len(theirs), theirs - ours, ours - theirs


def test_the_shipped_graph_has_the_closure_that_owlrl_finds(shipped: Settings) -> None:
    """All of City Exchange."""
    count, missing, extra = compared(list(shipped_triples(shipped)))

    assert count > 3_000
    assert missing == set()
    assert extra == set()


@pytest.mark.parametrize(
    ("generator", "size", "least"),
    [(organisations, 10_000, 15_000), (university, 3_000, 1_500)],
    ids=["organisations", "university"],
)
def test_generated_graphs_have_the_closure_that_owlrl_finds(
    generator: ModuleType, size: int, least: int
) -> None:
    """Chains, inverses and aliases; hierarchies and restrictions."""
    count, missing, extra = compared(generated(generator, size))

    assert count > least
    assert missing == set()
    assert extra == set()


CHAIN = """
import resource
import pyoxigraph as ox
from kgserver.load import reason
axiom = "<http://e/p> a <http://www.w3.org/2002/07/owl#TransitiveProperty> ."
links = [f"<http://e/{n}> <http://e/p> <http://e/{n + 1}> ." for n in range(1499)]
text = axiom + "".join(links)
said = [q.triple for q in ox.parse(input=text, format=ox.RdfFormat.TURTLE)]
print(len(reason.infer("rules", said).triples))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
GIGABYTE = 1 << 30


def test_a_chain_of_1500_nodes_stays_under_a_gigabyte() -> None:
    """A million conclusions of a transitive property, in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", CHAIN], capture_output=True, text=True, check=True
    )
    follow, kilobytes = map(int, run.stdout.split())

    assert follow == 1499 * 1500 // 2 - 1499
    assert kilobytes * 1024 < GIGABYTE
