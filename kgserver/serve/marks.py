"""Names and links as HTML: the smallest marks of a page, of which it has the most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kgserver.serve import site

if TYPE_CHECKING:
    import flask

    from kgserver.ask.dataset import Label


def install(app: flask.Flask) -> None:
    """Give the templates their marks."""
    app.jinja_env.globals |= {"named": named, "linked": linked}


def named(label: Label) -> Markup:
    """A label, apart from the direction of what is around it, in its own language."""
    return Markup(_named(label))


def linked(iri: str, label: Label) -> Markup:
    """A link to the page about an IRI, and which vocabulary it is from if not ours."""
    target, vocabulary = site.href(iri), site.foreign(iri)
    away = ' rel="noopener"' if target == iri else ""
    tag = f' <small class="tag">{escape(vocabulary)}</small>' if vocabulary else ""
    return Markup(
        f'<a href="{escape(target)}" title="{escape(site.brief(iri))}"{away}>'
        f"{_named(label)}</a>{tag}"
    )


def _named(label: Label) -> str:
    other = label.language and label.language != site.language().lower()
    language = f' lang="{escape(label.language)}"' if other else ""
    return f"<bdi{language}>{escape(label.text)}</bdi>"
