"""`/rdf-graph-store`: the graphs read by the SPARQL 1.1 Graph Store HTTP Protocol.

`?graph=` names a graph (§4.2), `?default` is the default graph; a graph below
`{base_iri}graph/` also answers at its own address (§4.1). Nothing is written here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.model import media
from kgserver.model.refusal import (
    BadRequest,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
)
from kgserver.serve import rendering
from kgserver.serve.data import handed
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset

graph_store = flask.Blueprint("graph_store", __name__)
READING = ["GET", "HEAD", "OPTIONS"]
_WRITING = ["PUT", "POST", "DELETE", "PATCH"]
READ_ONLY = "The graph is edited as Turtle files; a saved file is served at once."
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")


@graph_store.route("/rdf-graph-store")
def read() -> flask.Response:
    """The triples of the graph that the address names, in the format asked for."""
    dataset = site.dataset()
    graph = _named(dataset)
    wanted = media.shortcut(flask.request.args.get("format", ""))
    accept = wanted or flask.request.headers.get("Accept", "")
    form = media.choose(accept, media.GRAPHS)
    if form is None:
        raise NotAcceptable(accept, [offer.type for offer in media.GRAPHS])
    about = graph.value if isinstance(graph, ox.NamedNode) else ""
    tag = rendering.entity_tag(dataset.snapshot.digest, form.type, "graph", about)
    return handed.graph(about, form, tag)


@graph_store.route("/rdf-graph-store", methods=_WRITING)
@graph_store.route("/graph/<path:name>", methods=_WRITING)
def write(**_path: str) -> flask.Response:
    """Refuse every operation that would change a graph (§5.3 to §5.7)."""
    raise MethodNotAllowed(flask.request.method, READING, READ_ONLY)


def _named(dataset: Dataset) -> ox.NamedNode | ox.DefaultGraph:
    """The one graph of the address; raises BadRequest or NotFound without one."""
    given = flask.request.args
    graphs, default = given.getlist("graph"), "default" in given
    if len(graphs) + default != 1:
        raise BadRequest(
            "The address names no graph, or several.",
            "Add ?graph= with the IRI of one graph, or ?default.",
        )
    if default:
        return DEFAULT
    if not _ABSOLUTE.fullmatch(graphs[0]):
        raise BadRequest(
            f"{graphs[0]!r} is not an absolute IRI.", "Name a graph by its whole IRI."
        )
    graph = ox.NamedNode(graphs[0])
    if not dataset.store.contains_named_graph(graph):
        raise NotFound(f"There is no graph <{graphs[0]}>.", "/sparql lists them all.")
    return graph
