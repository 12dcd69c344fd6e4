"""JSON-LD that people can read: a context of prefixes, the thing itself first."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.documents import turtle
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgserver.ask.documents.turtle import Term

_TYPE = ox.NamedNode(names.RDF + "type")
_STRING = names.XSD + "string"
# What a namespace must end in to be a prefix in JSON-LD 1.1 (§4.1.5).
_ENDS = tuple(":/?#[]@")


def write(
    triples: Iterable[ox.Triple], prefixes: Mapping[str, str], first: object = None
) -> str:
    """The triples as a JSON-LD document that begins with what is said of `first`."""
    listed = set(triples)
    usable = _usable(listed, prefixes)
    said: dict[Term, dict[ox.NamedNode, list[Term]]] = {}
    for triple in listed:
        about = said.setdefault(triple.subject, defaultdict(list))
        about[triple.predicate].append(triple.object)
    used: set[str] = set()
    nodes = [
        _node(subject, said[subject], usable, used)
        for subject in turtle.order(first, usable, said)
    ]
    context = {prefix: usable[prefix] for prefix in sorted(used)}
    document = {"@context": context, "@graph": nodes}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _usable(
    triples: Iterable[ox.Triple], prefixes: Mapping[str, str]
) -> Mapping[str, str]:
    """The prefixes that a processor reads as such, and takes no IRI's scheme for."""
    iris = {
        term.value
        for triple in triples
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    }
    schemes = {iri.partition(":")[0] for iri in iris}
    return {
        prefix: namespace
        for prefix, namespace in prefixes.items()
        if prefix and prefix not in schemes and namespace.endswith(_ENDS)
    }


def _node(
    subject: Term,
    about: Mapping[ox.NamedNode, list[Term]],
    prefixes: Mapping[str, str],
    used: set[str],
) -> dict[str, object]:
    """One node object: its identifier, then its properties in Turtle's order."""
    node: dict[str, object] = {"@id": _name(subject, prefixes, used)}
    for predicate in sorted(about, key=lambda p: turtle.rank(p, prefixes)):
        terms = sorted(about[predicate], key=turtle.value_rank)
        if predicate == _TYPE and not any(isinstance(t, ox.Literal) for t in terms):
            node["@type"] = [_name(term, prefixes, used) for term in terms]
            continue
        values = [_value(term, prefixes, used) for term in terms]
        key = _name(predicate, prefixes, used)
        node[key] = values if len(values) > 1 else values[0]
    return node


def _value(term: Term, prefixes: Mapping[str, str], used: set[str]) -> object:
    if not isinstance(term, ox.Literal):
        return {"@id": _name(term, prefixes, used)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return term.value
    return {"@value": term.value, "@type": _name(term.datatype, prefixes, used)}


def _name(term: Term, prefixes: Mapping[str, str], used: set[str]) -> str:
    """An IRI, shortened where that can be, or the label of a nameless node."""
    if not isinstance(term, ox.NamedNode):
        return str(term)
    short = names.shorten(term.value, prefixes)
    if short.startswith("<"):
        return term.value
    used.add(short.partition(":")[0])
    return short
