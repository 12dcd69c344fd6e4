"""The page on which a query is asked; scripts make it an editor, nothing needs them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver.serve import messages, site, travel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.sparql.protocol import Query
    from kgserver.ask.sparql.query import Question
    from kgserver.model.media import Media

# The parameter that leaves out what follows; not one of the SPARQL Protocol's.
ASSERTED = "asserted"
# How many rows, or letters of Turtle, stand in the page; the formats hold all of them.
_MOST, _LONGEST = 100, 20_000
_FIRST = """\
SELECT ?class (COUNT(?thing) AS ?count)
WHERE { ?thing a ?class }
GROUP BY ?class
ORDER BY DESC(?count)
"""


def blank() -> flask.Response:
    """The page with a first query in it."""
    return _page("form", _FIRST, None)


def answered(
    tag: str, question: Question, answer: Mapping[str, object]
) -> flask.Response:
    """The page with a query and its answer below, as far as a page can hold it."""
    return _page(tag, question.query.text, answer, formats=question.offers)


def narrowed(dataset: Dataset, asked: Query) -> Query:
    """The query put to the files alone, where it asks for that and names no graphs."""
    if not _asserted() or asked.default_graphs or asked.named_graphs:
        return asked
    derived = {dataset.names.inferred, dataset.names.catalog}
    graphs = tuple(
        graph.value
        for graph in dataset.store.named_graphs()
        if isinstance(graph, ox.NamedNode) and graph.value not in derived
    )
    return replace(asked, default_graphs=graphs, named_graphs=graphs)


def _asserted() -> bool:
    return flask.request.values.get(ASSERTED) == "1"


def _page(
    tag: str, text: str, answer: object, formats: Sequence[Media] = ()
) -> flask.Response:
    data = {
        "base": site.dataset().snapshot.base_iri,
        "answered": answer is not None,
        "endpoint": "/sparql",
        "version": travel.version(),
        "schema": site.to("/sparql/schema.json"),
        "check": site.to("/sparql/check"),
        "labels": site.to("/sparql/labels"),
        "entities": site.to("/search"),
        "words": messages.room("editor", site.language()),
    }
    return site.page(
        "sparql.html",
        tag=tag,
        text=text,
        answer=answer,
        most=_MOST,
        longest=_LONGEST,
        asserted=_asserted(),
        page_data=data,
        formats=formats,
    )
