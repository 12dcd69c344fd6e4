"""Turtle for people: one property a line, the thing itself first, no prefix unused.

The order hangs on the statements alone, so that two writings of one graph are equal
byte for byte. Nameless nodes stand where they are spoken of, and lists as lists.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import NAMING
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_TYPE = ox.NamedNode(names.RDF + "type")
_FIRST, _REST = ox.NamedNode(names.RDF + "first"), ox.NamedNode(names.RDF + "rest")
_NIL = ox.NamedNode(names.RDF + "nil")
_BARE = {
    names.XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    names.XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    names.XSD + "boolean": re.compile("true|false"),
}
_WIDTH, _DEEPEST = 88, 12


def write(
    triples: Iterable[ox.Triple], prefixes: Mapping[str, str], first: object = None
) -> str:
    """The triples as a Turtle document that begins with what is said of `first`."""
    writer = _Writer(triples, prefixes)
    body = writer.body(first)
    return _head(writer.used, prefixes) + body


def write_graphs(
    graphs: Mapping[Graph, Sequence[ox.Triple]],
    prefixes: Mapping[str, str],
) -> str:
    """Named graphs as a TriG document, in the order given.

    A nameless node may be spoken of in several, so that each is written by its label.
    """
    used: set[str] = set()
    blocks = []
    for graph, triples in graphs.items():
        writer = _Writer(triples, prefixes, used, nests=False)
        body = writer.body(None)
        if not isinstance(graph, ox.DefaultGraph):
            inner = body.rstrip().replace("\n", "\n    ")
            named = isinstance(graph, ox.NamedNode)
            name = writer.iri(graph.value) if named else str(graph)
            body = f"{name} {{\n    {inner}\n}}\n"
        blocks.append(body)
    return _head(used, prefixes) + "\n".join(blocks)


def _head(used: Iterable[str], prefixes: Mapping[str, str]) -> str:
    """The declarations of the prefixes that are used."""
    lines = [f"@prefix {p}: <{prefixes[p]}> .\n" for p in sorted(used)]
    return "".join([*lines, "\n"]) if lines else ""


def order(
    first: object, prefixes: Mapping[str, str], terms: Iterable[Term]
) -> list[Term]:
    """Subjects as they follow each other: the topic, named ones, nameless ones."""

    def rank(term: Term) -> tuple[object, ...]:
        blank = isinstance(term, ox.BlankNode)
        return term != first, blank, _short(term, prefixes), str(term)

    return sorted(set(terms), key=rank)


def rank(predicate: ox.NamedNode, prefixes: Mapping[str, str]) -> tuple[object, ...]:
    """The place of a property: what a thing is, how it is called, then by name."""
    naming = NAMING.index(predicate) if predicate in NAMING else len(NAMING)
    return predicate != _TYPE, naming, _short(predicate, prefixes)


def _short(term: Term, prefixes: Mapping[str, str]) -> str:
    if isinstance(term, ox.NamedNode):
        return names.shorten(term.value, prefixes)
    return str(term)


@dataclass(slots=True)
class _Writer:
    """One document in the making."""

    triples: Iterable[ox.Triple]
    prefixes: Mapping[str, str]
    used: set[str] = field(default_factory=set)
    nests: bool = True
    said: dict[Term, dict[ox.NamedNode, list[Term]]] = field(default_factory=dict)
    uses: Counter[Term] = field(default_factory=Counter)
    done: set[Term] = field(default_factory=set)
    shorts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for triple in set(self.triples):
            about = self.said.setdefault(triple.subject, defaultdict(list))
            about[triple.predicate].append(triple.object)
            if isinstance(triple.object, ox.BlankNode):
                self.uses[triple.object] += 1

    def body(self, first: object) -> str:
        """Each subject that does not stand within another, then what is left over."""
        subjects = order(first, self.prefixes, self.said)
        blocks = [self._block(s) for s in subjects if not self._nests(s)]
        while left := [s for s in subjects if s not in self.done]:
            blocks.append(self._block(left[0]))
        return "\n".join(blocks)

    def _nests(self, term: Term) -> bool:
        return self.nests and isinstance(term, ox.BlankNode) and self.uses[term] == 1

    def _block(self, subject: Term) -> str:
        self.done.add(subject)
        blank = isinstance(subject, ox.BlankNode)
        alone = self.nests and blank and not self.uses[subject]
        name = "[]" if alone else self._term(subject)
        return f"{name}\n{self._properties(subject, 1)} .\n"

    def _properties(self, subject: Term, depth: int) -> str:
        about, indent = self.said[subject], "    " * depth
        lines = []
        for predicate in sorted(about, key=lambda p: rank(p, self.prefixes)):
            verb = "a" if predicate == _TYPE else self._term(predicate)
            values = sorted(about[predicate], key=value_rank)
            shown = [self._value(value, depth) for value in values]
            line = f"{indent}{verb} {' , '.join(shown)}"
            if len(shown) > 1 and len(line) > _WIDTH:
                comma = f" ,\n{indent}    "
                line = f"{indent}{verb} {comma.join(shown)}"
            lines.append(line)
        return " ;\n".join(lines)

    def _value(self, value: Term, depth: int) -> str:
        if not self._nests(value) or value in self.done or depth > _DEEPEST:
            return self._term(value)
        members = self._members(value)
        if members is not None:
            return " ".join(["(", *(self._value(m, depth) for m in members), ")"])
        self.done.add(value)
        if value not in self.said:
            return "[]"
        inner = self._properties(value, depth + 1)
        return f"[\n{inner}\n{'    ' * depth}]"

    def _members(self, node: Term) -> Sequence[Term] | None:
        """The members of a well-formed list that nothing else speaks of, or None."""
        cells, members = [], []
        while node != _NIL:
            about = self.said.get(node, {})
            if about.keys() != {_FIRST, _REST} or not self._nests(node):
                return None
            if len(about[_FIRST]) + len(about[_REST]) > 2 or node in cells:
                return None
            cells.append(node)
            members.append(about[_FIRST][0])
            node = about[_REST][0]
        self.done.update(cells)
        return members

    def _term(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self.iri(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        return str(term)

    def iri(self, iri: str) -> str:
        """An IRI, shortened where that can be; the prefix is marked as used."""
        short = self.shorts.get(iri)
        if short is None:
            short = self.shorts[iri] = names.shorten(iri, self.prefixes)
            if not short.startswith("<"):
                self.used.add(short.partition(":")[0])
        return short

    def _literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        bare = _BARE.get(datatype)
        if bare and bare.fullmatch(literal.value):
            return literal.value
        text, mark, _ = str(literal).rpartition("^^<")
        plain = literal.language or not mark or datatype == names.XSD + "string"
        return str(literal) if plain else f"{text}^^{self.iri(datatype)}"


def value_rank(term: Term) -> tuple[object, ...]:
    """The place of a value: things, nameless ones, then texts by language."""
    if isinstance(term, ox.Literal):
        return 2, term.language or "", str(term)
    if isinstance(term, ox.NamedNode):
        return 0, "", term.value
    return 1, "", str(term)
