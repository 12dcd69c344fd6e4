"""A document in the format that a client takes; the same bytes for the same graph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.documents import jsonld, turtle
from kgserver.model import media
from kgserver.model.refusal import NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgserver.ask.documents.turtle import Graph
    from kgserver.model.media import Media

_XML_CANNOT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LOCAL_NAME = re.compile(r"[^\W\d][\w.\-]*$")


def write(
    triples: Iterable[ox.Triple],
    form: Media,
    prefixes: Mapping[str, str],
    first: object = None,
) -> bytes:
    """Triples in a format of graphs, those about `first` in front where it can be.

    Raises NotAcceptable where the format has no way to say one of them.
    """
    listed = sorted(set(triples), key=str)
    _check(listed, form)
    if form is media.TURTLE:
        return turtle.write(listed, prefixes, first).encode()
    if form is media.JSON_LD:
        return jsonld.write(listed, prefixes, first).encode()
    if form is media.RDF_XML:
        used = _used(listed, prefixes)
        xml = ox.serialize(listed, format=ox.RdfFormat.RDF_XML, prefixes=used) or b""
        # A bare carriage return would come back from an XML parser as a line feed.
        return xml.replace(b"\r", b"&#13;")
    return "".join(f"{triple} .\n" for triple in listed).encode()


def write_quads(
    quads: Iterable[ox.Quad], form: Media, prefixes: Mapping[str, str]
) -> bytes:
    """Quads in a format of datasets, graph by graph."""
    listed = sorted(set(quads), key=lambda quad: (str(quad.graph_name), str(quad)))
    if form is media.N_QUADS:
        return "".join(f"{quad} .\n" for quad in listed).encode()
    graphs: dict[Graph, list[ox.Triple]] = {}
    for quad in listed:
        graphs.setdefault(quad.graph_name, []).append(quad.triple)
    return turtle.write_graphs(graphs, prefixes).encode()


def _check(triples: Iterable[ox.Triple], form: Media) -> None:
    """Raise NotAcceptable for what RDF/XML or JSON-LD has no syntax for."""
    if form not in (media.RDF_XML, media.JSON_LD):
        return
    for triple in triples:
        fault = _fault(triple, form)
        if fault:
            others = [each.type for each in media.GRAPHS if each is not form]
            raise NotAcceptable(form.type, others, fault)


def _fault(triple: ox.Triple, form: Media) -> str:
    """Why a format cannot say a triple, or nothing."""
    value = triple.object
    if isinstance(value, ox.Triple):
        return f"{form.label} has no triple terms."
    if form is media.JSON_LD:
        return ""
    if not _LOCAL_NAME.search(triple.predicate.value):
        return f"RDF/XML has no way to write the property <{triple.predicate.value}>."
    if isinstance(value, ox.Literal) and _XML_CANNOT.search(value.value):
        return f"RDF/XML cannot hold a control character, as in {value!s}."
    return ""


def _used(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes whose namespace begins a property or class of the triples."""
    iris = {
        term.value
        for triple in triples
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    }
    return {
        prefix: namespace
        for prefix, namespace in sorted(prefixes.items())
        if any(iri.startswith(namespace) for iri in iris)
    }
