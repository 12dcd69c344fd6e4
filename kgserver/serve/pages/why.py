"""Why a statement holds: its proof as a page, as JSON, and in PROV-O."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import flask

from kgserver import __version__
from kgserver.ask.sparql import query
from kgserver.ask.why import document, proofs, statement
from kgserver.model import media
from kgserver.model.refusal import BadRequest, NotAcceptable, NotFound
from kgserver.serve import rendering
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.why.proofs import Argument
    from kgserver.model.media import Media

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

why_page = flask.Blueprint("why_page", __name__)
_JSON = media.Media("application/json", "json", "JSON", "page")
OFFERS = (media.HTML, _JSON, *media.GRAPHS)


@why_page.route("/why")
def why() -> flask.Response:
    """The proof of the triple `s`, `p`, `o`; with `limit`, of up to ten proofs."""
    dataset, limit = site.dataset(), _limit()
    triple = _asked(dataset)
    form = _form()
    if not proofs.holds(dataset, triple):
        said = document.sentence(dataset, triple)
        version = dataset.snapshot.version
        raise NotFound(
            f"In version {version} it does not hold that {said}.",
            "No file says it, and it does not follow; check how its terms are spelt.",
        )
    if form is media.HTML:
        return _page(dataset, triple, limit)
    parts = (
        "why",
        __version__,
        form.type,
        str(triple),
        str(limit),
        site.live().history,
    )
    tag = rendering.entity_tag(dataset.snapshot.digest, *parts)
    return rendering.send(
        tag,
        form,
        lambda: _written(dataset, triple, proofs.prove(dataset, triple, limit), form),
    )


def _page(dataset: Dataset, triple: ox.Triple, limit: int) -> flask.Response:
    """The page; where the browser holds it already, no proof is looked for."""
    graphs = {source.path: source.graph for source in dataset.snapshot.sources}
    return site.page(
        "why.html",
        tag=f"why {triple} {limit} {site.live().history}",
        triple=triple,
        limit=limit,
        context=lambda: {"arguments": proofs.prove(dataset, triple, limit)},
        items=_items,
        formats=OFFERS[1:],
        rules=document.RULES,
        graphs=graphs,
    )


def _items(term: Term) -> Sequence[Term]:
    return document.items(site.dataset(), term)


def _written(
    dataset: Dataset, triple: ox.Triple, found: Sequence[Argument], form: Media
) -> str | bytes:
    if form is _JSON:
        told = document.as_json(dataset, triple, found)
        return json.dumps(told, ensure_ascii=False) + "\n"
    prefixes = {**dataset.prefixes, "prov": "http://www.w3.org/ns/prov#"}
    return query.write_graph(document.provenance(dataset, found), form, prefixes)


def _asked(dataset: Dataset) -> ox.Triple:
    """The triple that the address names."""
    given = flask.request.args
    missing = [name for name in "spo" if not given.get(name)]
    if missing:
        raise BadRequest(
            f"The address does not say {' and '.join(missing)}.",
            "Ask /why?s=…&p=…&o=…, each a term in N-Triples syntax or a plain IRI.",
        )
    terms = [statement.term(given[name], dataset.prefixes) for name in "spo"]
    asked = statement.pattern(*terms).triple
    assert asked is not None
    return asked


def _limit() -> int:
    text = flask.request.args.get("limit", "1")
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= proofs.MOST):
        raise BadRequest(
            f"{text!r} is no number of proofs.", f"Give one from 1 to {proofs.MOST}."
        )
    return int(text)


def _form() -> Media:
    asked = flask.request.args.get("format", "")
    accept = media.shortcut(asked) if asked else flask.request.headers.get("Accept", "")
    form = media.choose(accept, OFFERS)
    if form is None:
        raise NotAcceptable(accept, [offer.type for offer in OFFERS])
    return form
