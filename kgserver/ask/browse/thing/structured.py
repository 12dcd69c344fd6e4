"""A thing in the words of schema.org, as JSON-LD for search engines.

What the graph says in schema.org's own terms, asserted or inferred, is given as it is;
the name, other names and the description come from what the page shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse.thing import parts
from kgserver.model import names

if TYPE_CHECKING:
    from kgserver.ask.browse.thing.resource import Resource
    from kgserver.ask.dataset import Dataset, Label

SCHEMA = names.WELL_KNOWN["schema"]
_MOST = 50  # values of one property
Document = dict[str, object]


def document(dataset: Dataset, resource: Resource) -> Document:
    """The JSON-LD document, with schema.org as its only vocabulary."""
    base = dataset.snapshot.base_iri
    found: Document = {
        "@context": {"@vocab": SCHEMA},
        "@id": resource.node.value,
        "@type": _types(resource) or "Thing",
        "name": [_text(resource.label)],
    }
    if resource.names:
        found["alternateName"] = [_text(label) for label in resource.names[:_MOST]]
    if resource.summary:
        found["description"] = _text(resource.summary)
    for prop, values in _said(resource).items():
        found.setdefault(prop, values)
    found["isPartOf"] = {"@type": "Dataset", "@id": f"{base}dataset"}
    return found


def _types(resource: Resource) -> list[str]:
    return sorted(
        value.term.value.removeprefix(SCHEMA)
        for value in resource.values(parts.TYPE.value)
        if isinstance(value.term, ox.NamedNode) and value.term.value.startswith(SCHEMA)
    )


def _said(resource: Resource) -> dict[str, list[object]]:
    """What is said in schema.org's terms, by property."""
    said: dict[str, list[object]] = {}
    groups = (group for part in resource.parts.values() for group in part)
    for group in groups:
        name = group.property.value.removeprefix(SCHEMA)
        if name == group.property.value:
            continue
        values = said.setdefault(name, [])
        for value in group.values[: _MOST - len(values)]:
            if isinstance(value.term, ox.NamedNode):
                values.append({"@id": value.term.value, "name": value.label.text})
            elif isinstance(value.term, ox.Literal):
                values.append(value.term.value)
    return said


def _text(label: Label) -> object:
    if not label.language:
        return label.text
    return {"@value": label.text, "@language": label.language}
