"""The formats in which RDF and query results travel, and which one a client gets.

The Accept header is read by Werkzeug. Its `best_match` is not used: it gives a type
that the client excludes with `q=0` when a wildcard stands beside it, finds nothing for
a type with a parameter, and nothing for an empty header.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["graph", "dataset", "rows", "page"]


@dataclass(frozen=True, slots=True)
class Media:
    """One format: its media type, its file extension, its name for people.

    `aliases` are other media types that ask for the same format.
    """

    type: str
    extension: str
    label: str
    kind: Kind
    aliases: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header; text is always UTF-8."""
        return (
            f"{self.type}; charset=utf-8"
            if self.type.startswith("text/")
            else self.type
        )


TURTLE = Media(
    "text/turtle", "ttl", "Turtle", "graph", ("application/x-turtle", "text/n3")
)
N_TRIPLES = Media("application/n-triples", "nt", "N-Triples", "graph", ("text/plain",))
RDF_XML = Media("application/rdf+xml", "rdf", "RDF/XML", "graph", ("application/xml",))
JSON_LD = Media(
    "application/ld+json", "jsonld", "JSON-LD", "graph", ("application/json",)
)
JSON = Media(
    "application/sparql-results+json", "srj", "JSON", "rows", ("application/json",)
)
XML = Media(
    "application/sparql-results+xml",
    "srx",
    "XML",
    "rows",
    ("application/xml", "text/xml"),
)
CSV = Media("text/csv", "csv", "CSV", "rows")
TSV = Media("text/tab-separated-values", "tsv", "TSV", "rows")
HTML = Media("text/html", "html", "HTML", "page", ("application/xhtml+xml",))

TRIG = Media("application/trig", "trig", "TriG", "dataset")
N_QUADS = Media("application/n-quads", "nq", "N-Quads", "dataset")

GRAPHS = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD)
# A graph with the named graph of each statement, so that it says who says so.
DATASETS = (TRIG, N_QUADS)
ROWS = (JSON, XML, CSV, TSV)
# A yes or no has no form in CSV or TSV (SPARQL 1.1 Query Results CSV and TSV, §1).
TRUTHS = (JSON, XML)


# What people write in an address after format= or output=, as an Accept header.
_SHORTCUTS = {
    "json": "application/json",
    "xml": "application/xml",
    "turtle": TURTLE.type,
    "ntriples": N_TRIPLES.type,
    "n-triples": N_TRIPLES.type,
    "rdfxml": RDF_XML.type,
    "rdf/xml": RDF_XML.type,
    "json-ld": JSON_LD.type,
    "sparql": XML.type,
    **{each.extension: each.type for each in (*GRAPHS, *DATASETS, *ROWS, HTML)},
}


def shortcut(name: str) -> str:
    """The Accept header that a format's name or media type stands for.

    `json` and `xml` fit rows as well as graphs; a name that is not known stays what it
    is, and is acceptable to nothing.
    """
    return _SHORTCUTS.get(name.lower(), name)


def by_extension(extension: str, offers: Sequence[Media]) -> Media | None:
    """The offer with this file extension, without its dot."""
    return next((media for media in offers if media.extension == extension), None)


def choose(accept: str, offers: Sequence[Media]) -> Media | None:
    """The offer that an Accept header likes best, or None (RFC 9110 §12.5.1).

    The most specific range that fits an offer gives its quality, so `*/*,
    text/html;q=0` shuts HTML out. Among equals the first offer wins. Parameters such as
    `charset` are passed over. A missing or blank header accepts anything.
    """
    if not accept.strip():
        return offers[0]
    parsed = parse_accept_header(accept, MIMEAccept)
    ranges = [(value.partition(";")[0].strip().lower(), q) for value, q in parsed]
    wanted, named = MIMEAccept(ranges), dict(ranges)

    def quality(media: Media) -> float:
        aliases = [named[alias] for alias in media.aliases if alias in named]
        return max([wanted.quality(media.type), *aliases])

    best = max(offers, key=quality)
    return best if quality(best) > 0 else None
