"""Queries that differ only in their terms have one template, looked at once.

Programs ask the same query of one thing after another. What the guard, the mends and
the engine's oddities have to do with a query hangs on the kinds of its tokens and on
its words and marks, not on what an IRI, a name or a text says; so where nothing of a
query has to be refused or changed, nothing of another of its template has to be either.
"""

from __future__ import annotations

import re

_LONGEST = 2_000  # characters of a query whose template is worth knowing
_MOST = 1_000  # templates that are known at once
# Where texts and escapes are written so, terms are not told apart as simply as here.
_OTHER = re.compile(r"['\\]|\"\"\"|<<")
# What stands for a term begins where the term would, by the rules of `tokens`: an IRI
# goes before a comparison, and what is in an IRI, a text or a comment is nothing else.
_TERMS = re.compile(
    r"<[^\x00-\x20<>\"{}|^`\\]*+>"
    r"|\"[^\"\r\n]*+\""
    r"|\#[^\r\n]*+"
    r"|(?<=[A-Za-z0-9]):[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?+"
)
_STANDS_FOR = {'"': '""', "#": "#", ":": ":n"}
# An IRI of which no rule asks what is in it.
_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*+:[^&>]*+>")

_known: dict[str, str] = {}


def of(query: str) -> str:
    """The template of a query; empty where it has none that could be known."""
    if len(query) > _LONGEST or _OTHER.search(query):
        return ""
    return _TERMS.sub(_written, query)


def recall(template: str) -> str | None:
    """The form of the queries of a template of which nothing is refused or changed."""
    return _known.get(template)


def learn(template: str, form: str) -> None:
    """Know from now on that nothing of this template is refused or changed."""
    if template:
        if len(_known) >= _MOST:
            _known.clear()
        _known[template] = form


def _written(found: re.Match[str]) -> str:
    term = found[0]
    if term[0] == "<":
        return "<i>" if _IRI.fullmatch(term) else term
    return _STANDS_FOR[term[0]]
