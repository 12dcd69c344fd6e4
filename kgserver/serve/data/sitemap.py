"""What leads crawlers through: `/robots.txt`, and a sitemap with true dates.

The sitemap names the pages of this host, not the canonical IRIs: its protocol takes
addresses of the host that serves it only, and these answer 200 at once. Each page says
itself which IRI it is about (`cite-as`, `canonical`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import flask

from kgserver.ask.documents import address, description, entities
from kgserver.model.media import Media
from kgserver.model.refusal import NotFound
from kgserver.serve import rendering, requested
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kgserver.ask.dataset import Dataset

sitemap = flask.Blueprint("sitemap", __name__)
_XML = Media("application/xml", "xml", "XML", "page")
_TEXT = Media("text/plain", "txt", "Text", "page")
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# The protocol's own limit of one file.
_MOST = 50_000
# The pages that are about the whole, of those that this server has.
_WHOLE = ("/", "/dataset", "/ontology", "/class/", "/map", "/timeline", "/changes",
          "/sparql",
)  # fmt: skip
# What costs much, leads nowhere new, or has no end.
_NOT_CRAWLED = ("/sparql?", "/rdf-graph-store", "/search?", "/why?",
                "/linkset/", "/*?in=", "/*&in=", "/*?out=", "/*&out=")  # fmt: skip


@sitemap.route("/robots.txt")
def robots() -> flask.Response:
    """Where crawlers should go, and where not (RFC 9309)."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_CRAWLED)]
    lines += ["Allow: /", "", f"Sitemap: {requested.root()}sitemap.xml", ""]
    text = "\n".join(lines)
    return rendering.send(rendering.entity_tag(text), _TEXT, lambda: text)


@sitemap.route("/sitemap.xml")
def index() -> flask.Response:
    """The parts of the sitemap, each with the last change of what is in it."""
    root, moments = requested.root(), description.moments(site.dataset())
    parts = [(f"{root}sitemap/pages.xml", moments.latest)]
    for number, part in enumerate(_parts(), start=1):
        latest = max(moments.of(iri) for iri in part)
        parts.append((f"{root}sitemap/{number}.xml", latest))
    return _send("sitemapindex", "sitemap", parts)


@sitemap.route("/sitemap/pages.xml")
def pages() -> flask.Response:
    """The pages about the graph as a whole."""
    latest = description.moments(site.dataset()).latest
    there = {rule.rule for rule in flask.current_app.url_map.iter_rules()}
    root = requested.root()
    listed = [(root + path[1:], latest) for path in _WHOLE if path in there]
    return _send("urlset", "url", listed)


@sitemap.route("/sitemap/<int:number>.xml")
def part(number: int) -> flask.Response:
    """Pages about things, at most 50,000 of them."""
    dataset, parts, root = site.dataset(), _parts(), requested.root()
    if not 1 <= number <= len(parts):
        raise NotFound(f"The sitemap has no part {number}.", "Begin at /sitemap.xml.")
    moments = description.moments(dataset)
    pages = (
        (root + _place(dataset, iri)[1:], moments.of(iri))
        for iri in parts[number - 1]
        if iri != dataset.names.ontology
    )
    return _send("urlset", "url", pages)


def _place(dataset: Dataset, iri: str) -> str:
    """The page about a thing; at a graph's own address the graph itself is."""
    page = address.page_of(dataset, iri)
    return address.elsewhere(iri) if page.startswith("/graph/") else page


def _parts() -> Sequence[Sequence[str]]:
    listed = entities.listed(site.dataset())
    return [listed[i : i + _MOST] for i in range(0, len(listed), _MOST)]


def _send(whole: str, each: str, places: Iterable[tuple[str, str]]) -> flask.Response:
    rows = "".join(
        f"<{each}><loc>{escape(place)}</loc><lastmod>{moment}</lastmod></{each}>\n"
        for place, moment in places
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    text = f'{head}<{whole} xmlns="{_SPACE}">\n{rows}</{whole}>\n'
    return rendering.send(rendering.entity_tag(text), _XML, lambda: text)
