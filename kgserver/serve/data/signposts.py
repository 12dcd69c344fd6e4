"""Typed links for programs that have no RDF: FAIR Signposting, level 2, with link sets.

The same links stand in the headers of a page and of its documents, and whole in a link
set (RFC 9264), which has no limit of length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.documents import address, description
from kgserver.model import media, names, spelling
from kgserver.serve import rendering, travel
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import flask

    from kgserver.ask.dataset import Dataset, Node

_SCHEMA = names.WELL_KNOWN["schema"]
_TYPE = ox.NamedNode(names.RDF + "type")
_MOST_TYPES = 5
PAGE = _SCHEMA + "AboutPage"
LINKSETS = {
    "json": "application/linkset+json",
    "txt": "application/linkset",
}


@dataclass(frozen=True, slots=True)
class Signpost:
    """A typed link of a resource of the web: where to, of which kind, in which form."""

    relation: str
    target: str
    extra: Mapping[str, str] = field(default_factory=dict)


def page(response: flask.Response, dataset: Dataset, node: Node) -> None:
    """Put the links of a page about a thing into its headers."""
    put(response, of_page(dataset, node))


def document(response: flask.Response, dataset: Dataset, node: Node) -> None:
    """Put the links of a document about a thing into its headers."""
    put(response, of_document(dataset, node))


def put(response: flask.Response, signposts: Iterable[Signpost]) -> None:
    """Put links into headers; those of this server stay in the version asked for."""
    for each in signposts:
        target = travel.within(each.target)
        rendering.link(response, target, each.relation, **each.extra)


def of_page(dataset: Dataset, node: Node) -> Iterator[Signpost]:
    """What a page is about, how that is cited, where its documents are."""
    yield Signpost("cite-as", travel.cited(dataset, node.value))
    yield Signpost("canonical", node.value)
    yield Signpost("describes", node.value)
    for form in (*media.GRAPHS, *media.DATASETS):
        target = address.data_of(dataset, node.value, form.extension)
        yield Signpost("alternate", target, {"type": form.type})
    for form in (media.TURTLE, media.JSON_LD):
        target = address.data_of(dataset, node.value, form.extension)
        profile = {"type": form.type}
        yield Signpost("describedby", target, profile)
    yield Signpost("type", PAGE)
    yield from _types(dataset, node)
    yield from _shared(dataset, node)


def of_document(dataset: Dataset, node: Node) -> Iterator[Signpost]:
    """What a document describes, and where the page for people is."""
    if isinstance(node, ox.BlankNode):
        yield Signpost("canonical", _absolute(dataset, description.genid(node)))
        yield Signpost("collection", "/dataset")
        return
    yield Signpost("describes", node.value)
    yield Signpost("cite-as", travel.cited(dataset, node.value))
    yield Signpost(
        "canonical", _absolute(dataset, address.data_of(dataset, node.value))
    )
    target = address.own_page_of(dataset, node.value)
    yield Signpost("alternate", target, {"type": media.HTML.type})
    yield from _shared(dataset, node)


def of_dataset() -> Mapping[str, Sequence[Signpost]]:
    """The page about the whole graph, with its links."""
    return {"/dataset": [*dataset_page(), *licence()]}


def dataset_page() -> Iterator[Signpost]:
    """How the graph is cited, where it is described, where all of it is."""
    dataset = site.dataset()
    yield Signpost("cite-as", travel.cited(dataset, dataset.names.dataset))
    yield Signpost("type", PAGE)
    yield Signpost("type", _SCHEMA + "Dataset")
    for form in media.GRAPHS:
        target = f"/dataset?format={form.extension}"
        yield Signpost("alternate", target, {"type": form.type})
        yield Signpost("describedby", target, {"type": form.type})
    for kind, form_ in LINKSETS.items():
        yield Signpost("linkset", linkset_of("/dataset", kind), {"type": form_})
    yield from author()


def licence() -> Iterator[Signpost]:
    """The licence; in headers it stands on every response anyway."""
    if site.settings().licence:
        yield Signpost("license", site.settings().licence)


def author() -> Iterator[Signpost]:
    """Who made the graph, where an IRI says so."""
    settings = site.settings()
    makers = (*settings.creators, settings.publisher)
    for each in dict.fromkeys(makers):
        if each.startswith(("http://", "https://")):
            yield Signpost("author", each)


def linkset_of(path: str, kind: str) -> str:
    """The address of the link set of what a path leads to."""
    tail = path.removeprefix("/")
    return f"/linkset/{kind}/{tail}"


def _shared(dataset: Dataset, node: Node) -> Iterator[Signpost]:
    yield Signpost("collection", "/dataset", {"type": media.HTML.type})
    path = address.own_page_of(dataset, node.value)
    for kind, form in LINKSETS.items():
        yield Signpost("linkset", linkset_of(path, kind), {"type": form})
    yield from author()


def _types(dataset: Dataset, node: Node) -> Iterator[Signpost]:
    """What the thing itself is, in the words of the web's own vocabulary first."""
    quads = dataset.store.quads_for_pattern(node, _TYPE, None, DEFAULT)
    kinds = [q.object.value for q in quads if isinstance(q.object, ox.NamedNode)]
    kinds.sort(key=lambda iri: (not iri.startswith(_SCHEMA), iri))
    yield from (Signpost("type", iri) for iri in kinds[:_MOST_TYPES])


def _absolute(dataset: Dataset, path: str) -> str:
    return spelling.normal(dataset.names.base + path.removeprefix("/"))
