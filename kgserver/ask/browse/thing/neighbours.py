"""What is one step away from a thing: the statements between it and other things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse import schema, wording, written
from kgserver.ask.browse.thing import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.ask.browse.schema import Schema
    from kgserver.ask.browse.thing.statements import Surroundings
    from kgserver.ask.dataset import Dataset, Label

_ASIDE = ("names", "words", "sources", "cues", "place")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing, the property on the way to it, and which way the property goes.

    `inferred` tells that no file says this.
    """

    node: ox.NamedNode
    label: Label
    property: ox.NamedNode
    property_label: Label
    outward: bool
    inferred: bool


def around(
    dataset: Dataset, near: Surroundings, language: str, most: int = 60
) -> tuple[list[Neighbour], int]:
    """The neighbours of a thing, what files say first, and how many there are in all.

    Each is given once: by the narrowest property, outward before inward.
    """
    known = schema.of(dataset)
    best: dict[ox.NamedNode, tuple[tuple[object, ...], ox.NamedNode, bool, bool]] = {}
    shown: dict[ox.NamedNode, bool] = {}
    for other, prop, outward, inferred in _steps(near):
        if prop not in shown:
            shown[prop] = _is_shown(known, prop)
        if not shown[prop]:
            continue
        wide = len(known.wider.get(prop, ()))
        order = inferred, not outward, -wide, prop.value
        if other not in best or order < best[other][0]:
            best[other] = order, prop, outward, inferred
    chosen = sorted(best.items(), key=lambda each: each[1][0])[:most]
    props = (prop for _, (_, prop, _, _) in chosen)
    labels = dataset.learn({*(other for other, _ in chosen), *props}, language)
    found = []
    for other, (_, prop, outward, inferred) in chosen:
        label = written.term(dataset, other, language)
        each = Neighbour(other, label, prop, labels[prop], outward, inferred)
        found.append(each)
    return sorted(found, key=_order), len(best)


def _order(each: Neighbour) -> tuple[object, ...]:
    name = wording.natural(each.label.text)
    return not each.outward, each.property_label.text, each.inferred, name


def _steps(
    near: Surroundings,
) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, bool, bool]]:
    """Other ends, properties, whether outward, whether only inferred."""
    for outward, held in ((True, near.about), (False, near.pointing)):
        for triple, graphs in held.items():
            other = triple.object if outward else triple.subject
            if isinstance(other, ox.NamedNode):
                yield other, triple.predicate, outward, not graphs


def _is_shown(known: Schema, prop: ox.NamedNode) -> bool:
    aside = (parts.PARTS[part] for part in _ASIDE)
    technical = prop == parts.TYPE or any(known.is_kind_of(prop, w) for w in aside)
    return prop.value.startswith(known.own) and not technical
