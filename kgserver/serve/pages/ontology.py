"""The ontology: what its terms mean."""

from __future__ import annotations

import flask

from kgserver.ask.browse import overview
from kgserver.model import media
from kgserver.serve import site
from kgserver.serve.data import documents

ontology_page = flask.Blueprint("ontology_page", __name__)


@ontology_page.route("/ontology")
def ontology() -> flask.Response:
    """The ontology: documentation for people, one document for programs."""
    dataset = site.dataset()
    form = documents.choose((media.HTML, *media.GRAPHS))
    if form is media.HTML:
        sections = overview.ontology(dataset, site.language())
        return site.page("ontology.html", tag="ontology", sections=sections)
    about = dataset.names.ontology
    return documents.document(form, about, lambda: overview.ontology_triples(dataset))
