"""Where things and documents meet: which thing a path means, and what leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.documents import entities
from kgserver.model import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.dataset import Dataset, Node
    from kgserver.model.spelling import Spelling


def find(dataset: Dataset, path: Spelling) -> ox.NamedNode | None:
    """The thing that a path below the root means, if anything is said of it.

    Where the path came with its escapes undone, `%2F` in an IRI may have been a `/`:
    the IRI without escapes goes first, the others are reached at `/resource?iri=`.
    """
    nodes = (node(iri) for iri in dataset.names.iris_of(path))
    direct = next((n for n in nodes if n and known(dataset, n)), None)
    return direct or next(_found(dataset, path), None)


def known(dataset: Dataset, node: Node) -> bool:
    """Whether any statement is about the node or points at it."""
    about = dataset.store.quads_for_pattern(node, None, None, DEFAULT)
    to = dataset.store.quads_for_pattern(None, None, node, DEFAULT)
    return next(about, None) is not None or next(to, None) is not None


def meant(dataset: Dataset, path: Spelling) -> str:
    """The IRI that a path most likely means, for a message that it is not there."""
    return dataset.names.base + spelling.readable(path.uri)


def page_of(dataset: Dataset, iri: str) -> str:
    """The path of the page about a thing, from which it is found again."""
    return elsewhere(iri) if shadowed(dataset, iri) else dataset.names.page_of(iri)


def own_page_of(dataset: Dataset, iri: str) -> str:
    """The path of a page about this thing alone, not of its place in another page."""
    page = page_of(dataset, iri)
    return elsewhere(iri) if "#" in page else page


def data_of(dataset: Dataset, iri: str, extension: str = "") -> str:
    """The path of the document about a thing; without extension by Accept."""
    page = own_page_of(dataset, iri)
    if page.startswith("/page/"):
        path = "/data/" + page.removeprefix("/page/")
        return f"{path}.{extension}" if extension else path
    if page.startswith("/resource"):
        return f"{page}&format={extension}" if extension else page
    return f"{page}?format={extension}" if extension else page


def elsewhere(iri: str) -> str:
    """The path at which any IRI whatever is described."""
    return f"/resource?{urlencode({'iri': iri})}"


def node(iri: str) -> ox.NamedNode | None:
    """The node of an IRI, or None for what is no absolute IRI."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def _found(dataset: Dataset, path: Spelling) -> Iterator[ox.NamedNode]:
    """Things whose IRIs are spelt in a way that cannot be guessed from the path."""
    base, odd = dataset.names.base, entities.odd(dataset)
    asked = spelling.bare(path.uri)
    for iri in odd.escaped.get(spelling.loose(path.raw) or path.decoded, ()):
        spelt = spelling.bare(spelling.normal(iri.removeprefix(base)))
        if not path.raw or spelt == asked:
            yield ox.NamedNode(iri)
    for document in dataset.names.iris_of(path):
        yield from map(ox.NamedNode, odd.hashed.get(document, ()))


def shadowed(dataset: Dataset, iri: str) -> bool:
    """Whether an IRI's own path, its escapes undone, leads to another thing."""
    base = dataset.names.base
    if "%" not in iri or not iri.startswith(base):
        return False
    path = spelling.Spelling(spelling.loose(iri.removeprefix(base)))
    found = find(dataset, path)
    return found is None or found.value != iri
