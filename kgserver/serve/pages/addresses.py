"""How classes and properties stand in the addresses of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from kgserver.ask.browse import classes
from kgserver.model import names
from kgserver.serve import site

if TYPE_CHECKING:
    import pyoxigraph as ox


def class_href(node: ox.NamedNode) -> str:
    """The path of the list of a class."""
    return f"/class/{quote(classes.path(site.dataset(), node), safe=':@!$()*,;=-._~')}"


def curie(node: ox.NamedNode) -> str:
    """A property as it stands in an address: its prefixed name, or its IRI."""
    short = names.shorten(node.value, site.dataset().prefixes)
    return node.value if short.startswith("<") else short
