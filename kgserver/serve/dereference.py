"""`/id/…` answers for a thing: it leads to what describes it, or is that at once.

Both are right answers for a thing that is no document (Cool URIs, §4): 303 keeps the
thing and the document apart for everyone, 200 with a `Content-Location` spares a
crawler half of its requests. The setting `dereference` says which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from kgserver.ask.documents import address
from kgserver.model import media
from kgserver.model.refusal import NotFound
from kgserver.serve import rendering, requested, travel
from kgserver.serve.data import documents
from kgserver.serve.frame import site
from kgserver.serve.pages import resource

if TYPE_CHECKING:
    import pyoxigraph as ox

dereference = flask.Blueprint("dereference", __name__)
_BOTH = (media.HTML, *documents.FORMS)


@dereference.route("/id/<rest:_name>")
def thing(_name: str) -> flask.Response:
    """A thing of this graph."""
    return _answer(_with_query() or documents.found(requested.path()))


@dereference.route("/<rest:_name>")
def anything(_name: str) -> flask.Response:
    """A thing of this graph whose IRI is at no address of this server's own."""
    node = _with_query() or address.find(site.dataset(), requested.path())
    if node is None:
        where = f"There is nothing at {flask.request.path}."
        raise NotFound(where, "Begin at / or ask /sparql.")
    return _answer(node)


def _with_query() -> ox.NamedNode | None:
    """The thing whose IRI has a query, where the request has one."""
    if not flask.request.query_string:
        return None
    return address.find(site.dataset(), requested.path_and_query())


def _answer(node: ox.NamedNode) -> flask.Response:
    dataset, form = site.dataset(), documents.choose(_BOTH)
    page = form is media.HTML
    target = (
        _page(node)
        if page
        else travel.within(address.data_of(dataset, node.value, form.extension))
    )
    if site.settings().dereference == "200":
        response = resource.show(node) if page else documents.about(node, form)
        response.headers["Content-Location"] = target
    else:
        response = rendering.lead(target)
        rendering.link(response, travel.cited(dataset, node.value), "cite-as")
    response.vary.add("Accept")
    return response


def _page(node: ox.NamedNode) -> str:
    """The page about a thing, in the language asked for where the query says one."""
    path = address.page_of(site.dataset(), node.value)
    return travel.within(path) if "?" in node.value else site.to(path)
