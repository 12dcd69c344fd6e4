"""The things of a class as files: CSV, Turtle or JSON of exactly one list."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import flask

from kgserver.ask.browse import classes, written
from kgserver.ask.browse.listing import instances
from kgserver.ask.dataset import DEFAULT
from kgserver.ask.sparql import query
from kgserver.model import media, names
from kgserver.serve import rendering
from kgserver.serve.frame import site
from kgserver.serve.pages.addresses import curie

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyoxigraph as ox

    from kgserver.ask.browse.listing.instances import Asked, Listing
    from kgserver.ask.dataset import Dataset, Label, Node
    from kgserver.model.media import Media

    Term = Node | ox.Literal | ox.Triple

JSON = media.Media("application/json", "json", "JSON", "rows")
_NUMBER = re.compile(r"[+-]?[0-9.,]+(?:[eE][+-]?[0-9]+)?")
FORMATS = (media.CSV, media.TURTLE, JSON)


def send(form: Media, node: ox.NamedNode, asked: Asked) -> flask.Response:
    """The whole list that was asked for, not a slice of it, as a file."""
    dataset = site.dataset()
    asking = flask.request.query_string.decode("ascii", "replace")
    tag = rendering.entity_tag(
        dataset.snapshot.digest, form.type, node.value, asking, site.language()
    )
    response = rendering.send(tag, form, lambda: _body(form, dataset, node, asked))
    name = f"{names.local_name(node.value)}.{form.extension}"
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    return response


def _body(
    form: Media, dataset: Dataset, node: ox.NamedNode, asked: Asked
) -> bytes | str:
    """The whole list that was asked for: not a slice of it."""
    listing = instances.listing(dataset, node, asked, site.language())
    whole = listing.whole
    things = listing.things if whole else list(instances.every(dataset, node))
    if form is media.TURTLE:
        return query.write_graph(_said(dataset, things), form, dataset.prefixes)
    heads = ["iri", "label", *(curie(prop) for prop, _ in listing.columns)]
    cells = [
        [
            instances.key(thing),
            label.text,
            *(" | ".join(instances.key(value) for value, _ in cell) for cell in row),
        ]
        for thing, label, row in rows(dataset, node, listing, things)
    ]
    if form is JSON:
        return flask.json.dumps([dict(zip(heads, row, strict=True)) for row in cells])
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([heads, *(map(_as_text, row) for row in cells)])
    return text.getvalue()


def _as_text(cell: str) -> str:
    """A cell that a spreadsheet takes for text, where it would run it as a formula.

    A leading apostrophe is how spreadsheets mark text. The endpoint's CSV is exact.
    """
    formula = cell.lstrip().startswith(("=", "+", "-", "@"))
    return f"'{cell}" if formula and not _NUMBER.fullmatch(cell) else cell


def _said(dataset: Dataset, things: Sequence[Node]) -> Iterator[ox.Triple]:
    for thing in things:
        for quad in dataset.store.quads_for_pattern(thing, None, None, DEFAULT):
            yield quad.triple


def rows(
    dataset: Dataset, node: ox.NamedNode, listing: Listing, things: Sequence[Node]
) -> Iterator[tuple[Node, Label, list[list[tuple[Term, Label]]]]]:
    """Each thing with its name and, for each column, its values and how they read."""
    language = site.language()
    labels = dataset.learn(things, language)
    for thing in things:
        cells = [
            [
                (value, written.term(dataset, value, language))
                for value in instances.cells(dataset, node, thing, prop)
            ]
            for prop, _ in listing.columns
        ]
        yield thing, labels[thing], cells


def tree(dataset: Dataset) -> str:
    """Every class with its count and what is right below it, as JSON."""
    language = site.language()
    found = [each for root in classes.own(dataset, language) for _, each in root.walk()]
    listed = {each.node: each for each in (*found, *classes.foreign(dataset, language))}
    return flask.json.dumps(
        [
            {
                "iri": each.node.value,
                "label": each.label.text,
                "count": each.count,
                "narrower": [below.node.value for below in each.below],
            }
            for each in listed.values()
        ]
    )
