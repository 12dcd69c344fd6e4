"""What every page shares: the dataset it is about, the reader's language, its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import flask
import pyoxigraph as ox

from kgserver import __version__
from kgserver.ask import authorship
from kgserver.ask.browse import wording
from kgserver.ask.documents import address
from kgserver.ask.why import document
from kgserver.model import media
from kgserver.model.problem import caret
from kgserver.model.refusal import NotReady
from kgserver.serve import assets, messages, rendering, requested, travel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markupsafe import Markup

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.origins import Origin
    from kgserver.load.history.entries import Commit
    from kgserver.model.manifest import Snapshot
    from kgserver.model.settings import Settings
    from kgserver.serve.live import Live

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_LIVE = "kgserver-live"
_SETTINGS = "kgserver-settings"
# What stays in the address from page to page.
_KEPT = ("lang", "version")


def install(app: flask.Flask, settings: Settings, live: Live) -> None:
    """Give the application what its pages are about and its templates use."""
    app.extensions[_LIVE], app.extensions[_SETTINGS] = live, settings
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "author_of": author_of,
        "brief": brief,
        "caret": caret,
        "chosen": lambda: settings,
        "foreign": foreign,
        "here": here,
        "href": href,
        "language": language,
        "languages": messages.LANGUAGES,
        "node": ox.NamedNode,
        "script": assets.script,
        "standing": standing,
        "scripted": bool(assets.digest()),
        "t": t,
        "to": to,
        "title": settings.title,
        "why_href": why_href,
    }
    app.jinja_env.filters |= {
        "date": lambda text: wording.date(text, language()),
        "integer": lambda value: wording.integer(value, language()),
    }
    app.jinja_env.tests |= {
        "foreign": foreign,
        "iri": lambda term: isinstance(term, ox.NamedNode),
        "literal": lambda term: isinstance(term, ox.Literal),
    }


def settings_of(app: flask.Flask) -> Settings:
    """The settings of an application, outside of a request."""
    found: Settings = app.extensions[_SETTINGS]
    return found


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


def standing() -> Snapshot | None:
    """The version in service, for pages that are about none; None before the first."""
    try:
        return live().dataset().snapshot
    except NotReady:
        return None


def language() -> str:
    """The language of the page: the one of `?lang=`, else the one liked best."""
    chosen: str | None = flask.g.get("language")
    if chosen is None:
        asked = flask.request.args.get("lang")
        chosen = messages.choose(asked, flask.request.accept_languages)
        flask.g.language = chosen
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
        if kept.get("lang") not in messages.LANGUAGES:
            kept.pop("lang", "")
        asked = flask.g.asked = urlencode(kept)
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
    paths = dataset().names
    if iri.startswith(paths.base):
        return to(address.page_of(dataset(), iri))
    if iri.startswith(("http://", "https://")) and not dataset().describes(
        ox.NamedNode(iri)
    ):
        return iri
    return to(paths.path_of(iri))


def why_href(subject: Term, predicate: Term, value: Term) -> str:
    """The address of the page that says why a triple holds."""
    return to(document.address(subject, predicate, value))


def author_of(origin: Origin) -> Commit | None:
    """The commit that wrote a line, where git knows it."""
    return authorship.of(dataset(), origin)


def brief(iri: str) -> str:
    """An IRI as a prefixed name where its namespace has a prefix."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = _prefixes().get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix else iri


def foreign(iri: str) -> str:
    """The prefix of another vocabulary that a term comes from; empty for our own."""
    if iri.startswith(dataset().names.base):
        return ""
    return _prefixes().get(iri[: max(iri.rfind("#"), iri.rfind("/")) + 1], "")


def _prefixes() -> Mapping[str, str]:
    """The prefix of each namespace."""
    held = dataset()

    def by_namespace() -> Mapping[str, str]:
        return {namespace: prefix for prefix, namespace in held.prefixes.items()}

    return held.once("prefixes of namespaces", by_namespace)


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
            dataset=held,
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
        made = f"{held.snapshot.version} {__version__} {assets.digest()}"
        parts = (tag, made, language(), asked, *faults)
        tag = rendering.entity_tag(held.snapshot.digest, *parts)
    return rendering.send(tag, media.HTML, body)
