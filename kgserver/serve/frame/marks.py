"""Names and links as HTML: the smallest marks of a page, of which it has the most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
from markupsafe import Markup, escape

from kgserver.ask.browse import wording
from kgserver.ask.dataset import Label
from kgserver.load.terms import spelling
from kgserver.serve.frame import messages, site, templating

if TYPE_CHECKING:
    from collections.abc import Iterable

    import flask

    from kgserver.ask.browse.thing.evidence import Evidence
    from kgserver.ask.browse.thing.statements import Group, Value
    from kgserver.ask.origins import Origin
    from kgserver.ask.passages import Quote

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

_PLACES = 3  # lines that are named before any is opened
_NAMELESS = "…"  # the label of what has no name
# Where one part of an IRI ends.
_PART = re.compile(r"(?<=[/#?&])(?=[^/#?&])")


def install(app: flask.Flask) -> None:
    """Give the templates their marks."""
    app.jinja_env.globals |= {
        "author": author,
        "linked": linked,
        "named": named,
        "shown_iri": shown_iri,
        "property": verb,
        "quoted": quoted,
        "row": row,
        "said": said,
        "term": term,
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


def term(end: Term, label: Label, inside: Iterable[Group] = ()) -> Markup:
    """One end of a statement: a link where it is a thing, else its text.

    `inside` is what is said of an end that has no page.
    """
    return Markup(_term(end, label, inside))


def row(value: Value) -> Markup:
    """One end of a statement, and who says the statement."""
    follows = ' class="follows"' if value.inferred else ""
    end = f'<span class="value">{_term(value.term, value.label, value.inside)}</span>'
    return Markup(f"<li{follows}>{end} {_source(value)}</li>")


def quoted(quote: Quote, *, named: bool = True) -> Markup:
    """The words of a passage; their document is named once for those that follow."""
    iri = quote.evidence.value if isinstance(quote.evidence, ox.NamedNode) else ""
    target = escape(site.href(iri)) if iri else "#main"
    words: str = escape(quote.text)
    if named:
        label = _named(templating.label_of(quote.source or quote.evidence))
        cite = f'<cite lang="{site.language()}"><a href="{target}">{label}</a></cite>'
        words = f"{words}\n{cite}"
    else:
        words = f'<a href="{target}">{words}</a>'
    other = quote.language and quote.language != site.language().lower()
    language = f' lang="{escape(quote.language)}"' if other else ""
    return Markup(f"<blockquote{language}>{words}</blockquote>")


def author(origin: Origin) -> Markup:
    """Who wrote a line, and when, where git knows it."""
    commit = templating.author_of(origin)
    if commit is None:
        return Markup()
    day = wording.date(commit.date[:10], site.language())
    return Markup(
        f' <small class="written"><bdi>{escape(commit.author)}</bdi>, '
        f'<time datetime="{escape(commit.date)}">{day}</time>, '
        f'<code title="{escape(commit.summary)}">{escape(commit.short)}</code></small>'
    )


def verb(iri: str, label: Label) -> Markup:
    """A link to a property beside what it says; its vocabulary is in the title only."""
    return Markup(_linked(iri, label))


def said(text: str) -> Markup:
    """A sentence of the code, in the reader's language where that is known."""
    words, language = messages.said(text, site.language())
    return Markup(_named(Label(words, language.lower())))


def _term(end: Term, label: Label, inside: Iterable[Group]) -> str:
    if isinstance(end, ox.NamedNode):
        return linked(end.value, label)
    if isinstance(end, ox.Literal):
        foreign = label.language and label.language != site.language().lower()
        tag = escape(spelling.tag(label.language)) if foreign else ""
        return _named(label) + (f' <small class="tag">{tag}</small>' if tag else "")
    if inside:
        return f'<dl class="inside">{"".join(map(_inside, inside))}</dl>'
    if label.text == _NAMELESS:
        return f'<span class="nameless">{site.t("resource.nameless")}</span>'
    return _named(label)


def _inside(group: Group) -> str:
    """What is said of a nameless node by one property, in the place of its name."""
    values = "".join(
        f"<dd>{_term(value.term, value.label, value.inside)}</dd>"
        for value in group.values
    )
    return f"<div><dt>{_named(group.label)}</dt>{values}</div>"


def _source(value: Value) -> str:
    """Who says a statement: file and line, the words behind it, or that it follows.

    What only follows may be said by a file the other way round.
    """
    lines = value.evidence.lines
    if value.inferred:
        return _inference(value) + (_behind(value.evidence) if lines else "")
    if lines:
        return _behind(value.evidence)
    names = site.dataset().names
    graphs = (
        f'<a href="{escape(site.href(graph))}">'
        f"{escape(graph.removeprefix(f'{names.base}graph/'))}</a> "
        for graph in value.graphs
    )
    return f'<small class="source">{"".join(graphs)}</small>'


def _inference(value: Value) -> str:
    said = value.triple
    why = escape(templating.why_href(said.subject, said.predicate, said.object))
    how, follows = site.t("resource.why-inferred"), site.t("resource.inferred")
    link = f'<a href="{why}" title="{how}">{follows}</a>'
    return f'<small class="source inferred">{link}</small>'


def _behind(evidence: Evidence) -> str:
    """The lines of files, which open in place to what stands there and is quoted."""
    places = escape(", ".join(_short(origin) for origin in evidence.lines[:_PLACES]))
    quotes = "".join(map(quoted, evidence.quotes))
    lines = "".join(map(_line, evidence.lines))
    worded = " worded" if quotes else ""
    summary = f"<summary>{places}</summary>"
    return f'<details class="source{worded}">{summary}{quotes}{lines}</details>'


def _short(origin: Origin) -> str:
    name = origin.path.rpartition("/")[2].rpartition(".")[0]
    return f"{name}:{origin.line}" if origin.line else name


def _line(origin: Origin) -> str:
    text = escape(origin.text.strip())
    line = f' <code class="line">{text}</code>' if text else ""
    place = escape(f"{origin.path}:{origin.line}")
    return f"<p><code>{place}</code>{line}{author(origin)}</p>"


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
