"""What is wrong with the files."""

from __future__ import annotations

import flask

from kgserver.serve import site

problems_page = flask.Blueprint("problems_page", __name__)


@problems_page.route("/problems")
def problems() -> flask.Response:
    """What the last build found in the files, or the version in service carries."""
    served, found = site.live().last_attempt()
    return site.page("problems.html", served=served, problems=found)
