"""The Flask application: which addresses there are, and what all of them share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import flask

from kgserver.serve import refusals, rendering, requested
from kgserver.serve.data import memento
from kgserver.serve.data.dataset import dataset_description
from kgserver.serve.data.documents import documents
from kgserver.serve.data.dumps import dump_files
from kgserver.serve.data.fragments import fragments
from kgserver.serve.data.linksets import linksets
from kgserver.serve.data.memento import timemaps
from kgserver.serve.data.sitemap import sitemap
from kgserver.serve.dereference import dereference
from kgserver.serve.frame import marks, site, templating
from kgserver.serve.frame.assets import assets
from kgserver.serve.live import Live
from kgserver.serve.operations.health import health_check
from kgserver.serve.operations.metrics import metrics_page
from kgserver.serve.operations.status import status_page
from kgserver.serve.pages.changes import changes_page
from kgserver.serve.pages.classes import class_pages
from kgserver.serve.pages.explore import explore_page
from kgserver.serve.pages.history import history_page
from kgserver.serve.pages.home import home_page
from kgserver.serve.pages.map import map_page
from kgserver.serve.pages.ontology import ontology_page
from kgserver.serve.pages.problems import problems_page
from kgserver.serve.pages.resource import resource_page
from kgserver.serve.pages.search import search_pages
from kgserver.serve.pages.timeline import timeline_page
from kgserver.serve.pages.why import why_page
from kgserver.serve.sparql.editor import editor
from kgserver.serve.sparql.endpoint import endpoint
from kgserver.serve.sparql.graph_store import graph_store
from kgserver.serve.wire import reader

if TYPE_CHECKING:
    from kgserver.model.settings import Settings

_ROOT = Path(__file__).parents[1]
# All that is answered: for those who ask in SPARQL, for programs, for people, for the
# operator.
BLUEPRINTS = (
    endpoint,
    editor,
    graph_store,
    documents,
    dataset_description,
    dump_files,
    fragments,
    linksets,
    timemaps,
    sitemap,
    home_page,
    resource_page,
    history_page,
    class_pages,
    search_pages,
    changes_page,
    timeline_page,
    map_page,
    explore_page,
    ontology_page,
    problems_page,
    why_page,
    health_check,
    metrics_page,
    status_page,
    dereference,
    assets,
)


def create_app(settings: Settings, live: Live | None = None) -> flask.Flask:
    """The application that serves what is built for these settings."""
    app = flask.Flask(
        "kgserver",
        root_path=str(_ROOT),
        static_folder="static",
        static_url_path="/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = reader.BODY
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    requested.install(app)
    site.install(app, settings, live or Live(settings.state))
    templating.install(app, settings)
    marks.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    refusals.register(app)
    app.after_request(rendering.finish(settings))
    memento.install(app)
    return app
