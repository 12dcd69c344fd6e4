"""What the templates may say, beside what a page gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox

from kgserver.ask import authorship
from kgserver.ask.browse import wording
from kgserver.ask.why import document
from kgserver.load.terms import spelling
from kgserver.model.problem import caret
from kgserver.model.refusal import NotReady
from kgserver.serve.frame import assets, messages, site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.ask.dataset import Label, Node
    from kgserver.ask.origins import Origin
    from kgserver.load.history.entries import Commit
    from kgserver.model.manifest import Snapshot
    from kgserver.model.settings import Settings

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def install(app: flask.Flask, settings: Settings) -> None:
    """Give the templates of an application their functions, filters and tests.

    None of them holds a dataset: Jinja's contexts are in circles, which would keep a
    version's files open.
    """
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "author_of": author_of,
        "brief": brief,
        "caret": caret,
        "chosen": lambda: settings,
        "foreign": foreign,
        "here": site.here,
        "href": site.href,
        "label_of": label_of,
        "language": site.language,
        "languages": messages.LANGUAGES,
        "node": ox.NamedNode,
        "script": assets.script,
        "standing": standing,
        "scripted": bool(assets.digest()),
        "style": assets.style(),
        "t": site.t,
        "to": site.to,
        "title": settings.title,
        "why_href": why_href,
    }
    app.jinja_env.filters |= {
        "date": lambda text: wording.date(text, site.language()),
        "integer": lambda value: wording.integer(value, site.language()),
        "tag": spelling.tag,
    }
    app.jinja_env.tests |= {
        "foreign": foreign,
        "iri": lambda term: isinstance(term, ox.NamedNode),
        "literal": lambda term: isinstance(term, ox.Literal),
    }


def label_of(node: Node) -> Label:
    """What a thing is called, in the reader's language if it has such a name."""
    return site.dataset().label(node, site.language())


def standing() -> Snapshot | None:
    """The version in service, for pages that are about none; None before the first."""
    try:
        return site.live().dataset().snapshot
    except NotReady:
        return None


def why_href(subject: Term, predicate: Term, value: Term) -> str:
    """The address of the page that says why a triple holds."""
    return site.to(document.address(subject, predicate, value))


def author_of(origin: Origin) -> Commit | None:
    """The commit that wrote a line, where git knows it."""
    if "ledger" not in flask.g:
        flask.g.ledger = authorship.standing(site.dataset())
    return authorship.of(site.dataset(), origin, flask.g.ledger)


def brief(iri: str) -> str:
    """An IRI as a prefixed name where its namespace has a prefix."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = _prefixes().get(iri[:cut])
    return f"{prefix}:{iri[cut:]}" if prefix else iri


def foreign(iri: str) -> str:
    """The prefix of another vocabulary that a term comes from; empty for our own."""
    if iri.startswith(site.dataset().names.base):
        return ""
    return _prefixes().get(iri[: max(iri.rfind("#"), iri.rfind("/")) + 1], "")


def _prefixes() -> Mapping[str, str]:
    """The prefix of each namespace."""
    held = site.dataset()

    def by_namespace() -> Mapping[str, str]:
        return {namespace: prefix for prefix, namespace in held.prefixes.items()}

    return held.once("prefixes of namespaces", by_namespace)
