"""Terms as a person would write them: dates and numbers by their datatype, a thing by
its label, or by what the ontology says it is written like.

An ontology may annotate a class with templates, one a language, in which prefixed names
of properties stand in braces:

    ex:Statistic kg:written "{ex:hedge} {ex:value} {ex:unit}[, {ex:date}]"@en .

A thing of the class is then written with the values of these properties, each as it is
written itself: "more than 220 people, 2014". What stands in brackets is left out where
one of its properties has no value. `kg:written` on a thing is how it is written there,
instead of its label; an empty text leaves it out. Without a value for any property the
thing goes by its label.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import schema, wording
from kgserver.ask.dataset import DEFAULT, Label, distance
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgserver.ask.dataset import Dataset, Node

    Term = Node | ox.Literal | ox.Triple

_PLACE = re.compile(r"\{([^{}]+)\}")
_OPTION = re.compile(r"\[([^\[\]]*)\]")
_SPACES = re.compile(r"\s+")
_TYPE = ox.NamedNode(names.RDF + "type")
_DATES = {
    names.XSD + kind
    for kind in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth")
}


def term(dataset: Dataset, value: Term, language: str) -> Label:
    """A term as it is written, and the language that it is written in."""
    if isinstance(value, ox.Literal):
        text = wording.literal(value, language)
        return Label(text, value.language or "")
    if isinstance(value, ox.Triple):
        return Label(str(value), "")
    return _by_template(dataset, value, language) or dataset.label(value, language)


def is_date(value: object) -> bool:
    """Whether a term is a date, of whatever precision."""
    return isinstance(value, ox.Literal) and value.datatype.value in _DATES


def _by_template(dataset: Dataset, node: Node, language: str) -> Label | None:
    texts = dataset.kept("templates", node, lambda node: _templates(dataset, node))
    template = _nearest(texts, language)
    if template is None:
        return None
    found: dict[str, str] = {}

    def value(place: re.Match[str]) -> str:
        if place[1] not in found:
            found[place[1]] = _value(dataset, node, place[1], language)
        return found[place[1]]

    def option(part: re.Match[str]) -> str:
        filled = all(value(place) for place in _PLACE.finditer(part[1]))
        return part[1] if filled else ""

    text = _PLACE.sub(value, _OPTION.sub(option, template.value))
    text = _SPACES.sub(" ", text).strip()
    return Label(text, template.language or "") if any(found.values()) else None


def _templates(dataset: Dataset, node: Node) -> tuple[ox.Literal, ...]:
    """What the classes of a thing say that it is written like."""
    return tuple(
        text
        for each, templates in schema.of(dataset).templates.items()
        if ox.Quad(node, _TYPE, each, DEFAULT) in dataset.store
        for text in templates
    )


def _value(dataset: Dataset, node: Node, name: str, language: str) -> str:
    prefix, _, local = name.partition(":")
    namespace = dataset.prefixes.get(prefix)
    if namespace is None:
        return ""
    prop = ox.NamedNode(namespace + local)
    quads = dataset.store.quads_for_pattern(node, prop, None, DEFAULT)
    values = [_part(dataset, quad.object, language) for quad in quads]
    return ", ".join(sorted(value for value in values if value))


def _part(dataset: Dataset, value: Term, language: str) -> str:
    if isinstance(value, ox.NamedNode):
        own = _nearest(schema.of(dataset).written.get(value, ()), language)
        if own is not None:
            return own.value
    if isinstance(value, ox.NamedNode | ox.BlankNode):
        return dataset.label(value, language).text
    return term(dataset, value, language).text


def _nearest(texts: Iterable[ox.Literal], language: str) -> ox.Literal | None:
    return min(
        texts,
        key=lambda text: (distance(text.language or "", language), text.value),
        default=None,
    )
