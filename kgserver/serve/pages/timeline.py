"""The timeline: what has a date, as a drawing, as a list, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from kgserver.ask.browse import schema
from kgserver.ask.browse.listing import timeline
from kgserver.model import media
from kgserver.serve import rendering, requested
from kgserver.serve.data import documents
from kgserver.serve.drawing import timeline as drawing
from kgserver.serve.frame import site
from kgserver.serve.pages import lists
from kgserver.serve.pages.addresses import curie, named_property

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.listing.timeline import Dated

timeline_page = flask.Blueprint("timeline_page", __name__)


@timeline_page.route("/timeline")
def events() -> flask.Response:
    """What has a date of the property `date`, narrowed to the class `kind`."""
    form = documents.asked((media.HTML, lists.JSON))
    dataset, language = site.dataset(), site.language()
    kind, chosen = _kind(), _chosen()
    if form is lists.JSON:
        asking = flask.request.query_string.decode("ascii", "replace")
        tag = rendering.entity_tag(dataset.snapshot.digest, "time", asking, language)
        return rendering.send(
            tag, form, lambda: _json(timeline.events(dataset, language, chosen, kind))
        )

    def context() -> dict[str, object]:
        every = timeline.events(dataset, language, chosen)
        dated = timeline.events(dataset, language, chosen, kind) if kind else every
        return {
            "dated": dated,
            "drawn": drawing.draw(dated) if dated else None,
            "properties": timeline.properties(dataset),
            "kinds": timeline.kinds(dataset, every, language),
            "chosen": chosen,
            "kind": kind,
        }

    return site.page("timeline.html", tag="timeline", context=context)


def _chosen() -> Sequence[ox.NamedNode]:
    """The properties asked for; else the one that tells most of our own things' time.

    A property with dates of month or year precision says what sources say; one with
    days only may be made for reckoning. A folder without date properties of its own is
    shown by all of them.
    """
    dataset = site.dataset()
    name = flask.request.args.get("date")
    if name:
        return (named_property(dataset, name),)
    every = timeline.properties(dataset)
    own = [p for p in every if p.value.startswith(schema.of(dataset).own)]
    if not own:
        return every
    dated = {p: timeline.events(dataset, "en", (p,)) for p in own}
    rough = {p: any(len(e.value) < 10 for e in found) for p, found in dated.items()}
    return (max(own, key=lambda prop: (rough[prop], len(dated[prop]))),)


def _kind() -> ox.NamedNode | None:
    return requested.iri("kind") if flask.request.args.get("kind") else None


def _json(dated: Sequence[Dated]) -> str:
    found = [
        {
            "iri": each.node.value,
            "label": each.label.text,
            "property": curie(each.property),
            "date": each.value,
            "written": each.written,
            "page": site.href(each.node.value),
        }
        for each in dated
    ]
    return flask.json.dumps(found, ensure_ascii=False)
