"""Link sets: all typed links of a page and of its documents in one place (RFC 9264)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import flask

from kgserver.ask.documents import address
from kgserver.model import media, spelling
from kgserver.model.media import Media
from kgserver.model.refusal import NotFound
from kgserver.serve import rendering, requested, travel
from kgserver.serve.data import documents, signposts
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pyoxigraph as ox

    from kgserver.serve.data.signposts import Signpost

linksets = flask.Blueprint("linksets", __name__)
_FORMS = {
    kind: Media(name, kind, "Link set", "page")
    for kind, name in signposts.LINKSETS.items()
}


@linksets.route("/linkset/<kind>/<rest:_name>")
def linkset(kind: str, _name: str) -> flask.Response:
    """The links of a page, in JSON or in the syntax of the Link header."""
    form = _FORMS.get(kind)
    if form is None:
        raise NotFound(f"There is no link set {kind!r}.", "There is json and txt.")
    contexts = {
        _whole(anchor): list(links) for anchor, links in _contexts(kind).items()
    }
    text = _as_json(contexts) if kind == "json" else _as_text(contexts)
    return rendering.send(rendering.entity_tag(form.type, text), form, lambda: text)


def _contexts(kind: str) -> Mapping[str, Iterable[Signpost]]:
    """The page and its documents by address, each with its links."""
    dataset, path = site.dataset(), requested.path().above(f"linkset/{kind}/")
    if path.decoded == b"dataset":
        return signposts.of_dataset()
    node = _node(path)
    documents_ = {
        address.data_of(dataset, node.value, form.extension): form
        for form in (*media.GRAPHS, *media.DATASETS)
    }
    described = {each: signposts.of_document(dataset, node) for each in documents_}
    page = address.own_page_of(dataset, node.value)
    return {
        page: [*signposts.of_page(dataset, node), *signposts.licence()],
        **described,
    }


def _node(path: spelling.Spelling) -> ox.NamedNode:
    if path.decoded != b"resource":
        return documents.found(path.above("page/").below("id/"))
    node = requested.iri("iri")
    if not address.known(site.dataset(), node):
        raise documents.unknown(site.dataset(), node.value)
    return node


def _as_json(contexts: Mapping[str, Iterable[Signpost]]) -> str:
    """The JSON of RFC 9264 §4.2: relations by context, targets by relation."""
    listed = []
    for anchor, links in contexts.items():
        relations: dict[str, list[dict[str, str]]] = {}
        for link in links:
            target = {"href": _whole(link.target), **link.extra}
            relations.setdefault(link.relation, []).append(target)
        listed.append({"anchor": anchor, **relations})
    return json.dumps({"linkset": listed}, indent=1) + "\n"


def _as_text(contexts: Mapping[str, Iterable[Signpost]]) -> str:
    """The syntax of the Link header, a link a line (RFC 9264 §4.1)."""
    return ",\n".join(_lines(contexts)) + "\n"


def _lines(contexts: Mapping[str, Iterable[Signpost]]) -> Iterator[str]:
    for anchor, links in contexts.items():
        for link in links:
            extra = "".join(f'; {key}="{value}"' for key, value in link.extra.items())
            target = f'<{_whole(link.target)}>; rel="{link.relation}"'
            yield f'{target}; anchor="{anchor}"{extra}'


def _whole(target: str) -> str:
    """An address of this server, or an IRI, as an absolute URI."""
    uri = spelling.normal(travel.within(target))
    return requested.root() + uri[1:] if uri.startswith("/") else uri
