"""Linked data: `/data/…` is the document about a thing, in every format."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver.ask.browse.ontology import overview
from kgserver.ask.documents import address, description, writing
from kgserver.model import media
from kgserver.model.refusal import NotAcceptable, NotFound
from kgserver.serve import rendering, requested
from kgserver.serve.data import handed, signposts
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kgserver.ask.dataset import Dataset, Node
    from kgserver.model.media import Media
    from kgserver.model.spelling import Spelling

documents = flask.Blueprint("documents", __name__)
# A graph of more triples is written as they come, not thing by thing.
_WELL_WRITTEN = 10_000
# In which formats there is a document about a thing; the last ones say who says so.
FORMS = (*media.GRAPHS, *media.DATASETS)


@documents.route("/data/<rest:_name>")
def data(_name: str) -> flask.Response:
    """The document about a thing: in the format of its extension, else by Accept."""
    path = requested.path().above("data/").below("id/")
    extension = path.decoded.rpartition(b".")[2].decode("ascii", "replace")
    form = media.by_extension(extension, FORMS)
    if form:
        node = address.find(site.dataset(), path.without(f".{extension}"))
        if node:
            return about(node, form)
    node = address.find(site.dataset(), path)
    if node is None and b"." in path.decoded and not form:
        offered = ", ".join(offer.extension for offer in FORMS)
        raise NotFound(f"There is no format {extension!r}.", f"There is {offered}.")
    if node is None:
        raise unknown(site.dataset(), path.without(f".{extension}") if form else path)
    return about(node, choose(FORMS))


@documents.route("/.well-known/genid/<rest:label>")
def nameless(label: str) -> flask.Response:
    """The document about a nameless node (RDF 1.1 Concepts, §3.5)."""
    dataset = site.dataset()
    try:
        node = ox.BlankNode(label)
    except ValueError:
        node = None
    if node is None or not address.known(dataset, node):
        raise NotFound(
            f"Version {dataset.snapshot.version} has no nameless node {label!r}.",
            "Labels of nameless nodes hold for one version; begin at a thing's page.",
        )
    return about(node, choose(FORMS))


@documents.route("/graph/<rest:_name>")
def graph(_name: str) -> flask.Response:
    """One named graph, as RDF: what one file says, or what follows from them all.

    Who asks for a page gets the one about the graph, or Turtle where nothing is said of
    it.
    """
    dataset = site.dataset()
    iris = dataset.names.iris_of(requested.path())
    iri = next((iri for iri in iris if _holds(dataset, iri)), "")
    if not iri:
        raise NotFound(f"There is no graph <{iris[0]}>.", "/sparql lists them all.")
    form = choose((*media.GRAPHS, media.HTML))
    if form is media.HTML and address.known(dataset, ox.NamedNode(iri)):
        return rendering.lead(site.to(address.elsewhere(iri)))
    form = media.TURTLE if form is media.HTML else form
    triples = overview.graph_triples(dataset, iri)
    if any(True for _ in itertools.islice(triples, _WELL_WRITTEN, None)):
        tag = rendering.entity_tag(dataset.snapshot.digest, form.type, iri)
        response = handed.graph(iri, form, tag)
        rendering.link(response, iri, "describes")
        return response
    return document(form, iri, lambda: overview.graph_triples(dataset, iri))


def found(path: Spelling) -> ox.NamedNode:
    """The thing that a path below the root means; raises NotFound where none is."""
    dataset = site.dataset()
    node = address.find(dataset, path)
    if node is None:
        raise unknown(dataset, path)
    return node


def unknown(dataset: Dataset, path: Spelling | str) -> NotFound:
    """The refusal of an IRI, or of a path, that nothing is said of."""
    iri = path if isinstance(path, str) else address.meant(dataset, path)
    version = dataset.snapshot.version
    return NotFound(
        f"Version {version} says nothing of <{iri}>.",
        "Check how it is spelt; /sparql finds things by their label.",
    )


def choose(offers: Sequence[Media]) -> Media:
    """The format that the request likes best; raises NotAcceptable without one.

    `?format=` with an extension or a media type goes before the Accept header.
    """
    asked = media.shortcut(flask.request.args.get("format", ""))
    accept = asked or flask.request.headers.get("Accept", "")
    form = media.choose(accept, offers)
    if form is None:
        raise NotAcceptable(accept, [offer.type for offer in offers])
    return form


def asked(offers: Sequence[Media]) -> Media:
    """The format that the parameter `format` names, else the one liked best."""
    named = media.by_extension(flask.request.args.get("format", ""), offers)
    return named or choose(offers)


def about(node: Node, form: Media) -> flask.Response:
    """The document about a thing, with a validator of exactly what it shows."""
    dataset = site.dataset()
    described = description.describe(dataset, node, site.settings().licence)
    if form in media.DATASETS:
        quads = sorted(description.quads(dataset, described), key=str)
        tag = rendering.entity_tag(form.type, *map(str, quads))
        written = rendering.send(
            tag, form, lambda: writing.write_quads(quads, form, dataset.prefixes)
        )
    else:
        triples = sorted(described.triples(), key=str)
        tag = rendering.entity_tag(form.type, *map(str, triples))
        written = rendering.send(
            tag, form, lambda: writing.write(triples, form, dataset.prefixes, node)
        )
    rendering.date(written, described.modified)
    signposts.document(written, dataset, node)
    return written


def document(
    form: Media, about: str, triples: Callable[[], Iterable[ox.Triple]]
) -> flask.Response:
    """An RDF document about an IRI; the triples are made only where they are sent."""
    dataset = site.dataset()
    tag = rendering.entity_tag(dataset.snapshot.digest, form.type, about)
    first = ox.NamedNode(about)
    response = rendering.send(
        tag, form, lambda: writing.write(triples(), form, dataset.prefixes, first)
    )
    rendering.link(response, about, "describes")
    return response


def _holds(dataset: Dataset, iri: str) -> bool:
    try:
        return next(overview.graph_triples(dataset, iri), None) is not None
    except ValueError:
        return False
