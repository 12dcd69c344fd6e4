"""The page about one thing, and the pages of its many links."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask
import pyoxigraph as ox

from kgserver.ask.browse import citation, evidence, incoming, resource, structured
from kgserver.model import media
from kgserver.model.refusal import BadRequest, NotFound
from kgserver.serve import rendering, site
from kgserver.serve.data import documents
from kgserver.serve.slices import Slice

if TYPE_CHECKING:
    from kgserver.ask.dataset import Node

resource_page = flask.Blueprint("resource_page", __name__)
_QUERY = "SELECT ?property ?value WHERE {{\n  {node} ?property ?value\n}}"


@resource_page.route("/page/<path:name>")
def page(name: str) -> flask.Response:
    """The page about a thing of this graph."""
    node = documents.found(f"id/{name}")
    path = flask.request.path.removeprefix("/page/")
    formats = {form: f"/data/{path}.{form.extension}" for form in media.GRAPHS}
    response = _resource(node, formats)
    for form, target in formats.items():
        rendering.link(response, target, "alternate", type=form.type)
    rendering.link(response, node.value, "describes")
    return response


@resource_page.route("/resource")
def elsewhere() -> flask.Response:
    """The page or document about an IRI that is not under this graph's base."""
    node = _asked("iri")
    dataset = site.dataset()
    if not resource.exists(dataset, node):
        raise documents.unknown(dataset, node.value)
    form = documents.choose((media.HTML, *media.GRAPHS))
    if form is media.HTML:
        return _resource(node, {})
    return documents.document(form, node.value, lambda: resource.triples(dataset, node))


def _resource(node: ox.NamedNode, formats: dict[media.Media, str]) -> flask.Response:
    """The whole page, or a slice of its links where the address asks for one."""
    for direction in ("in", "out"):
        if direction in flask.request.args:
            return _links(node, direction)
    return site.page(
        "resource.html", tag=node.value, context=lambda: _described(node, formats)
    )


def _described(
    node: ox.NamedNode, formats: dict[media.Media, str]
) -> dict[str, object]:
    """What the page about a thing shows."""
    dataset = site.dataset()
    described = resource.describe(dataset, node, site.language())
    if described is None:
        raise documents.unknown(dataset, node.value)
    label, version = described.label.text, dataset.snapshot
    cited = citation.of(site.settings().title, label, node, version)
    return {
        "resource": described,
        "formats": [(form.label, path, form.type) for form, path in formats.items()],
        "structured": structured.document(dataset, described),
        "asking": f"/sparql?{urlencode({'query': _QUERY.format(node=node)})}",
        "citation": site.t("resource.cite-text", **cited.parts(site.language())),
        "bibtex": cited.bibtex(),
    }


def _links(node: Node, direction: str) -> flask.Response:
    dataset, language = site.dataset(), site.language()
    prop = _asked(direction)
    links = incoming.Links(dataset, node, prop, language, outward=direction == "out")
    slice_ = Slice.asked(links.count(), incoming.SLICE, most=incoming.COUNTED)
    claims = evidence.claims(dataset, node)
    group = links.group(slice_.first - 1, incoming.SLICE, slice_.total, claims)
    if not group.values:
        raise NotFound(f"There is no page {slice_.page} of these.", "Begin at page 1.")
    return site.page(
        "links.html",
        tag=f"{node} {direction}",
        label=dataset.label(node, language),
        group=group,
        slice=slice_,
        direction=direction,
    )


def _asked(parameter: str) -> ox.NamedNode:
    """The IRI that a parameter names; raises BadRequest where it is none."""
    iri = flask.request.args.get(parameter, "")
    try:
        return ox.NamedNode(iri)
    except ValueError as fault:
        raise BadRequest(f"{iri!r} is not an absolute IRI.") from fault
