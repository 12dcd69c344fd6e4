"""What the query editor asks: the terms of the graph, labels, whether a query reads."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver.ask.catalog import vocabulary
from kgserver.ask.sparql import explain, query, reading
from kgserver.model import media
from kgserver.model.refusal import BadQuery, Later
from kgserver.serve import rendering
from kgserver.serve.frame import messages, site
from kgserver.serve.sparql import asking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.ask.sparql.vocabulary import Warned
    from kgserver.model.refusal import Refusal

editor = flask.Blueprint("editor", __name__)
_JSON = media.Media("application/json", "json", "JSON", "page")
_MOST = 100  # IRIs whose labels one request may ask for
_DECLARATION = re.compile(r"PREFIX \S*: <[^>\s]+>")


@editor.route("/sparql/schema.json")
def schema() -> flask.Response:
    """Prefixes, classes and properties, for completion."""
    dataset, language = site.dataset(), site.language()
    tag = rendering.entity_tag(dataset.snapshot.digest, "schema", language)
    return rendering.send(
        tag, _JSON, lambda: _written(asdict(vocabulary.read(dataset, language)))
    )


@editor.route("/sparql/check", methods=["POST"])
def check() -> flask.Response:
    """The faults of a query; where it can be read, what is joined by nothing in it."""
    text = flask.request.get_data().decode("utf-8", "replace")
    return rendering.send("", _JSON, lambda: _written(_faults(text)))


@editor.route("/sparql/labels", methods=["POST"])
def labels() -> flask.Response:
    """What IRIs are called, and where they are described, by IRI."""
    iris = flask.request.form.getlist("iri")[:_MOST]
    found = {iri: _label(iri) for iri in iris if _readable(iri)}
    return rendering.send("", _JSON, lambda: _written(found))


def _faults(text: str) -> list[dict[str, object]]:
    if not text.strip():
        return []
    dataset, settings = site.dataset(), site.settings()
    fault = reading.fault(
        text,
        settings.service_endpoints,
        lambda question: asking.answer(dataset, question, query.READ),
    )
    if isinstance(fault, Later):
        raise fault
    if fault:
        return [_fault(fault)]
    return [_warning(text, each) for each in explain.combined(text)]


def _warning(text: str, warned: Warned) -> dict[str, object]:
    said = {"detail": _said(warned.detail), "hint": _said(warned.hint)}
    return {**explain.placed(text, warned), **said, "severity": "warning"}


def _fault(fault: Refusal) -> dict[str, object]:
    place = fault if isinstance(fault, BadQuery) else BadQuery("")
    told = _DECLARATION.search(fault.hint)
    return {
        "line": place.line or 1,
        "column": place.column or 1,
        "detail": _said(fault.detail),
        "hint": _said(fault.hint),
        "declare": told[0] if told else "",
        "severity": "error",
    }


def _said(text: str) -> str:
    return messages.said(text, site.language())[0]


def _label(iri: str) -> Mapping[str, str]:
    label = site.dataset().label(ox.NamedNode(iri), site.language())
    text = label.text if label.language or label.text not in iri else ""
    return {"text": text, "language": label.language, "href": site.href(iri)}


def _readable(iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return True


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
