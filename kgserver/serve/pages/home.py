"""The first page: the graph as a whole."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver.ask.browse import classes, wording
from kgserver.ask.browse.listing import changes
from kgserver.ask.browse.thing import parts
from kgserver.ask.dataset import DEFAULT
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.browse.classes import Class
    from kgserver.ask.dataset import Dataset, Label

home_page = flask.Blueprint("home_page", __name__)
_KINDS, _CHANGES = 30, 3
_EXAMPLES, _LOOKED_AT = 3, 200


@home_page.route("/")
def home() -> flask.Response:
    """What is in the graph, how much of it, and where to go from here."""
    return site.page("home.html", tag="home", context=_context)


def _context() -> dict[str, object]:
    dataset, language = site.dataset(), site.language()
    roots = classes.own(dataset, language) or classes.foreign(dataset, language)
    seen: set[ox.NamedNode] = set()
    rows = []
    for root in sorted(roots, key=lambda each: (not each.below, -each.count)):
        narrow = [each for each in _narrowest(root) if each.node not in seen]
        seen |= {each.node for each in narrow}
        rows.append(
            (root, narrow, () if narrow else _examples(dataset, root, language))
        )
    rows.sort(key=lambda row: not (row[1] or row[2]))
    return {
        "kinds": rows[:_KINDS],
        "changes": changes.latest(site.live().state, _CHANGES),
    }


def _narrowest(root: Class) -> list[Class]:
    """The classes below one that have none below them, the largest first."""
    found = {each.node: each for depth, each in root.walk() if depth and not each.below}
    return sorted(found.values(), key=lambda each: (-each.count, each.node.value))


def _examples(
    dataset: Dataset, kind: Class, language: str
) -> Sequence[tuple[ox.NamedNode, Label]]:
    """A few things of a class, of those that have a name."""
    quads = dataset.store.quads_for_pattern(None, parts.TYPE, kind.node, DEFAULT)
    nodes = [
        quad.subject
        for quad in islice(quads, _LOOKED_AT)
        if isinstance(quad.subject, ox.NamedNode)
    ]
    labels = dataset.learn(nodes, language)
    named = [(node, labels[node]) for node in nodes if labels[node].language]
    return sorted(named, key=lambda each: wording.natural(each[1].text))[:_EXAMPLES]
