"""Quads off the parser become columns of numbers, each term looked at once.

What is odd about a term is noted with its number: a literal that its datatype does not
allow, a triple term where files are to be RDF 1.1. Blank nodes are named anew, so that
they are the same at each reading of a file, and differ between files.
"""

from __future__ import annotations

from array import array
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kgserver.load.terms import literals, nodes, statements
from kgserver.load.terms.canon import Canon
from kgserver.load.terms.statements import Graph, Statements, Term
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable

# How many quads are taken together: Python goes round once for all of them.
_TOGETHER = 64


class Oddity(NamedTuple):
    """What is wrong with a term: code, message, hint, and the text to be found near."""

    code: str
    message: str
    hint: str
    near: str = ""


class _Numbers(dict[Term, int]):
    """The numbers of terms, in the order in which they were met."""

    def __missing__(self, term: Term) -> int:
        number = self[term] = len(self)
        return number


class Columns:
    """The columns of a file while they grow; `rdf_1_1` where triple terms are odd."""

    def __init__(self, graph: str, *, rdf_1_1: bool) -> None:
        self.odd: dict[int, Oddity] = {}
        self.subjects, self.predicates = array("I"), array("I")
        self.objects, self.keys = array("I"), array("q")
        self._graph = ox.NamedNode(graph)
        self._graphs: list[Graph] = []
        self._rdf_1_1 = rdf_1_1
        self._terms: list[Term] = []
        self._known = _Numbers()
        self._renamed: dict[int, Term] = {}
        self._rename = nodes.renamer(graph)
        self._canon = Canon()

    def take(self, quads: Iterable[ox.Quad], *, graphs: bool) -> None:
        """Add quads, with the graphs that they name; runs for each, hence so plain."""
        number, rename = self._known.__getitem__, self._rename
        rest = iter(quads)
        while some := list(islice(rest, _TOGETHER)):
            triples = [quad.triple for quad in some]
            numbers = array("I", map(number, chain.from_iterable(triples)))
            self.subjects += numbers[::3]
            self.predicates += numbers[1::3]
            self.objects += numbers[2::3]
            self.keys.extend(map(hash, triples))
            if graphs:
                named = (quad.graph_name for quad in some)
                self._graphs += [
                    rename(g) if isinstance(g, ox.BlankNode) else g for g in named
                ]
        begin = len(self._terms)
        self._terms += islice(self._known, begin, None)
        for place, term in enumerate(islice(self._terms, begin, None), begin):
            if isinstance(term, ox.NamedNode):
                continue
            if not isinstance(term, ox.Literal):
                self._enter(place, term)
            elif term.datatype != _PLAIN:
                self._enter_literal(place, term)

    def statements(self, *, graphs: bool) -> Statements:
        """The statements that were taken."""
        self._mend_keys()
        return Statements(
            self._graph,
            self._terms,
            self.subjects,
            self.predicates,
            self.objects,
            self.keys,
            self._graphs if graphs else None,
        )

    def _enter(self, number: int, term: ox.BlankNode | ox.Triple) -> None:
        if isinstance(term, ox.BlankNode):
            self._terms[number] = self._renamed[number] = self._rename(term)
        else:
            self._terms[number] = nodes.within(term, self._rename)
            self._renamed[number] = self._terms[number]
            if self._rdf_1_1:
                self.odd[number] = _RDF12

    def _enter_literal(self, number: int, literal: ox.Literal) -> None:
        stored = self._canon.term(literal)
        if stored != literal:
            self._renamed[number] = stored
        datatype = literal.datatype.value
        form = literals.fault(literal.value, datatype)
        if form:
            name = names.shorten(datatype, names.WELL_KNOWN)
            self.odd[number] = Oddity(
                "ill-typed",
                f'"{literal.value}" is not a value of {name}',
                f"{name} {form}; correct the text or its datatype.",
                literal.value,
            )

    def _mend_keys(self) -> None:
        """Take the hashes anew of what the store has otherwise than the parser."""
        terms, other = self._terms, self._renamed
        if not other:
            return
        for place, (s, o) in enumerate(zip(self.subjects, self.objects, strict=True)):
            if s in other or o in other:
                parts = terms[s], terms[self.predicates[place]], other.get(o, terms[o])
                self.keys[place] = hash(statements.triple(*parts))


_PLAIN = ox.NamedNode(names.XSD + "string")
_RDF12 = Oddity(
    "rdf-1.2",
    "a statement about a statement is written in RDF 1.2",
    "Files are RDF 1.1, so that every tool can read them: use rdf:Statement with "
    "rdf:subject, rdf:predicate and rdf:object.",
)
