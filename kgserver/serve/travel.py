"""Which version of the data a request names, and addresses that stay in it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask

from kgserver.ask import editions
from kgserver.ask.sparql import protocol

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset

# The blueprints whose answers can be asked for as they were in an older version.
_TRAVELLING = frozenset(
    f"{name}_page"
    for name in ("resource", "home", "ontology", "map", "timeline", "explore", "why")
) | {
    "class_pages", "dataset_description", "dereference", "documents", "endpoint",
    "fragments", "graph_store", "linksets", "search_pages",
}  # fmt: skip


def travels(blueprint: str | None) -> bool:
    """Whether what a blueprint answers can be asked for as it was."""
    return blueprint in _TRAVELLING


def version() -> str:
    """The name of the version that is asked for; nothing for the one in service.

    The SPARQL Protocol has the same parameter for the version of its language.
    """
    if not travels(flask.request.blueprint):
        return ""
    text = flask.request.values.get("version", "")
    return "" if text in protocol.VERSIONS else text


def within(path: str) -> str:
    """A path of this server for programs; the version asked for stays asked for."""
    name = version()
    if not name or not path.startswith("/"):
        return path
    path, mark, fragment = path.partition("#")
    asked = urlencode({"version": name})
    return f"{path}{'&' if '?' in path else '?'}{asked}{mark}{fragment}"


def cited(dataset: Dataset, iri: str) -> str:
    """The IRI by which a thing is cited: with the version, where one is asked for."""
    return editions.iri_in(dataset.snapshot, iri) if version() else iri
