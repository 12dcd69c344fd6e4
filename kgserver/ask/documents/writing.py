"""A document in the format that a client takes; the same bytes for the same graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.documents import jsonld, turtle
from kgserver.ask.engine import unwritable
from kgserver.model import media

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgserver.ask.documents.turtle import Graph
    from kgserver.model.media import Media


def write(
    triples: Iterable[ox.Triple],
    form: Media,
    prefixes: Mapping[str, str],
    first: object = None,
) -> bytes:
    """Triples in a format of graphs, those about `first` in front where it can be.

    Raises NotAcceptable where the format has no way to say one of them.
    """
    listed = sorted(unwritable.checked(set(triples), form.type), key=str)
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
