"""The explorer: a thing and what is one step away from it."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask
import pyoxigraph as ox

from kgserver.ask.browse import classes
from kgserver.ask.browse.listing import instances
from kgserver.ask.browse.thing import neighbours, statements
from kgserver.model import media, names
from kgserver.serve import rendering, requested
from kgserver.serve.data import documents
from kgserver.serve.drawing import graph as drawing
from kgserver.serve.frame import site
from kgserver.serve.pages import lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.browse.thing.neighbours import Neighbour
    from kgserver.ask.browse.thing.statements import Surroundings
    from kgserver.ask.dataset import Dataset, Label, Node

explore_page = flask.Blueprint("explore_page", __name__)
_STARTS = 24
# The drawing on a phone: its width, letters of a name, neighbours, a finger's height.
_SLIM, _LETTERS, _FEW, _FINGER = 350, 31, 18, 26
# How many things of a class are looked at for one that has a name.
_LOOKED_AT = 20


@explore_page.app_template_global()
def explore_href(node: ox.NamedNode) -> str:
    """The address of the explorer at a thing."""
    return site.to(f"/explore?{urlencode({'iri': node.value})}")


@explore_page.route("/explore")
def explore() -> flask.Response:
    """One step around the thing that `iri` names; without one, where to begin."""
    if not flask.request.args.get("iri"):
        return site.page(
            "explore.html", tag="explore", context=lambda: {"starts": _starts()}
        )
    node = requested.iri("iri")
    dataset, language = site.dataset(), site.language()
    near = statements.around(dataset, node)
    around, total = neighbours.around(dataset, near, language)
    if not total and not dataset.describes(node):
        raise documents.unknown(dataset, node.value)
    if documents.asked((media.HTML, lists.JSON)) is lists.JSON:
        tag = rendering.entity_tag(
            dataset.snapshot.digest, "explore", node.value, language
        )
        return rendering.send(tag, lists.JSON, lambda: _json(node, around, total))
    return site.page(
        "explore.html",
        tag=f"explore {node.value}",
        thing=node,
        label=dataset.label(node, language),
        shown=len(around),
        sides=_sides(around),
        total=total,
        drawn=drawing.draw(around),
        slim=_slim(dataset, near, language),
    )


def _slim(dataset: Dataset, near: Surroundings, language: str) -> drawing.Star:
    """What matters most around a thing, for a phone."""
    few, _ = neighbours.around(dataset, near, language, _FEW)
    one = drawing.on_one_side(few)
    return drawing.draw(one, width=_SLIM, letters=_LETTERS, row=_FINGER)


def _sides(
    around: Sequence[Neighbour],
) -> dict[bool, list[tuple[Label, list[Neighbour]]]]:
    """What a thing leads to (True) and what leads to it, each by its property."""
    sides: dict[bool, list[tuple[Label, list[Neighbour]]]] = {True: [], False: []}
    for _, group in groupby(around, key=lambda each: (each.outward, each.property)):
        members = list(group)
        sides[members[0].outward].append((members[0].property_label, members))
    return sides


def _starts() -> list[tuple[Node, Label]]:
    """Things to begin with: the first of each of the largest classes of our own."""
    dataset, language = site.dataset(), site.language()
    trees = [each for root in classes.own(dataset, language) for each in root.walk()]
    largest = sorted({each.node: each.count for _, each in trees}.items(), key=_size)
    found: dict[Node, None] = {}
    for kind, _ in largest[:_STARTS]:
        things = islice(instances.every(dataset, kind), _LOOKED_AT)
        named = (n for n in things if n not in found and _is_named(dataset, n))
        first = next(named, None)
        if isinstance(first, ox.NamedNode):
            found[first] = None
    return [(node, dataset.label(node, language)) for node in found]


def _is_named(dataset: Dataset, node: Node) -> bool:
    """Whether a thing has a name, not just an IRI with a last part."""
    return dataset.label(node).text != names.local_name(node.value)


def _size(each: tuple[ox.NamedNode, int]) -> tuple[int, str]:
    return -each[1], each[0].value


def _json(node: ox.NamedNode, around: Sequence[Neighbour], total: int) -> str:
    found = {
        "iri": node.value,
        "label": site.dataset().label(node, site.language()).text,
        "total": total,
        "neighbours": [
            {
                "iri": each.node.value,
                "label": each.label.text,
                "property": each.property.value,
                "propertyLabel": each.property_label.text,
                "outward": each.outward,
                "inferred": each.inferred,
                "page": site.href(each.node.value),
            }
            for each in around
        ],
    }
    return flask.json.dumps(found, ensure_ascii=False)
