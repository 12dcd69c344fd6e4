"""What changed of a thing, commit by commit, as a page and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver import __version__
from kgserver.ask.dataset import Label
from kgserver.ask.documents import address
from kgserver.load.history import chronicle
from kgserver.model import media
from kgserver.model.refusal import NotFound
from kgserver.serve import rendering, requested
from kgserver.serve.data import documents
from kgserver.serve.frame import site
from kgserver.serve.frame.slices import Slice
from kgserver.serve.pages import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgserver.load.history.entries import Entry
    from kgserver.model.spelling import Spelling
    from kgserver.serve.frame.marks import Term

history_page = flask.Blueprint("history_page", __name__)
_JSON = media.Media("application/json", "json", "JSON", "page")
_END = "/history"
_SIZE = 20  # changes on a page


@history_page.route("/page/<rest:_name>/history")
def history(_name: str) -> flask.Response:
    """What changed of a thing; a thing whose own name ends so goes before."""
    whole = requested.path().above("page/").below("id/")
    dataset = site.dataset()
    itself = address.find(dataset, whole)
    if itself is not None:
        return resource.show(itself)
    iri = _meant(whole.without(_END))
    total = chronicle.count(site.live().state, iri)
    if not total:
        raise _unknown(iri)
    slice_ = Slice.asked(total, _SIZE)
    form = documents.choose((media.HTML, _JSON))
    if form is media.HTML:
        return site.page(
            "history.html",
            tag=f"history {iri} {site.live().history}",
            context=lambda: _shown(iri, slice_),
        )
    parts = ("history", __version__, iri, str(slice_.page), site.live().history)
    return rendering.send(
        rendering.entity_tag(*parts), form, lambda: _written(iri, slice_)
    )


def _meant(path: Spelling) -> str:
    """The IRI of a thing that is, or of one that was: the first with a past."""
    dataset = site.dataset()
    known = address.find(dataset, path)
    if known is not None:
        return known.value
    candidates = dataset.names.iris_of(path)
    state = site.live().state
    past = (iri for iri in candidates if chronicle.count(state, iri))
    return next(past, address.meant(dataset, path))


def _unknown(iri: str) -> NotFound:
    if chronicle.head(site.live().state):
        return NotFound(
            f"No commit says anything of <{iri}>.", "Check how it is spelt."
        )
    return NotFound(
        "Nothing is known of earlier states of this graph.",
        "Its folder is in no git checkout, or that has not been read yet.",
    )


def _entries(iri: str, slice_: Slice) -> Sequence[Entry]:
    state = site.live().state
    return chronicle.of(state, iri, limit=_SIZE, before=slice_.first - 1)


def _shown(iri: str, slice_: Slice) -> Mapping[str, object]:
    """What the page shows: each change with its statements, as terms with labels."""
    node = ox.NamedNode(iri)
    dataset = site.dataset()
    return {
        "node": node,
        "label": dataset.label(node, site.language()),
        "there": dataset.describes(node),
        "slice": slice_,
        "shallow": chronicle.is_shallow(site.live().state),
        "changes": [
            (entry, (*_terms("-", entry.removed), *_terms("+", entry.added)))
            for entry in _entries(iri, slice_)
        ],
    }


def _terms(
    mark: str, triples: Iterable[ox.Triple]
) -> Iterable[tuple[str, ox.NamedNode, Label, Term, Label]]:
    dataset, language = site.dataset(), site.language()
    for triple in triples:
        value = triple.object
        if isinstance(value, ox.Literal):
            label = Label(value.value, value.language or "")
        elif isinstance(value, ox.NamedNode):
            label = dataset.label(value, language)
        else:
            label = Label("…", "")
        prop = triple.predicate
        yield mark, prop, dataset.label(prop, language), value, label


def _written(iri: str, slice_: Slice) -> str:
    """The changes for machines; triples are lines of N-Triples."""
    found = {
        "entity": iri,
        "total": slice_.total,
        "page": slice_.page,
        "shallow": chronicle.is_shallow(site.live().state),
        "changes": [entry.as_json() for entry in _entries(iri, slice_)],
    }
    return json.dumps(found, ensure_ascii=False, indent=1)
