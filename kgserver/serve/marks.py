"""Names and links as HTML: the smallest marks of a page, of which it has the most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from kgserver.ask.dataset import Label
from kgserver.serve import messages, site, templating

if TYPE_CHECKING:
    import flask

# Where one part of an IRI ends.
_PART = re.compile(r"(?<=[/#?&])(?=[^/#?&])")


def install(app: flask.Flask) -> None:
    """Give the templates their marks."""
    app.jinja_env.globals |= {
        "named": named,
        "linked": linked,
        "shown_iri": shown_iri,
        "property": verb,
        "said": said,
    }


def named(label: Label) -> Markup:
    """A label, apart from the direction of what is around it, in its own language."""
    return Markup(_named(label))


def linked(iri: str, label: Label) -> Markup:
    """A link to the page about an IRI, and which vocabulary it is from if not ours."""
    vocabulary = templating.foreign(iri)
    tag = f' <small class="tag">{escape(vocabulary)}</small>' if vocabulary else ""
    return Markup(_linked(iri, label) + tag)


def shown_iri(iri: str) -> Markup:
    """An IRI as text, that may break into lines behind its parts."""
    return Markup("<wbr>").join(_PART.split(iri))


def verb(iri: str, label: Label) -> Markup:
    """A link to a property beside what it says; its vocabulary is in the title only."""
    return Markup(_linked(iri, label))


def said(text: str) -> Markup:
    """A sentence of the code, in the reader's language where that is known."""
    words, language = messages.said(text, site.language())
    return Markup(_named(Label(words, language.lower())))


def _linked(iri: str, label: Label) -> str:
    target = site.href(iri)
    away = ' rel="noopener"' if target == iri else ""
    return (
        f'<a href="{escape(target)}" title="{escape(templating.brief(iri))}"{away}>'
        f"{_named(label)}</a>"
    )


def _named(label: Label) -> str:
    other = label.language and label.language != site.language().lower()
    language = f' lang="{escape(label.language)}"' if other else ""
    return f"<bdi{language}>{escape(label.text)}</bdi>"
