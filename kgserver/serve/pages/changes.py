"""What changed from version to version: a page, an Atom feed (RFC 4287), JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from kgserver.ask.browse import written
from kgserver.ask.browse.listing import changes
from kgserver.model import media
from kgserver.serve import rendering, requested
from kgserver.serve.data import documents
from kgserver.serve.frame import site
from kgserver.serve.pages import lists

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kgserver.ask.browse.listing.changes import Change
    from kgserver.ask.dataset import Label

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

changes_page = flask.Blueprint("changes_page", __name__)
ATOM = media.Media("application/atom+xml", "atom", "Atom", "page")
_MOST, _SHOWN = 50, 100


@changes_page.app_template_global()
def as_written(term: Term) -> Label:
    """A term as a person would write it, in the reader's language."""
    return written.term(site.dataset(), term, site.language())


@changes_page.route("/changes")
def history() -> flask.Response:
    """The changes between the versions that are kept, the newest first."""
    form = documents.asked((media.HTML, lists.JSON, ATOM))
    if form is ATOM:
        return feed()
    if form is lists.JSON:
        return rendering.send(_tag("json"), form, _json)
    return site.page(
        "changes.html",
        tag="changes",
        context=lambda: {"changes": _latest(), "shown": _SHOWN},
    )


@changes_page.route("/changes.atom")
def feed() -> flask.Response:
    """The same for whoever follows along."""

    def body() -> str:
        return flask.render_template(
            "changes.atom",
            changes=_latest(),
            root=requested.root().rstrip("/"),
            settings=site.settings(),
            snapshot=site.dataset().snapshot,
        )

    return rendering.send(_tag("atom", requested.root()), ATOM, body)


def _latest() -> list[Change]:
    return changes.latest(site.live().state, _MOST)


def _json() -> str:
    found = [
        {
            "version": each.version,
            "created": each.created,
            "digest": each.digest,
            "files": each.files,
            "notCompared": each.large,
            "inferred": each.inferred,
            "added": [str(triple) for triple in each.added[:_SHOWN]],
            "removed": [str(triple) for triple in each.removed[:_SHOWN]],
            "addedCount": len(each.added),
            "removedCount": len(each.removed),
        }
        for each in _latest()
    ]
    return flask.json.dumps(found, ensure_ascii=False)


def _tag(*parts: str) -> str:
    version = str(site.dataset().snapshot.version)
    digest = site.dataset().snapshot.digest
    return rendering.entity_tag(digest, version, site.language(), *parts)
