"""The first page: the graph as a whole."""

from __future__ import annotations

import flask

from kgserver.ask.browse import changes, classes
from kgserver.serve import site

home_page = flask.Blueprint("home_page", __name__)
_KINDS, _CHANGES = 30, 3


@home_page.route("/")
def home() -> flask.Response:
    """What is in the graph, how much of it, and where to go from here."""
    return site.page("home.html", tag="home", context=_context)


def _context() -> dict[str, object]:
    dataset, language = site.dataset(), site.language()
    trees = [each for root in classes.own(dataset, language) for each in root.walk()]
    kinds = {each.node: each for _, each in trees} or {
        each.node: each for each in classes.foreign(dataset, language)
    }
    largest = sorted(kinds.values(), key=lambda each: (-each.count, each.node.value))
    return {
        "kinds": largest[:_KINDS],
        "changes": changes.latest(site.live().state, _CHANGES),
    }
