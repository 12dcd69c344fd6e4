"""The page about one thing."""

from __future__ import annotations

import flask
import pyoxigraph as ox

from kgserver.ask.browse import resource
from kgserver.model import media
from kgserver.model.refusal import BadRequest
from kgserver.serve import rendering, site
from kgserver.serve.data import documents

resource_page = flask.Blueprint("resource_page", __name__)


@resource_page.route("/page/<path:name>")
def page(name: str) -> flask.Response:
    """The page about a thing of this graph."""
    node = documents.found(f"id/{name}")
    response = _resource(node)
    for form in media.GRAPHS:
        target = f"/data/{flask.request.path.removeprefix('/page/')}.{form.extension}"
        rendering.link(response, target, "alternate", type=form.type)
    rendering.link(response, node.value, "describes")
    return response


@resource_page.route("/resource")
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


def _resource(node: ox.NamedNode) -> flask.Response:
    dataset = site.dataset()
    described = resource.describe(dataset, node, site.language())
    if described is None:
        raise documents.unknown(dataset, node.value)
    return site.page("resource.html", tag=node.value, resource=described)
