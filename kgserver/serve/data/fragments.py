"""`/fragments`: what one pattern matches, in pages, for clients that join themselves.

Triple Pattern Fragments of the default graph, or of the one that `graph` names;
`/fragments/quads` are Quad Pattern Fragments of all graphs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask
import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.documents import writing
from kgserver.ask.fragments import controls, matching, pattern
from kgserver.ask.fragments.controls import Place
from kgserver.model import media, spelling
from kgserver.serve import rendering, requested
from kgserver.serve.data import documents
from kgserver.serve.frame import site
from kgserver.serve.frame.slices import Slice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.fragments.matching import Fragment
    from kgserver.ask.fragments.pattern import Pattern, Term
    from kgserver.model.media import Media

fragments = flask.Blueprint("fragments", __name__)
FORMS = (media.TRIG, media.N_QUADS, *media.GRAPHS)
# What a pattern says, and what else may stand beside it in the address.
_TERMS, _BESIDE = ("subject", "predicate", "object"), ("version", "format", "lang")
_QUAD = (*_TERMS, "graph")


@fragments.route("/fragments")
def triples() -> flask.Response:
    """What a triple pattern matches in one graph."""
    return _answer(quads=False)


@fragments.route("/fragments/quads")
def quads() -> flask.Response:
    """What a quad pattern matches in all of them."""
    return _answer(quads=True)


def _answer(*, quads: bool) -> flask.Response:
    dataset = site.dataset()
    base, prefixes = dataset.names.base, dataset.prefixes
    asked = pattern.read(flask.request.args, base, prefixes, quads=quads)
    page = Slice.asked(0, matching.SIZE).page
    form = documents.choose((*FORMS, media.HTML))
    if form is media.HTML:
        return _page(dataset, asked, page)
    address = _page_address()
    tag = rendering.entity_tag(dataset.snapshot.digest, form.type, address)
    response = rendering.send(
        tag, form, lambda: _written(dataset, asked, page, address, form)
    )
    rendering.link(response, dataset.names.dataset, "collection")
    return response


def _written(
    dataset: Dataset, asked: Pattern, page: int, address: str, form: Media
) -> bytes:
    """A page as RDF: in formats with graphs its metadata is in a graph of its own."""
    found = matching.find(dataset, asked, page)
    place = _place(dataset, found, address)
    said = controls.describe(place, found)
    prefixes = {**dataset.prefixes, **controls.PREFIXES}
    if form in media.GRAPHS and form is not media.JSON_LD:
        both = [*(quad.triple for quad in found.quads), *said]
        return writing.write(both, form, prefixes)
    within = ox.NamedNode(place.metadata)
    own = [ox.Quad(t.subject, t.predicate, t.object, within) for t in said]
    data = found.quads
    if not place.quads:
        data = [ox.Quad(q.subject, q.predicate, q.object) for q in data]
    if form is media.JSON_LD:
        return ox.serialize([*data, *own], format=ox.RdfFormat.JSON_LD) or b""
    return writing.write_quads([*data, *own], form, prefixes)


def _page(dataset: Dataset, asked: Pattern, page: int) -> flask.Response:
    """A page for people: the form, and what matches."""

    def shown() -> Mapping[str, object]:
        found = matching.find(dataset, asked, page)
        slice_ = Slice(page, matching.SIZE, found.total)
        return {
            "quads": found.quads,
            "exact": found.exact,
            "slice": slice_,
            "given": {name: flask.request.args.get(name, "") for name in _QUAD},
            "default": DEFAULT,
            "labels": {
                "subject": site.t("fragments.subject"),
                "predicate": site.t("fragments.predicate"),
                "object": site.t("fragments.object"),
                "graph": site.t("fragments.graph"),
            },
            "formats": FORMS,
            "with_graphs": asked.graph is None,
            "narrowed": _narrowed,
        }

    return site.page("fragments.html", tag="fragments", context=shown)


def _narrowed(name: str, term: Term) -> str:
    """The address of all that has a term in a place."""
    return site.to(f"/fragments?{urlencode({name: pattern.written(term)})}")


def _place(dataset: Dataset, found: Fragment, address: str) -> Place:
    """The addresses of a page, of its neighbours, and the form that leads to others."""
    quads = flask.request.path.endswith("/quads")
    graph = found.pattern.graph
    named = "" if quads or not isinstance(graph, ox.NamedNode) else graph.value
    variables = ",".join(_QUAD if quads else _TERMS)
    fixed = _kept(("version", "graph") if named else ("version",))
    path = requested.root() + flask.request.path[1:]
    return Place(
        dataset=named or dataset.names.dataset,
        form=path + (f"?{fixed}{{&{variables}}}" if fixed else f"{{?{variables}}}"),
        whole=_address(path, None),
        page=address,
        first=_address(path, None),
        previous=_address(path, found.page - 1) if found.page > 1 else "",
        next=_address(path, found.page + 1) if found.more else "",
        quads=quads,
    )


def _page_address() -> str:
    """The address of this page, letter for letter as its client wrote it."""
    query = flask.request.query_string.decode("latin-1")
    path = requested.root() + flask.request.path[1:]
    return spelling.normal(f"{path}?{query}") if query else path


def _address(path: str, page: int | None) -> str:
    """The address of another page of this fragment; the first one has no number."""
    query = _kept((*_QUAD, *_BESIDE))
    if page is not None and page > 1:
        query = f"{query}&page={page}" if query else f"page={page}"
    return f"{path}?{query}" if query else path


def _kept(names: tuple[str, ...]) -> str:
    """The parameters of these names as the request has them, in this order."""
    args = flask.request.args
    return urlencode([(name, args[name]) for name in names if args.get(name)])
