"""Labels of one file: those that are empty, or that a thing has twice."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.outline import NO_LABELS, Labels
from kgserver.load.terms import spelling
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.doctor.survey import Placed, Survey
    from kgserver.load.terms.statements import Term

_SINGLE = (names.RDFS + "label", names.SKOS + "prefLabel")
_EMPTY = Charge(
    "empty-label", "the label is empty", "Write the name, or take the statement away."
)
_REMEDY = "Keep one of them; another name is a skos:altLabel."


def check(survey: Survey) -> Iterator[Placed]:
    """What is odd about the names in one file."""
    for prop in names.NAMING:
        before: dict[tuple[Term, str], tuple[str, int]] = {}
        for thing, label, line in survey.statements(prop):
            if not isinstance(label, ox.Literal):
                continue
            if not label.value.strip():
                yield line, label.value, _EMPTY
            place = thing, _language(label)
            text, first = before.setdefault(place, (label.value, line))
            if prop in _SINGLE and text != label.value:
                told = f'"{text}" (line {first})'
                yield line, label.value, is_second(told, _language(label))


def outlined(survey: Survey) -> Labels:
    """The labels of a file, of which a thing has one in each language."""
    keys, texts, lines = array("q"), array("q"), array("I")
    for prop in _SINGLE:
        said = ox.NamedNode(prop)
        for thing, label, line in survey.statements(prop):
            if isinstance(label, ox.Literal) and isinstance(thing, ox.NamedNode):
                tongue = ox.Literal("", language=_language(label) or None)
                keys.append(hash(ox.Triple(thing, said, tongue)))
                texts.append(hash(ox.Literal(label.value)))
                lines.append(line)
    return Labels(keys, texts, lines) if keys else NO_LABELS


def bare(survey: Survey) -> array[int]:
    """The lines of the labels without a language."""
    lines = (
        line
        for prop in _SINGLE
        for _, label, line in survey.statements(prop)
        if isinstance(label, ox.Literal) and not label.language
    )
    return array("I", lines)


def is_second(told: str, language: str) -> Charge:
    """The charge against a label where there is another, told with its place."""
    tag = spelling.tag(language)
    where = f"in the language {tag}" if tag else "without a language"
    return Charge("label-twice", f"there is another label {where}: {told}", _REMEDY)


def _language(label: ox.Literal) -> str:
    return (label.language or "").lower()
