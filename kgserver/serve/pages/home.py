"""The first page: the graph as a whole."""

from __future__ import annotations

import flask

from kgserver.ask.browse import overview
from kgserver.serve import site

home_page = flask.Blueprint("home_page", __name__)


@home_page.route("/")
def home() -> flask.Response:
    """What is in the graph, how much of it, and where to go from here."""
    classes = overview.classes(site.dataset(), site.language())
    return site.page("home.html", tag="home", classes=classes)
