"""The ontology: what its terms mean."""

from __future__ import annotations

import flask

from kgserver.ask.browse import classes
from kgserver.ask.browse.ontology import overview, terms
from kgserver.ask.documents import address
from kgserver.model import media
from kgserver.serve.data import documents
from kgserver.serve.drawing import tree
from kgserver.serve.frame import site

ontology_page = flask.Blueprint("ontology_page", __name__)


@ontology_page.route("/ontology")
def ontology() -> flask.Response:
    """The ontology: a list of its terms for people, one document for programs."""
    dataset = site.dataset()
    form = documents.asked((media.HTML, *media.GRAPHS))
    if form is media.HTML:
        return site.page("ontology.html", tag="ontology", context=_context)
    about = dataset.names.ontology
    return documents.document(form, about, lambda: overview.ontology_triples(dataset))


def _context() -> dict[str, object]:
    dataset, language = site.dataset(), site.language()
    sections = terms.listed(dataset, language)
    return {
        "sections": sections,
        "about": terms.about(dataset, language),
        "drawn": tree.draw(classes.own(dataset, language)),
        "formats": media.GRAPHS,
        "whole": address.elsewhere,
        "titles": {kind: site.t(f"ontology.{kind}") for kind in sections},
    }
