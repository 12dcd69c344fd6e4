"""The names in a query, looked up in the data: which of them nothing is said with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.sparql.gate import tokens
from kgserver.ask.sparql.syntax.tree import Pattern
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.gate.tokens import Token
    from kgserver.ask.sparql.syntax.tree import Tree

_TYPE = ox.NamedNode(names.RDF + "type")
_VOID = names.WELL_KNOWN["void"]
_KNOWN_BY = {
    "property": ox.NamedNode(_VOID + "property"),
    "class": ox.NamedNode(_VOID + "class"),
}
_ASKING = frozenset(["GRAPH", "FROM", "NAMED"])
_CLOSE = 0.8  # IRIs of graphs have their beginning in common
_UNKNOWN = {
    "thing": "The data says nothing of {}.",
    "class": "The data has no class {}.",
    "property": "The data has no property {}.",
}


@dataclass(frozen=True, slots=True)
class Warned:
    """Something in a query that is legal and probably not meant: what, where, why."""

    code: str
    offset: int
    detail: str
    hint: str


def declared(found: Sequence[Token]) -> Mapping[str, str]:
    """The prefixes of a query, with their namespaces."""
    return {
        name.text[:-1]: iri.text[1:-1]
        for word, name, iri in tokens.runs(found, 3)
        if word.word == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def unused(
    dataset: Dataset, tree: Tree, query: str, prefixes: Mapping[str, str]
) -> Iterator[Warned]:
    """The classes, properties and things of a query that the data says nothing of."""
    seen: set[str] = set()
    patterns = tree.where.each() if tree.where else ()
    for pattern in patterns:
        for kind, text in _named(pattern) if isinstance(pattern, Pattern) else ():
            iri = resolved(text, prefixes)
            if iri is None or text in seen or _occurs(dataset, kind, iri):
                continue
            seen.add(text)
            near = _nearest(dataset, kind, iri)
            hint = f"Did you mean {near}?" if near else "Check how it is spelt."
            offset = max(query.find(text, pattern.offset), pattern.offset)
            said = _UNKNOWN[kind].format(text)
            yield Warned(f"unknown-{kind}", offset, said, hint)


def absent(
    dataset: Dataset, found: Sequence[Token], prefixes: Mapping[str, str]
) -> Iterator[Warned]:
    """The graphs that a query asks and that there are not."""
    for before, token in tokens.runs(found, 2):
        asked = before.word in _ASKING and token.kind in {"iri", "name"}
        iri = resolved(token.text, prefixes) if asked else None
        if iri is None or dataset.store.contains_named_graph(iri):
            continue
        graphs = dataset.store.named_graphs()
        there = [g.value for g in graphs if isinstance(g, ox.NamedNode)]
        near = names.nearest(iri.value, there, _CLOSE)
        hint = f"Did you mean <{near}>?" if near else "Check how it is spelt."
        said = f"The data has no graph {token.text}."
        yield Warned("unknown-graph", token.offset, said, hint)


def _named(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """The names in a pattern, each with what it is there."""
    steps = tokens.read(pattern.predicate)
    yield from (("property", t.text) for t in steps if t.kind in {"name", "iri"})
    typed = pattern.predicate in {"a", "rdf:type", f"<{_TYPE.value}>"}
    for kind, term in (("thing", pattern.subject), ("class", pattern.object)):
        (first, *others) = tokens.read(term) or (tokens.NOTHING,)
        if first.kind in {"name", "iri"} and not others:
            yield kind if typed or kind == "thing" else "thing", term


def resolved(text: str, prefixes: Mapping[str, str]) -> ox.NamedNode | None:
    """The IRI that a name stands for; None where that cannot be told."""
    prefix, _, local = text.partition(":")
    iri = text[1:-1] if text[0] == "<" else prefixes.get(prefix, "") + local
    relative = ":" not in iri
    return None if relative or "\\" in iri else ox.NamedNode(iri)


def _occurs(dataset: Dataset, kind: str, iri: ox.NamedNode) -> bool:
    """Whether the data holds anything of the name, in whatever graph."""
    places: dict[str, tuple[tuple[ox.NamedNode | None, ...], ...]] = {
        "property": ((None, iri, None),),
        "class": ((None, _TYPE, iri),),
        "thing": ((iri, None, None), (None, None, iri)),
    }
    return any(
        next(dataset.store.quads_for_pattern(s, p, o, None), None) is not None
        for s, p, o in places[kind]
    )


def _nearest(dataset: Dataset, kind: str, iri: ox.NamedNode) -> str | None:
    """The name that is most likely meant, shortened; one of the same namespace first.

    What there is to choose from is what the catalog has counted.
    """
    if kind not in _KNOWN_BY:
        return None
    graph = ox.NamedNode(dataset.names.catalog)
    quads = dataset.store.quads_for_pattern(None, _KNOWN_BY[kind], None, graph)
    known = {q.object.value for q in quads if isinstance(q.object, ox.NamedNode)}
    wanted = names.local_name(iri.value)
    space = iri.value.removesuffix(wanted)
    locals_ = {names.local_name(each): each for each in sorted(known)}
    own = {n: each for n, each in locals_.items() if each.startswith(space)}
    for offered in (own, locals_):
        near = names.nearest(wanted, offered)
        if near:
            return names.shorten(offered[near], dataset.prefixes)
    return None
