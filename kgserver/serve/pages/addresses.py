"""How classes and properties stand in the addresses of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox

from kgserver.ask.browse import classes
from kgserver.model import names
from kgserver.model.refusal import BadRequest
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset


def class_href(node: ox.NamedNode) -> str:
    """The path of the list of a class."""
    return f"/class/{quote(classes.path(site.dataset(), node), safe=':@!$()*,;=-._~')}"


def curie(node: ox.NamedNode) -> str:
    """A property as it stands in an address: its prefixed name, or its IRI."""
    short = names.shorten(node.value, site.dataset().prefixes)
    return node.value if short.startswith("<") else short


def named_property(dataset: Dataset, name: str) -> ox.NamedNode:
    """The property of a prefixed name or IRI; raises BadRequest where it is none."""
    prefix, _, local = name.partition(":")
    namespace = dataset.prefixes.get(prefix)
    try:
        return ox.NamedNode(namespace + local if namespace else name)
    except ValueError as fault:
        raise BadRequest(f"{name!r} names no property.", "Use prefix:name.") from fault
