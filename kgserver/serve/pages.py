"""Pages for people: the graph as a whole, one thing, the ontology, what is wrong."""

from __future__ import annotations

import flask
import pyoxigraph as ox

from kgserver.ask import overview, resource
from kgserver.model import media
from kgserver.model.refusal import BadRequest
from kgserver.serve import documents, rendering, site

pages = flask.Blueprint("pages", __name__)


@pages.route("/")
def home() -> flask.Response:
    """What is in the graph, how much of it, and where to go from here."""
    classes = overview.classes(site.dataset(), site.language())
    return site.page("home.html", tag="home", classes=classes)


@pages.route("/page/<path:name>")
def page(name: str) -> flask.Response:
    """The page about a thing of this graph."""
    node = documents.found(f"id/{name}")
    response = _resource(node)
    for form in media.GRAPHS:
        target = f"/data/{flask.request.path.removeprefix('/page/')}.{form.extension}"
        rendering.link(response, target, "alternate", type=form.type)
    rendering.link(response, node.value, "describes")
    return response


@pages.route("/resource")
def elsewhere() -> flask.Response:
    """The page or document about an IRI that is not under this graph's base."""
    iri = flask.request.args.get("iri", "")
    try:
        node = ox.NamedNode(iri)
    except ValueError as fault:
        raise BadRequest(f"{iri!r} is not an absolute IRI.") from fault
    dataset = site.dataset()
    if not resource.exists(dataset, node):
        raise documents.unknown(dataset, iri)
    form = documents.choose((media.HTML, *media.GRAPHS))
    if form is media.HTML:
        return _resource(node)
    return documents.document(form, iri, lambda: resource.triples(dataset, node))


@pages.route("/ontology")
def ontology() -> flask.Response:
    """The ontology: documentation for people, one document for programs."""
    dataset = site.dataset()
    form = documents.choose((media.HTML, *media.GRAPHS))
    if form is media.HTML:
        sections = overview.ontology(dataset, site.language())
        return site.page("ontology.html", tag="ontology", sections=sections)
    about = dataset.names.ontology
    return documents.document(form, about, lambda: overview.ontology_triples(dataset))


@pages.route("/problems")
def problems() -> flask.Response:
    """What the last build found in the files, or the version in service carries."""
    served, found = site.live().last_attempt()
    return site.page("problems.html", served=served, problems=found)


@pages.route("/health")
def health() -> flask.Response:
    """200 while a version is in service; raises NotReady, which is 503, before."""
    snapshot = site.dataset().snapshot
    body = {"status": "ok", "version": snapshot.version, "digest": snapshot.digest}
    response: flask.Response = flask.jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def _resource(node: ox.NamedNode) -> flask.Response:
    dataset = site.dataset()
    described = resource.describe(dataset, node, site.language())
    if described is None:
        raise documents.unknown(dataset, node.value)
    return site.page("resource.html", tag=node.value, resource=described)
