"""`/dataset`: the graph as a whole, for catalogues, programs and people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver.ask.catalog import dcat, schema_org
from kgserver.ask.catalog.dcat import Publication
from kgserver.ask.documents import description, writing
from kgserver.model import media
from kgserver.serve import rendering, travel
from kgserver.serve.data import documents, dumps, signposts
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.documents.dumps import Dump
    from kgserver.model.media import Media

dataset_description = flask.Blueprint("dataset_description", __name__)
# Larger graphs are described at once, and their dumps when these are there.
_SMALL, _PATIENCE = 100_000, 8.0


@dataset_description.route("/dataset")
def dataset() -> flask.Response:
    """The description: DCAT, VoID and schema.org, as RDF or as a page."""
    form = documents.choose((media.HTML, *media.GRAPHS))
    return _page() if form is media.HTML else _document(form)


@dataset_description.route("/.well-known/void")
def well_known() -> flask.Response:
    """The same description where VoID has it looked for (VoID §7.2)."""
    form = documents.choose(media.GRAPHS)
    response = _document(form)
    place = f"/dataset?format={form.extension}"
    response.headers["Content-Location"] = travel.within(place)
    return response


def publication() -> Publication:
    """What the settings say of the dataset."""
    settings = site.settings()
    return Publication(
        settings.title,
        settings.description,
        settings.licence,
        settings.creators,
        settings.publisher,
        settings.contact,
    )


def _document(form: Media) -> flask.Response:
    held, made = site.dataset(), _dumps()
    about = ox.NamedNode(held.names.dataset)
    triples = set(dcat.describe(held, publication(), made))
    listed = sorted(map(str, triples))
    # What is still to be completed is not to be kept.
    tag = rendering.entity_tag(form.type, *listed) if made is not None else ""
    prefixes = {**held.prefixes, **dcat.PREFIXES}
    response = rendering.send(
        tag, form, lambda: writing.write(triples, form, prefixes, about)
    )
    rendering.link(response, about.value, "describes")
    rendering.link(response, travel.cited(held, about.value), "cite-as")
    if made is not None:
        rendering.date(response, description.moments(held).latest)
    return response


def _page() -> flask.Response:
    held, made = site.dataset(), _dumps()
    response = site.page(
        "dataset.html",
        tag="dataset" if made is not None else "",
        context=lambda: _shown(held, made),
    )
    signposts.put(response, signposts.dataset_page())
    for dump in made or ():
        if not dump.graph:
            target = "/" + dcat.address(held, dump)
            rendering.link(response, target, "item", type=_packed(dump))
    return response


def _shown(held: Dataset, made: Sequence[Dump] | None) -> Mapping[str, object]:
    """What the page about the dataset shows."""
    about = publication()
    return {
        "publication": about,
        "citation": about.citation(held),
        "modified": description.moments(held).latest,
        "dumps": _table(held, [d for d in made or () if not d.graph]),
        "graphs": _table(held, [d for d in made or () if d.graph]),
        "ready": made is not None,
        "structured": schema_org.describe(held, about, made),
        "formats": [
            (form.label, travel.within(f"/dataset?format={form.extension}"), form.type)
            for form in media.GRAPHS
        ],
    }


def _table(
    held: Dataset, made: Sequence[Dump]
) -> Mapping[str, Sequence[tuple[Dump, str]]]:
    """The dumps by what is in them, each with its address."""
    rows: dict[str, list[tuple[Dump, str]]] = {}
    for dump in made:
        held_in = dump.name.partition(".")[0] if not dump.graph else dump.graph
        rows.setdefault(held_in, []).append((dump, "/" + dcat.address(held, dump)))
    return rows


def _packed(dump: Dump) -> str:
    return dumps.packed(dump.name)


def _dumps() -> Sequence[Dump] | None:
    """The dumps; a large graph is not kept waiting for them."""
    held = site.dataset()
    small = held.snapshot.counts.merged <= _SMALL
    return dumps.wait(held, _PATIENCE if small else 0)
