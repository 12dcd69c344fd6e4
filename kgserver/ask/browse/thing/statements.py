"""Statements as a page shows them: how a value is written, and who says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import schema, wording, written
from kgserver.ask.browse.thing import evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kgserver.ask.browse.thing.evidence import Claims, Evidence
    from kgserver.ask.dataset import Dataset, Label, Node
    from kgserver.ask.passages import Quote

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True, slots=True)
class Value:
    """One end of a statement, how it is written, and what is behind the statement.

    `graphs` are IRIs, without the inferred graph; where there are none the statement
    only follows from others, and `evidence` is that of the same said the other way
    round, if files say that. `words` are the value's own, where it is a passage that
    the thing is taken from; `inside` is what is said of a value that has no page.
    """

    term: Term
    label: Label
    triple: ox.Triple
    graphs: tuple[str, ...]
    evidence: Evidence
    words: tuple[Quote, ...]
    inside: tuple[Group, ...] = ()

    @property
    def inferred(self) -> bool:
        """Whether no file says this, so that it only follows."""
        return not self.graphs

    @property
    def bare(self) -> bool:
        """Whether no file says this, nor the same the other way round."""
        return self.inferred and not self.evidence.lines


@dataclass(frozen=True, slots=True)
class Group:
    """The statements of one property; `count` may be more than are listed.

    `differ` marks a property that can have one value only and has several.
    """

    property: ox.NamedNode
    label: Label
    values: tuple[Value, ...]
    count: int
    differ: bool = False


Held = dict[ox.Triple, tuple[str, ...]]
# How many statements about a thing, and how many pointing at it, are read for a page.
_OUTGOING, _INCOMING = 5000, 3000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The statements about a thing and those pointing at it, as far as they were read.

    `cut` tells that there are more about it, `hub` that more point at it.
    """

    about: Held
    pointing: Held
    cut: bool
    hub: bool


def around(dataset: Dataset, node: Node) -> Surroundings:
    """What a page about a thing is made from, read once for all of its parts."""
    store = dataset.store
    out = list(islice(store.quads_for_pattern(node, None, None, None), _OUTGOING))
    back = list(islice(store.quads_for_pattern(None, None, node, None), _INCOMING))
    cut, hub = len(out) == _OUTGOING, len(back) == _INCOMING
    return Surroundings(held(dataset, out), held(dataset, back), cut, hub)


def held(dataset: Dataset, quads: Iterable[ox.Quad]) -> Held:
    """The triples of the default graph, each with the files' graphs that hold it."""
    inferred = dataset.names.inferred
    graphs: dict[ox.Triple, set[str]] = defaultdict(set)
    shown: dict[ox.Triple, None] = {}
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            graphs[quad.triple].add(quad.graph_name.value)
        else:
            shown[quad.triple] = None
    return {triple: tuple(sorted(graphs[triple] - {inferred})) for triple in shown}


def graphs_of(dataset: Dataset, triple: ox.Triple) -> tuple[str, ...]:
    """The files' graphs that hold one triple."""
    start, prop, end = triple.subject, triple.predicate, triple.object
    quads = dataset.store.quads_for_pattern(start, prop, end, None)
    graphs = (q.graph_name for q in quads if isinstance(q.graph_name, ox.NamedNode))
    return tuple(sorted({g.value for g in graphs} - {dataset.names.inferred}))


@dataclass(frozen=True, slots=True)
class Showing:
    """How triples become values: who says them, in which language they are written.

    `found` are the triples with their graphs, `claims` what stands for them, None where
    nobody asks who says so; `turned` are the statements from the other ends, where all
    were read; `depth` is how many nameless nodes they are inside of.
    """

    dataset: Dataset
    found: Held
    language: str
    claims: Claims | None
    turned: Held | None = None
    depth: int = 0
    backwards: bool = False

    def group(
        self, prop: ox.NamedNode, triples: Sequence[ox.Triple], count: int = 0
    ) -> Group:
        """The statements of one property, said ones before what only follows."""
        values = sorted(self.values(triples), key=_order)
        functional = prop in schema.of(self.dataset).functional
        said = {value.term for value in values if not value.inferred}
        label = self.dataset.label(prop, self.language)
        differ = functional and not self.backwards and len(said) > 1
        return Group(prop, label, tuple(values), count or len(values), differ)

    def values(self, triples: Sequence[ox.Triple]) -> Iterator[Value]:
        """Each statement's other end."""
        self.dataset.learn(self._named(triples), self.language)
        for triple in triples:
            term = triple.subject if self.backwards else triple.object
            graphs = self.found[triple]
            behind, words = evidence.NONE, evidence.NONE.quotes
            if self.claims is not None:
                said = (triple, graphs) if graphs else self._reversed(triple)
                behind = evidence.of(self.dataset, *said, self.claims)
                words = evidence.words(self.dataset, triple)
            label = written.term(self.dataset, term, self.language)
            inside = self._inside(term)
            yield Value(term, label, triple, graphs, behind, words, inside)

    def _reversed(self, triple: ox.Triple) -> tuple[ox.Triple, tuple[str, ...]]:
        """The statement by an inverse property that a triple follows from, said."""
        start, end = triple.subject, triple.object
        if isinstance(end, ox.NamedNode | ox.BlankNode):
            for prop in schema.of(self.dataset).inverses.get(triple.predicate, ()):
                other = ox.Triple(end, prop, start)
                graphs = self._said(other)
                if graphs:
                    return other, graphs
        return triple, ()

    def _said(self, other: ox.Triple) -> tuple[str, ...]:
        """The files' graphs that hold a statement from the other end."""
        if self.turned is None:
            return graphs_of(self.dataset, other)
        return self.turned.get(other, ())

    def _named(self, triples: Sequence[ox.Triple]) -> Iterator[Node]:
        ends = (t.subject if self.backwards else t.object for t in triples)
        return (end for end in ends if isinstance(end, ox.NamedNode))

    def _inside(self, term: Term) -> tuple[Group, ...]:
        """What is said of a nameless node, which has no page of its own."""
        if not isinstance(term, ox.BlankNode) or self.depth > 3 or self.backwards:
            return ()
        quads = self.dataset.store.quads_for_pattern(term, None, None, None)
        found = held(self.dataset, quads)
        within = replace(self, found=found, claims=None, depth=self.depth + 1)
        by_property: dict[ox.NamedNode, list[ox.Triple]] = defaultdict(list)
        for triple in found:
            by_property[triple.predicate].append(triple)
        groups = [within.group(*each) for each in by_property.items()]
        return tuple(sorted(groups, key=lambda group: group.label.text.lower()))


def _order(value: Value) -> tuple[object, ...]:
    iri = value.term.value if isinstance(value.term, ox.NamedNode) else ""
    return value.inferred, _natural(value), wording.natural(value.label.text), iri


def _natural(value: Value) -> tuple[str, float]:
    """Literals in the order of what they mean: by language, number or date."""
    term = value.term
    if not isinstance(term, ox.Literal):
        return "", 0
    try:
        return "", float(term.value)
    except ValueError:
        return term.language or "", 0
