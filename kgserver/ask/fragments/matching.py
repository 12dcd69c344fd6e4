"""What a pattern matches, a page at a time, and how much of it there is.

The store on disk gives matches in the order of its keys, which equal stores share, and
passes over a million of them in a quarter of a second, outside of Python's lock. So a
page costs no more than what stands before it, and that is bounded. Where one variable
stands in two places, all has to be looked at: that is done in small graphs only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.fragments import pattern as patterns
from kgserver.model.refusal import BadRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.dataset import Dataset, Node
    from kgserver.ask.fragments.pattern import Pattern

SIZE = 100  # matches on a page
_COUNTED = 1_000_000  # matches; what is beyond is estimated, and is in no page
_HELD = 10_000  # patterns whose counts are kept
_PAGE = "SELECT * {{ {pattern} }} OFFSET {offset} LIMIT {size}"
_COUNT = "SELECT (COUNT(*) AS ?n) {{ {{ SELECT * {{ {pattern} }} LIMIT {most} }} }}"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One page of what a pattern matches; `exact` tells whether `total` is."""

    pattern: Pattern
    page: int
    quads: Sequence[ox.Quad]
    total: int
    exact: bool

    @property
    def more(self) -> bool:
        """Whether there is a page after this one."""
        return self.page * SIZE < self.total


def find(dataset: Dataset, pattern: Pattern, page: int) -> Fragment:
    """A page, from 1 on; raises NotFound past the last one, and where none goes."""
    offset = (page - 1) * SIZE
    if offset >= _COUNTED:
        raise NotFound(
            f"Fragments go no further than {_COUNTED:,} matches.",
            "/dataset has files of all there is.",
        )
    counts = dataset.snapshot.counts
    if pattern.repeats and counts.merged + counts.asserted > _COUNTED:
        raise BadRequest(
            "Here a variable may stand in one place of a pattern only.",
            "Ask /sparql, which ends what takes too long.",
        )
    total, exact = _total(dataset, pattern)
    if offset and offset >= total:
        raise NotFound(f"There is no page {page} of these.", "Begin at page 1.")
    held = islice(_quads(dataset, pattern, offset), SIZE)
    base = dataset.names.base
    return Fragment(pattern, page, [_named(q, base) for q in held], total, exact)


def _quads(dataset: Dataset, pattern: Pattern, offset: int) -> Iterator[ox.Quad]:
    if pattern.nameless:
        yield from islice(_each(dataset, pattern), offset, None)
        return
    asked = _PAGE.format(pattern=_written(pattern), offset=offset, size=SIZE)
    subject, predicate, value, graph = pattern.variables
    for row in cast("ox.QuerySolutions", dataset.store.query(asked)):
        yield ox.Quad(
            pattern.subject or cast("Node", row[subject]),
            pattern.predicate or cast("ox.NamedNode", row[predicate]),
            pattern.object or cast("Node", row[value]),
            pattern.graph or cast("Node", row[graph]) or DEFAULT,
        )


def _total(dataset: Dataset, pattern: Pattern) -> tuple[int, bool]:
    """How many matches there are, and whether that is counted or estimated."""
    counts = dataset.snapshot.counts
    if pattern == patterns.Pattern() and dataset.snapshot.merged:
        return counts.merged, True
    kept: dict[Pattern, int] = dataset.once("fragment totals", dict)
    if pattern not in kept:
        if len(kept) >= _HELD:
            kept.clear()
        kept[pattern] = _count(dataset, pattern)
    found = kept[pattern]
    if found <= _COUNTED:
        return found, True
    every = counts.merged if pattern.graph == DEFAULT else counts.asserted
    return max(every, found), False


def _count(dataset: Dataset, pattern: Pattern) -> int:
    if pattern.nameless:
        return sum(1 for _ in islice(_each(dataset, pattern), _COUNTED + 1))
    asked = _COUNT.format(pattern=_written(pattern), most=_COUNTED + 1)
    (row,) = cast("ox.QuerySolutions", dataset.store.query(asked))
    return int(cast("ox.Literal", row["n"]).value)


def _each(dataset: Dataset, pattern: Pattern) -> Iterator[ox.Quad]:
    shape = pattern.subject, pattern.predicate, pattern.object, pattern.graph
    return filter(pattern.fits, dataset.store.quads_for_pattern(*shape))


def _written(pattern: Pattern) -> str:
    """The pattern in SPARQL; the engine writes its own terms so that they stay such."""
    terms = pattern.subject, pattern.predicate, pattern.object
    *variables, graph = (f"?{name}" for name in pattern.variables)
    triple = " ".join(str(t or v) for t, v in zip(terms, variables, strict=True))
    if pattern.graph == DEFAULT:
        return triple
    within = f"GRAPH {pattern.graph or graph} {{ {triple} }}"
    if pattern.graph or graph in variables:
        return within
    return f"{{ {triple} }} UNION {{ {within} }}"


def _named(quad: ox.Quad, base: str) -> ox.Quad:
    """The quad, with IRIs for its nameless nodes."""
    subject, value, graph = (
        patterns.named(cast("Node", term), base)
        for term in (quad.subject, quad.object, quad.graph_name)
    )
    return ox.Quad(
        cast("ox.NamedNode", subject),
        quad.predicate,
        value,
        cast("ox.NamedNode", graph),
    )
