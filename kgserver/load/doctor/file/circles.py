"""Classes, properties and concepts of one file that come to stand below themselves."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor.charge import Charge
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.load.doctor.survey import Survey
    from kgserver.load.terms.statements import Term

    # What stands right above each thing, and on which line that is said.
    Above = Mapping[Term, Mapping[Term, int]]

_BELOW = (
    names.RDFS + "subClassOf",
    names.RDFS + "subPropertyOf",
    names.SKOS + "broader",
)
# How many circles of a file are told, and how many names of one.
_MOST, _TOLD = 100, 6


def check(
    survey: Survey, prefixes: Mapping[str, str]
) -> Iterator[tuple[int, Term, Charge]]:
    """The statements that close a circle: line, value, and what is wrong."""
    for prop in _BELOW:
        above: dict[Term, dict[Term, int]] = {}
        for below, over, line in survey.statements(prop):
            if isinstance(over, ox.NamedNode) and isinstance(below, ox.NamedNode):
                above.setdefault(below, {}).setdefault(over, line)
        for line, circle in itertools.islice(_circles(above), _MOST):
            yield line, circle[-1], _charge(circle, prefixes)


def _circles(above: Above) -> Iterator[tuple[int, Sequence[Term]]]:
    """Circles with the line of the statement that leads back, each such one once.

    Every way up is gone once, so that long ones cost no more than short ones.
    """
    done: set[Term] = set()
    for root in above:
        way: dict[Term, Iterator[tuple[Term, int]]] = {}
        if root not in done:
            way[root] = iter(above[root].items())
        while way:
            thing = next(reversed(way))
            over, line = next(way[thing], (None, 0))
            if over is None:
                done.add(thing)
                del way[thing]
            elif over in way:
                steps = list(way)
                yield line, [*steps[steps.index(over) :], over]
            elif over in above and over not in done:
                way[over] = iter(above[over].items())


def _charge(circle: Sequence[Term], prefixes: Mapping[str, str]) -> Charge:
    told = [
        names.shorten(each.value, prefixes)
        for each in circle
        if isinstance(each, ox.NamedNode)
    ]
    if len(told) > _TOLD:
        told = [*told[: _TOLD - 2], "…", told[-1]]
    return Charge(
        "below-itself",
        f"{told[0]} comes to stand below itself: {' → '.join(told)}",
        "Take away the statement that is wrong; two that are the same are said to be "
        "by owl:equivalentClass, owl:equivalentProperty or skos:exactMatch.",
    )
