"""Linked data: `/id/…` leads to a page or a document, `/data/…` is the document."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import flask
import pyoxigraph as ox

from kgserver.ask.browse import overview, resource
from kgserver.ask.sparql import query
from kgserver.model import media
from kgserver.model.refusal import NotAcceptable, NotFound
from kgserver.serve import rendering, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.model.media import Media

documents = flask.Blueprint("documents", __name__)
_BOTH = (media.HTML, *media.GRAPHS)


@documents.route("/id/<path:name>")
def dereference(name: str) -> flask.Response:
    """Answer for a thing by leading to what describes it (Cool URIs, §4.2)."""
    found(f"id/{name}")
    form = choose(_BOTH)
    path = quote(name, safe="/:@!$&'()*+,;=-._~")
    page = form is media.HTML
    target = f"/page/{path}" if page else f"/data/{path}.{form.extension}"
    response = flask.redirect(target, 303)
    response.vary.add("Accept")
    wrapped: flask.Response = flask.make_response(response)
    return wrapped


@documents.route("/data/<path:name>.<extension>")
def data(name: str, extension: str) -> flask.Response:
    """The document about a thing in the format that its extension names."""
    form = media.by_extension(extension, media.GRAPHS)
    if form is None:
        offered = ", ".join(offer.extension for offer in media.GRAPHS)
        raise NotFound(f"There is no format {extension}.", f"There is {offered}.")
    node, dataset = found(f"id/{name}"), site.dataset()
    return document(form, node.value, lambda: resource.triples(dataset, node))


@documents.route("/graph/<path:name>")
def graph(name: str) -> flask.Response:
    """One named graph, as RDF: what one file says, or what follows from them all."""
    dataset = site.dataset()
    iri = dataset.names.graph(name)
    if next(overview.graph_triples(dataset, iri), None) is None:
        raise NotFound(f"There is no graph <{iri}>.", "/sparql lists them all.")
    form = choose(media.GRAPHS)
    return document(form, iri, lambda: overview.graph_triples(dataset, iri))


def found(path: str) -> ox.NamedNode:
    """The node of this path that the dataset knows; raises NotFound where none is."""
    dataset = site.dataset()
    nodes = [ox.NamedNode(iri) for iri in dataset.names.iris_of(path)]
    known = next((node for node in nodes if resource.exists(dataset, node)), None)
    if known is None:
        raise unknown(dataset, nodes[0].value)
    return known


def unknown(dataset: Dataset, iri: str) -> NotFound:
    """The refusal of an IRI that nothing is said of."""
    version = dataset.snapshot.version
    return NotFound(
        f"Version {version} says nothing of <{iri}>.",
        "Check how it is spelt; /sparql finds things by their label.",
    )


def choose(offers: Sequence[Media]) -> Media:
    """The format that the request likes best; raises NotAcceptable without one."""
    accept = flask.request.headers.get("Accept", "")
    form = media.choose(accept, offers)
    if form is None:
        raise NotAcceptable(accept, [offer.type for offer in offers])
    return form


def asked(offers: Sequence[Media]) -> Media:
    """The format that the parameter `format` names, else the one liked best."""
    named = media.by_extension(flask.request.args.get("format", ""), offers)
    return named or choose(offers)


def document(
    form: Media, about: str, triples: Callable[[], Iterator[ox.Triple]]
) -> flask.Response:
    """An RDF document about an IRI; the triples are made only where they are sent."""
    dataset = site.dataset()
    tag = rendering.entity_tag(dataset.snapshot.digest, form.type, about)
    response = rendering.send(
        tag, form, lambda: query.write_graph(triples(), form, dataset.prefixes)
    )
    rendering.link(response, about, "describes")
    return response
