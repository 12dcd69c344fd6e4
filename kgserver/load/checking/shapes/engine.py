"""The SPARQL of shapes is put to the engine, which answers it many times as quickly.

A constraint in SPARQL is asked anew of each node, which takes the place of `$this`
(SHACL §5.2 and Appendix A, on pre-binding). rdflib needs milliseconds each time to read
it. What cannot be put to the engine so, or means another thing to it, is left to
rdflib: nameless nodes, other graphs, and the clauses that may not stand beside a
variable that is bound before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import pyoxigraph as ox
import rdflib
from rdflib.plugins.stores.memory import Memory
from rdflib.query import Result
from rdflib.term import Variable

from kgserver.load import bridge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rdflib.term import Identifier

_LEXEME = re.compile(
    r"<[^<>\"{}|^`\\\s]*>"
    r'|"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|\#[^\n]*|[$?]\w+|[\w.:-]+|\s+|.",
    re.DOTALL,
)
_VARIABLE = re.compile(r"[$?]\w")
# Clauses that look elsewhere, or ask for a variable where there is a term now.
_OTHERS = frozenset(
    ["GRAPH", "FROM", "SERVICE", "MINUS", "VALUES", "BOUND", "CONSTRUCT", "DESCRIBE"]
)


class ElsewhereError(Exception):
    """rdflib has to answer this."""


def graph(triples: Iterable[ox.Triple]) -> rdflib.Graph:
    """The triples as a graph of rdflib, whose queries are answered by the engine."""
    held = list(triples)
    return bridge.fill(rdflib.Graph(_Held(held), bind_namespaces="none"), held)


class _Held(Memory):
    """rdflib's own store, beside it one of the engine with the same triples."""

    def __init__(self, triples: Sequence[ox.Triple]) -> None:
        super().__init__()
        self._triples = triples
        self._store: ox.Store | None = None

    def query(self, *given: object, **_: object) -> Result:
        """The engine's answer; rdflib takes NotImplementedError for "ask yourself".

        rdflib gives the query, its prefixes, its bindings, and the graph.
        """
        query, _prefixes, bindings, _graph = given
        terms = cast("Mapping[str, Identifier]", bindings)
        try:
            return _result(self._engine().query(prebound(str(query), terms)))
        except (ElsewhereError, SyntaxError, ValueError, RuntimeError) as fault:
            raise NotImplementedError from fault

    def _engine(self) -> ox.Store:
        if self._store is None:
            self._store = ox.Store()
            self._store.bulk_extend(ox.Quad(*triple) for triple in self._triples)
        return self._store


def prebound(query: str, bindings: Mapping[str, Identifier]) -> str:
    """The query with terms in the place of variables, which it still tells where asked.

    Raises ElsewhereError where that would be another query.
    """
    terms = {str(name): _written(node) for name, node in bindings.items()}
    return "".join(_replaced(query, terms))


def _replaced(query: str, terms: Mapping[str, str]) -> Iterator[str]:
    told, depth, before = False, 0, ""
    groups = most = repeated = 0
    for found in _LEXEME.finditer(query):
        text = found[0]
        word = text.upper()
        # what looks like an IRI may be two comparisons
        if word in _OTHERS or (text[0] == "<" and _VARIABLE.search(text)):
            raise ElsewhereError
        told = word == "SELECT" or (told and word not in {"WHERE", "{"})
        depth += (text == "(") - (text == ")")
        groups += (text == "{") - (text == "}")
        most, repeated = max(most, groups), repeated + (not told and text in "*+")
        name = text[1:] if text[0] in "$?" else ""
        if name not in terms:
            yield text
        elif before == "AS":
            raise ElsewhereError
        elif told and not depth:
            yield f"({terms[name]} AS ?{name})"
        else:
            yield f"({terms[name]})" if before == "BY" else terms[name]
        before = before if text.isspace() else word
    # the engine may go along such a path from everywhere, where rdflib knows its end
    if repeated and most > 1:
        raise ElsewhereError


def _written(node: Identifier) -> str:
    if isinstance(node, rdflib.BNode):
        raise ElsewhereError
    return str(bridge.term_of(node))


def _result(
    found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
) -> Result:
    """An answer of the engine as one of rdflib."""
    if isinstance(found, ox.QueryBoolean):
        truth = Result("ASK")
        truth.askAnswer = bool(found)
        return truth
    if isinstance(found, ox.QueryTriples):
        raise ElsewhereError
    rows = Result("SELECT")
    rows.vars = [Variable(each.value) for each in found.variables]
    rows.bindings = [
        {
            name: bridge.node_of(term)
            for name, term in zip(rows.vars, row, strict=True)
            if term is not None
        }
        for row in found
    ]
    return rows
