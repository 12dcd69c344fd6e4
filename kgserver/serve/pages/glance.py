"""A thing at a glance: where it is, when it was, and what is around it, as drawings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.ask.browse.listing import places, timeline
from kgserver.ask.browse.thing import neighbours
from kgserver.serve.drawing import graph, map
from kgserver.serve.drawing import timeline as line

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.listing.places import Place
    from kgserver.ask.browse.listing.timeline import Dated
    from kgserver.ask.browse.thing.neighbours import Neighbour
    from kgserver.ask.browse.thing.statements import Surroundings
    from kgserver.ask.dataset import Dataset

_WIDTH, _LETTERS, _LEAVES, _NEAR = 290, 26, 12, 40


@dataclass(frozen=True, slots=True)
class Glance:
    """The small drawings beside a thing's statements; None where there is no such."""

    map: map.Map | None
    timeline: line.Timeline | None
    star: graph.Star | None
    neighbours: int


def of(
    dataset: Dataset, node: ox.NamedNode, near: Surroundings, language: str
) -> Glance:
    """What of a thing can be drawn."""
    around, total = neighbours.around(dataset, near, language)
    where = _places(dataset, node, around, language)
    when = _dates(dataset, node, around, language)
    few = [each for each in around if each.outward][:_LEAVES] or around[:_LEAVES]
    return Glance(
        map.draw(where, width=_WIDTH, room=5.5, here=node) if where else None,
        line.draw(when, width=_WIDTH) if len(when) > 1 else None,
        graph.draw(few, width=_WIDTH, letters=_LETTERS) if len(few) > 2 else None,
        total,
    )


def _places(
    dataset: Dataset,
    node: ox.NamedNode,
    around: Sequence[Neighbour],
    language: str,
) -> list[Place]:
    """Where the thing is itself, else the places that it leads to."""
    points = places.located(dataset)
    if node in points:
        return [places.Place(node, dataset.label(node, language), *points[node])]
    return [
        places.Place(each.node, each.label, *points[each.node])
        for each in around
        if each.outward and each.node in points
    ][:_LEAVES]


def _dates(
    dataset: Dataset,
    node: ox.NamedNode,
    around: Sequence[Neighbour],
    language: str,
) -> list[Dated]:
    """The thing's own date and those of what is around it, the roughest of each."""
    near = [node, *(each.node for each in around[:_NEAR])]
    dated = (timeline.of(dataset, each, language) for each in near)
    first = [min(found, key=lambda each: len(each.value)) for found in dated if found]
    return sorted(first, key=lambda each: (each.first, each.last))[:_LEAVES]
