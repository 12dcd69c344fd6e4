"""The page about one thing, and the pages of its many links."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask
from markupsafe import Markup

from kgserver.ask.browse import written
from kgserver.ask.browse.ontology import terms
from kgserver.ask.browse.thing import citation, evidence, incoming, resource, structured
from kgserver.ask.documents import address, description
from kgserver.model import media
from kgserver.model.refusal import NotFound
from kgserver.serve import rendering, requested, travel
from kgserver.serve.data import documents, signposts
from kgserver.serve.frame import site
from kgserver.serve.frame.slices import Slice
from kgserver.serve.pages import glance

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.thing.citation import Citation
    from kgserver.ask.dataset import Label, Node

resource_page = flask.Blueprint("resource_page", __name__)
_QUERY = "SELECT ?property ?value WHERE {{\n  {node} ?property ?value\n}}"


@resource_page.route("/page/<rest:_name>")
def page(_name: str) -> flask.Response:
    """The page about a thing of this graph."""
    return show(documents.found(requested.path().above("page/").below("id/")))


@resource_page.route("/resource")
def elsewhere() -> flask.Response:
    """The page or document about any IRI that something is said of."""
    node = requested.iri("iri")
    if not address.known(site.dataset(), node):
        raise documents.unknown(site.dataset(), node.value)
    form = documents.choose((media.HTML, *documents.FORMS))
    return show(node) if form is media.HTML else documents.about(node, form)


def show(node: ox.NamedNode) -> flask.Response:
    """The whole page, or a slice of its links where the address asks for one."""
    for direction in ("in", "out"):
        if direction in flask.request.args:
            return _links(node, direction)
    dataset = site.dataset()
    formats = {
        form: travel.within(address.data_of(dataset, node.value, form.extension))
        for form in documents.FORMS
    }
    tag = f"{node.value} {site.live().history}"
    response = site.page(
        "resource.html", tag=tag, context=lambda: _described(node, formats)
    )
    signposts.page(response, dataset, node)
    moment = description.moments(dataset).of(node.value)
    return rendering.date(response, moment)


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
        "glance": glance.of(dataset, node, described.around, site.language()),
        "own_words": evidence.own(dataset, node),
        "stated": _stated(node),
        "meaning": terms.documented(dataset, node, site.language()),
        "say": lambda message: site.t(f"ontology.{message}"),
        "structured": structured.document(dataset, described),
        "asking": f"/sparql?{urlencode({'query': _QUERY.format(node=node)})}",
        "past": _past(node),
        "citation": site.t("resource.cite-text", **_isolated(cited)),
        "bibtex": cited.bibtex(),
        "csl": cited.csl(),
    }


def _stated(node: ox.NamedNode) -> Sequence[tuple[object, Label]]:
    """The terms of the triple that a thing stands for, as they are written."""
    dataset, language = site.dataset(), site.language()
    triple = evidence.stated(dataset, node)
    return [(term, written.term(dataset, term, language)) for term in triple or ()]


def _isolated(cited: Citation) -> dict[str, object]:
    """The parts of a citation, of which a name turns none but itself."""
    name = Markup("<bdi>{}</bdi>").format(cited.label)
    return {**cited.parts(site.language()), "label": name}


def _past(node: ox.NamedNode) -> str:
    """The path of what changed of a thing; empty where nothing is known of the past."""
    path = address.page_of(site.dataset(), node.value)
    known = site.live().history and path.startswith("/page/")
    return f"{path}/history" if known else ""


def _links(node: Node, direction: str) -> flask.Response:
    dataset, language = site.dataset(), site.language()
    prop = requested.iri(direction)
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
