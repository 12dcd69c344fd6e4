"""The search: a page, JSON for programs, suggestions for a browser's address bar."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import flask

from kgserver.ask.browse.listing import search
from kgserver.ask.browse.thing import resource
from kgserver.model import media, names
from kgserver.model.refusal import Refusal
from kgserver.serve import rendering, requested
from kgserver.serve.data import documents
from kgserver.serve.frame import site
from kgserver.serve.frame.slices import Slice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.listing.search import Hit
    from kgserver.ask.dataset import Dataset, Label

search_pages = flask.Blueprint("search_pages", __name__)
JSON = media.Media("application/json", "json", "JSON", "rows")
# OpenSearch Suggestions 1.1 and OpenSearch 1.1 description documents
SUGGESTIONS = media.Media("application/x-suggestions+json", "json", "JSON", "rows")
DESCRIPTION = media.Media(
    "application/opensearchdescription+xml", "xml", "OpenSearch", "page"
)
_SLICE, _MOST, _SUGGESTED, _KINDS = 25, 500, 8, 20


@dataclass(frozen=True, slots=True)
class Result:
    """A thing that was found, as it is shown."""

    node: ox.NamedNode
    label: Label
    name: str
    language: str
    kinds: tuple[Label, ...]
    summary: Label | None


@search_pages.app_template_global()
def nearest_things() -> list[Hit]:
    """What is called like the last part of an address that leads nowhere."""
    iri = flask.request.args.get("iri", "") or flask.request.path
    words = re.sub(r"[\W_]+", " ", names.local_name(iri))
    try:
        return search.find(site.dataset(), words, site.language(), _SUGGESTED)
    except Refusal:
        return []


@search_pages.route("/search")
def find() -> flask.Response:
    """The things that are called like the parameter `q`, narrowed to one `kind`."""
    words = flask.request.args.get("q", "").strip()
    kind = flask.request.args.get("kind", "")
    dataset = site.dataset()
    hits = search.find(dataset, words, site.language(), _MOST)
    types = {hit.node: resource.types(dataset, hit.node) for hit in hits}
    kept = [hit for hit in hits if not kind or kind in _iris(types[hit.node])]
    slice_ = Slice.asked(len(kept), _SLICE)
    shown = kept[slice_.first - 1 : slice_.last]
    if documents.asked((media.HTML, JSON)) is JSON:
        tag = _tag("search", flask.request.query_string.decode("ascii", "replace"))
        return rendering.send(tag, JSON, lambda: _json(words, slice_, shown))
    return site.page(
        "search.html",
        tag=f"search {words}",
        words=words,
        kind=kind,
        slice=slice_,
        cut=len(hits) == _MOST,
        context=lambda: {
            "results": _results(dataset, shown),
            "kinds": _kinds(dataset, types.values()),
        },
    )


@search_pages.route("/search/suggest")
def suggest() -> flask.Response:
    """What a name may go on as, for a form or a browser's address bar."""
    words = flask.request.args.get("q", "").strip()

    def body() -> str:
        dataset = site.dataset()
        hits = search.find(dataset, words, site.language(), _SUGGESTED)
        kinds = (resource.types(dataset, hit.node) for hit in hits)
        labels = [
            ", ".join(dataset.label(kind, site.language()).text for kind in each)
            for each in kinds
        ]
        root = requested.root()
        addresses = [urljoin(root, site.href(hit.node.value)) for hit in hits]
        names = [hit.name for hit in hits]
        return flask.json.dumps([words, names, labels, addresses], ensure_ascii=False)

    tag = _tag("suggest", words, requested.root())
    return rendering.send(tag, SUGGESTIONS, body)


@search_pages.route("/opensearch.xml")
def describe() -> flask.Response:
    """How a browser may search here."""

    def body() -> str:
        root = requested.root().rstrip("/")
        return flask.render_template(
            "opensearch.xml", root=root, settings=site.settings()
        )

    return rendering.send(_tag("opensearch", requested.root()), DESCRIPTION, body)


def _results(dataset: Dataset, hits: Sequence[Hit]) -> list[Result]:
    language = site.language()
    dataset.learn((hit.node for hit in hits), language)
    return [
        Result(
            hit.node,
            dataset.label(hit.node, language),
            hit.name,
            hit.language,
            tuple(
                dataset.label(kind, language)
                for kind in resource.types(dataset, hit.node)
            ),
            resource.summary(dataset, hit.node, language),
        )
        for hit in hits
    ]


def _kinds(
    dataset: Dataset, types: Iterable[Sequence[ox.NamedNode]]
) -> list[tuple[str, Label, int]]:
    counted = Counter(kind for each in types for kind in each)
    return [
        (kind.value, dataset.label(kind, site.language()), count)
        for kind, count in counted.most_common(_KINDS)
    ]


def _json(words: str, slice_: Slice, hits: Sequence[Hit]) -> str:
    dataset = site.dataset()
    found: Mapping[str, object] = {
        "query": words,
        "total": slice_.total,
        "first": slice_.first,
        "results": [
            {
                "iri": each.node.value,
                "label": each.label.text,
                "matched": each.name,
                "types": [kind.text for kind in each.kinds],
                "page": site.href(each.node.value),
            }
            for each in _results(dataset, hits)
        ],
    }
    return flask.json.dumps(found, ensure_ascii=False)


def _iris(nodes: Iterable[ox.NamedNode]) -> set[str]:
    return {node.value for node in nodes}


def _tag(*parts: str) -> str:
    digest = site.dataset().snapshot.digest
    return rendering.entity_tag(digest, site.language(), *parts)
