"""Labels: those that are empty, and those that a thing has twice in one language."""

from __future__ import annotations

from array import array
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

from kgserver.load.doctor import charge, lexemes
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.outline import NO_LABELS, Labels
from kgserver.load.terms import spelling
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.load.doctor.files import File
    from kgserver.load.doctor.lexemes import Spot
    from kgserver.load.doctor.survey import Placed, Survey
    from kgserver.load.terms.statements import Term
    from kgserver.model.problem import Problem

_SINGLE = (names.RDFS + "label", names.SKOS + "prefLabel")
_EMPTY = Charge(
    "empty-label", "the label is empty", "Write the name, or take the statement away."
)
_UNTAGGED = Charge(
    "untagged-label",
    "the label has no language, as nearly all others have",
    'Write its language behind it: "…"@en .',
)
# One label in so many may be without a language for that to be odd.
_FEW = 10
_QUOTES = "\"'"
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
                yield line, label.value, _twice(told, _language(label))


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


def bare(survey: Survey) -> tuple[int, ...]:
    """The lines of the first labels without a language."""
    lines = (
        line
        for prop in _SINGLE
        for _, label, line in survey.statements(prop)
        if isinstance(label, ox.Literal) and not label.language
    )
    return tuple(islice(lines, charge.MOST))


def untagged(files: Sequence[File]) -> Iterator[Problem]:
    """Labels without a language, where nearly all labels of the folder have one."""
    ours = [file for file in files if file.source.role != "shapes"]
    whole = sum(len(file.outline.labels.keys) for file in ours)
    number = sum(len(file.outline.untagged) for file in ours)
    for file in ours if number * _FEW <= whole else ():
        for line in file.outline.untagged:
            texts = [spot for spot in file.text.on(line) if spot.text[0] in _QUOTES]
            bare = [spot for spot in texts if not _tag(file, spot)]
            spot = bare[0] if bare else file.text.beginning(line)
            yield file.tell(_UNTAGGED, spot)


def twice(files: Sequence[File]) -> Iterator[Problem]:
    """Labels of one thing in one language that differ from one file to another."""
    several = _in_several(files)
    first: dict[int, tuple[File, int, int]] = {}
    for file in files if several else ():
        for key, text, line in zip(*file.outline.labels, strict=True):
            if key not in several:
                continue
            known, other, there = first.setdefault(key, (file, text, line))
            if known is not file and other != text:
                spot, said = _spot(file, line, text), _spot(known, there, other)
                told = f"{said.text} ({known.path}, line {there})"
                yield file.tell(_twice(told, _tag(file, spot)), spot)


def _in_several(files: Sequence[File]) -> set[int]:
    """The keys of labels that more than one file has."""
    keys = [np.unique(np.array(file.outline.labels.keys, np.int64)) for file in files]
    held, count = np.unique(np.concatenate(keys), return_counts=True)
    return set(held[count > 1].tolist())


def _twice(told: str, language: str) -> Charge:
    tag = spelling.tag(language)
    where = f"in the language {tag}" if tag else "without a language"
    return Charge("label-twice", f"there is another label {where}: {told}", _REMEDY)


def _language(label: ox.Literal) -> str:
    return (label.language or "").lower()


def _spot(file: File, line: int, text: int) -> Spot:
    """Where a text stands of which the hash is known; else where its line begins."""
    for spot in file.text.on(line):
        if (
            spot.text[0] in _QUOTES
            and hash(ox.Literal(lexemes.value(spot.text))) == text
        ):
            return spot
    return file.text.beginning(line)


def _tag(file: File, label: Spot) -> str:
    """The language tag behind a text, in lower case."""
    end = label.column + len(label.text)
    tags = (spot.text for spot in file.text.on(label.line) if spot.column == end)
    return next((tag[1:].lower() for tag in tags if tag[0] == "@"), "")
