"""Labels across files: those without a language, and those a thing has in two files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

from kgserver.load.doctor import lexemes
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.file.labels import is_second

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.load.doctor.folder.files import File
    from kgserver.load.doctor.lexemes import Spot
    from kgserver.model.problem import Problem

_UNTAGGED = Charge(
    "untagged-label",
    "the label has no language, as nearly all others have",
    'Write its language behind it: "…"@en .',
)
# One label in so many may be without a language for that to be odd.
_FEW = 10
_QUOTES = "\"'"


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
                yield file.tell(is_second(told, _tag(file, spot)), spot)


def _in_several(files: Sequence[File]) -> set[int]:
    """The keys of labels that more than one file has."""
    keys = [np.unique(np.array(file.outline.labels.keys, np.int64)) for file in files]
    held, count = np.unique(np.concatenate(keys), return_counts=True)
    return set(held[count > 1].tolist())


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
