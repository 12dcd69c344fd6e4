"""Contradictions that the reasoner met, as problems at a statement that they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import places
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kgserver.load.turtle import Reading

_IRI = re.compile(r"https?://[^\s<>\"'{}|\\^`,()]+")


def check(
    sentences: Sequence[str], readings: Sequence[Reading], folder: Path
) -> list[Problem]:
    """The reasoner's sentences as problems, each where its first known IRI stands."""
    prefixes = {p: ns for reading in readings for p, ns in reading.prefixes.items()}
    return [_problem(sentence, readings, folder, prefixes) for sentence in sentences]


def _problem(
    sentence: str,
    readings: Sequence[Reading],
    folder: Path,
    prefixes: Mapping[str, str],
) -> Problem:
    wanted: list[places.Wanted] = [
        (ox.NamedNode(iri.rstrip(".")), None, None) for iri in _IRI.findall(sentence)
    ]
    found = places.find(readings, wanted)
    want = next((want for want in wanted if want in found), None)
    place = found[want] if want else places.NOWHERE
    text = places.excerpt(folder, place)
    return Problem(
        file=place.file,
        line=place.line,
        column=places.column(text, want[0], prefixes) if want and text else 0,
        severity="error",
        code="contradiction",
        message=_IRI.sub(
            lambda iri: places.name(ox.NamedNode(iri[0]), prefixes), sentence
        ),
        hint="The statements cannot all be true: change one of them, or the axiom.",
        excerpt=text,
    )
