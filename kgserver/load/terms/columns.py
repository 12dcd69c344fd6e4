"""Quads off the parser become columns of numbers, each term looked at once.

What is odd about a term is noted with its number: a literal that its datatype does not
allow, a triple term where files are to be RDF 1.1. Blank nodes are named anew, so that
they are the same at each reading of a file, and differ between files.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kgserver.load.terms import literals, nodes, statements
from kgserver.load.terms.canon import Canon
from kgserver.load.terms.statements import Graph, Statements, Term
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable


class Oddity(NamedTuple):
    """What is wrong with a term: code, message, hint, and the text to be found near."""

    code: str
    message: str
    hint: str
    near: str = ""


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
        self._known: dict[Term, int] = {}
        self._renamed: dict[int, Term] = {}
        self._rename = nodes.renamer(graph)
        self._canon = Canon()

    def take(self, quads: Iterable[ox.Quad], *, graphs: bool) -> None:
        """Add quads, with the graphs that they name; runs for each, hence so plain."""
        known, enter, rename = self._known.get, self._enter, self._rename
        subjects, predicates = self.subjects.append, self.predicates.append
        objects, keys, named = (
            self.objects.append, self.keys.append, self._graphs.append,
        )  # fmt: skip
        for quad in quads:
            s, p, o, graph = quad
            number = known(s)
            subjects(enter(s) if number is None else number)
            number = known(p)
            predicates(enter(p) if number is None else number)
            number = known(o)
            objects(enter(o) if number is None else number)
            keys(hash(quad.triple))
            if graphs:
                named(rename(graph) if isinstance(graph, ox.BlankNode) else graph)

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

    def _enter(self, term: Term) -> int:
        """The number of a term that is met for the first time."""
        number = self._known[term] = len(self._terms)
        self._terms.append(term)
        if isinstance(term, ox.NamedNode):
            return number
        if isinstance(term, ox.Literal):
            self._enter_literal(number, term)
        elif isinstance(term, ox.BlankNode):
            self._terms[number] = self._renamed[number] = self._rename(term)
        else:
            self._terms[number] = nodes.within(term, self._rename)
            self._renamed[number] = self._terms[number]
            if self._rdf_1_1:
                self.odd[number] = _RDF12
        return number

    def _enter_literal(self, number: int, literal: ox.Literal) -> None:
        stored = self._canon.term(literal)
        if stored != literal:
            self._renamed[number] = stored
        datatype = literal.datatype.value
        form = literals.fault(literal.value, datatype) if datatype != _STRING else None
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


_STRING = names.XSD + "string"
_RDF12 = Oddity(
    "rdf-1.2",
    "a statement about a statement is written in RDF 1.2",
    "Files are RDF 1.1, so that every tool can read them: use rdf:Statement with "
    "rdf:subject, rdf:predicate and rdf:object.",
)
