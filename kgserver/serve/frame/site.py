"""What every page shares: the dataset it is about, the reader's language, its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask
import pyoxigraph as ox

from kgserver import __version__
from kgserver.ask.documents import address
from kgserver.model import media
from kgserver.serve import rendering, requested, travel
from kgserver.serve.frame import assets, messages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markupsafe import Markup

    from kgserver.ask.dataset import Dataset
    from kgserver.model.settings import Settings
    from kgserver.serve.live import Live

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_LIVE = "kgserver-live"
_SETTINGS = "kgserver-settings"
# What stays in the address from page to page.
_KEPT = ("lang", "version")


def install(app: flask.Flask, settings: Settings, live: Live) -> None:
    """Give the application what its pages are about."""
    app.extensions[_LIVE], app.extensions[_SETTINGS] = live, settings
    # Flask's contexts are in circles, which would keep a version's files open.
    app.teardown_appcontext(lambda _: flask.g.pop("dataset", None))


def live() -> Live:
    """What is in service."""
    found: Live = flask.current_app.extensions[_LIVE]
    return found


def settings() -> Settings:
    """The settings that the application was made with."""
    found: Settings = flask.current_app.extensions[_SETTINGS]
    return found


def dataset() -> Dataset:
    """The dataset that this request is about, the same one to its end.

    A page may be asked for as it was in an older version, by the parameter `version`.
    """
    held: Dataset | None = flask.g.get("dataset")
    if held is None:
        name = travel.version()
        held = live().version(name) if name else live().dataset()
        flask.g.dataset = held
    return held


def older() -> bool:
    """Whether the page is about another version than the one in service."""
    return dataset().snapshot.version != live().dataset().snapshot.version


def language() -> str:
    """The language of the page: the one of `?lang=`, else the one liked best."""
    chosen: str | None = flask.g.get(rendering.LANGUAGE)
    if chosen is None:
        asked = flask.request.args.get("lang")
        chosen = messages.choose(asked, flask.request.accept_languages)
        setattr(flask.g, rendering.LANGUAGE, chosen)
    return chosen


def t(key: str, **values: object) -> Markup:
    """A message of the catalogue in the reader's language."""
    return messages.message(key, language(), **values)


def to(path: str) -> str:
    """A path of this server; the language and version asked for stay asked for."""
    asked = _asked()
    if not asked or not path.startswith("/"):
        return path
    path, mark, fragment = path.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{asked}{mark}{fragment}"


def _asked() -> str:
    """What of this request's query every address on its page has too."""
    asked: str | None = flask.g.get("asked")
    if asked is None:
        given = flask.request.args
        kept = {name: given[name] for name in _KEPT if name in given}
        if "lang" in kept:
            kept["lang"] = messages.spoken(kept["lang"])
        found = {name: value for name, value in kept.items() if value}
        asked = flask.g.asked = urlencode(found)
    return asked


def here(**changes: str | int | None) -> str:
    """This page's address with other parameters; one that is None is left out."""
    kept = [
        (name, value)
        for name, value in flask.request.args.items(multi=True)
        if name not in changes
    ]
    given = [(name, value) for name, value in changes.items() if value is not None]
    path = requested.address()
    return f"{path}?{urlencode([*kept, *given])}" if kept or given else path


def href(iri: str) -> str:
    """The address of an IRI's page on this server, or the IRI itself where it has none.

    Only IRIs of the web become links elsewhere; what else an IRI may be (`javascript:`)
    leads to this server's page about it.
    """
    held = dataset()
    return to(held.kept("addresses", iri, lambda iri: _address(held, iri)))


def _address(held: Dataset, iri: str) -> str:
    if iri.startswith(held.names.base):
        return address.page_of(held, iri)
    known = not iri.startswith(("http://", "https://")) or held.describes(
        ox.NamedNode(iri)
    )
    return held.names.path_of(iri) if known else iri


def page(
    template: str,
    *,
    tag: str = "",
    context: Callable[[], Mapping[str, object]] = dict,
    **given: object,
) -> flask.Response:
    """A page about the dataset; a page with no `tag` is made anew each time.

    What is given as `context` is made only where the page is: not for a client that
    holds the page already.
    """
    trouble = live().trouble()
    held = dataset()

    def body() -> str:
        return flask.render_template(
            template,
            names=held.names,
            snapshot=held.snapshot,
            settings=settings(),
            older=older(),
            trouble=trouble,
            **given,
            **context(),
        )

    if tag:
        asked = flask.request.full_path
        faults = (problem.as_text() for problem in trouble)
        made = (
            f"{held.snapshot.version}",
            __version__,
            assets.digest(),
            assets.style(),
        )
        parts = (tag, *made, language(), asked, *faults)
        tag = rendering.entity_tag(held.snapshot.digest, *parts)
    return rendering.send(tag, media.HTML, body)
