"""A pattern as it stands in an address: each term as the Hydra vocabulary writes it.

An IRI is written as it is, a text as `"…"`, `"…"@en` or `"…"^^http://…`, without
escapes (Hydra Core Vocabulary, explicit representation). An IRI in `<…>` is understood,
and a name with a prefix of the data, as pages show it. `?name` is any term, and the
same one wherever the name stands. A nameless node goes by its IRI in this version (RDF
1.1 Concepts, §3.5), so that what one fragment gives can be asked for in another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT, Node
from kgserver.model import names
from kgserver.model.refusal import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    Term = Node | ox.Literal | ox.Triple
    Graph = Node | ox.DefaultGraph

# The graph of all that is asserted and inferred, where a graph has to be named.
DEFAULT_GRAPH = "urn:ldf:defaultGraph"
_GENID = ".well-known/genid/"
_LITERAL = re.compile(
    r'"(?P<text>.*)"(?:@(?P<tag>[A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(?P<type>.+))?', re.S
)
_PLACES = ("subject", "predicate", "object", "graph")
_HOW = 'Write an IRI, "a text", "a text"@en, or nothing for any term.'


@dataclass(frozen=True, slots=True)
class Pattern:
    """Three terms, of which None is any, in one graph; None is every graph.

    `variables` has for each place a name; places of one name hold the same term.
    """

    subject: Node | None = None
    predicate: ox.NamedNode | None = None
    object: Term | None = None
    graph: Graph | None = DEFAULT
    variables: tuple[str, ...] = _PLACES

    @property
    def repeats(self) -> bool:
        """Whether two places hold the same term."""
        return self.variables != _PLACES

    def fits(self, quad: ox.Quad) -> bool:
        """Whether a quad with its terms has the same term where it must."""
        ends = quad.subject, quad.predicate, quad.object, quad.graph_name
        first = dict(zip(reversed(self.variables), reversed(ends), strict=True))
        return all(first[n] == e for n, e in zip(self.variables, ends, strict=True))

    @property
    def nameless(self) -> bool:
        """Whether a term has no name by which a query could ask for it."""
        terms = self.subject, self.object, self.graph
        return any(isinstance(term, ox.BlankNode) for term in terms)


def read(
    given: Mapping[str, str],
    base: str,
    prefixes: Mapping[str, str],
    *,
    quads: bool = False,
) -> Pattern:
    """The pattern of these parameters; raises BadRequest for what is no pattern.

    Without `graph` it is about the default graph; where `quads` are asked for, about
    every graph.
    """
    subject, predicate, value, graph = (
        _term(given.get(name, ""), base, prefixes) for name in _PLACES
    )
    if not isinstance(subject, Node | None):
        raise BadRequest(f"A text cannot be the subject: {subject}.", _HOW)
    if not isinstance(predicate, ox.NamedNode | None):
        raise BadRequest(f"A predicate has an IRI, not {predicate}.", _HOW)
    if not isinstance(graph, Node | None):
        raise BadRequest(f"A text cannot be a graph: {graph}.", _HOW)
    named = ox.NamedNode(DEFAULT_GRAPH)
    within = DEFAULT if graph == named or (graph is None and not quads) else graph
    return Pattern(subject, predicate, value, within, _variables(given))


def _variables(given: Mapping[str, str]) -> tuple[str, ...]:
    """A name for each place: that of the first place with the same variable."""
    first: dict[str, str] = {}
    return tuple(
        first.setdefault(text, place) if len(text) > 1 and text[0] == "?" else place
        for place in _PLACES
        for text in [given.get(place, "")]
    )


def written(term: Term | Graph) -> str:
    """A term as `read` takes it; nothing for what it has no way to write."""
    if isinstance(term, ox.Literal):
        typed = f"^^{term.datatype.value}"
        plain = typed == f"^^{names.XSD}string"
        mark = f"@{term.language}" if term.language else "" if plain else typed
        return f'"{term.value}"{mark}'
    return term.value if isinstance(term, ox.NamedNode) else ""


def named(term: Term, base: str) -> Term:
    """The term as it is written in a fragment: a nameless node by its IRI."""
    if isinstance(term, ox.BlankNode):
        return ox.NamedNode(f"{base}{_GENID}{term.value}")
    return term


def _term(
    text: str, base: str, prefixes: Mapping[str, str]
) -> Node | ox.Literal | None:
    """One term; None for a variable, and where there is nothing."""
    if not text or text.startswith("?"):
        return None
    try:
        if text.startswith('"'):
            return _literal(text, prefixes)
        iri = _iri(text, prefixes)
        if iri.startswith(base + _GENID):
            return ox.BlankNode(iri.removeprefix(base + _GENID))
        return ox.NamedNode(iri)
    except ValueError as fault:
        raise BadRequest(f"{text!r} is no term.", _HOW) from fault


def _iri(text: str, prefixes: Mapping[str, str]) -> str:
    """An IRI that is written as it is, in brackets, or with a prefix of the data."""
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    prefix, colon, local = text.partition(":")
    known = colon and prefix in prefixes and not local.startswith("//")
    return prefixes[prefix] + local if known else text


def _literal(text: str, prefixes: Mapping[str, str]) -> ox.Literal:
    found = _LITERAL.fullmatch(text)
    if found is None:
        raise ValueError(text)
    if found["tag"]:
        return ox.Literal(found["text"], language=found["tag"])
    if found["type"]:
        datatype = ox.NamedNode(_iri(found["type"], prefixes))
        return ox.Literal(found["text"], datatype=datatype)
    return ox.Literal(found["text"])
