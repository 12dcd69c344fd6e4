"""An answer that a person types, read as a field wants it, or what is unfit."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse.listing import search
from kgserver.ask.dataset import DEFAULT
from kgserver.ask.drafting import values
from kgserver.ask.drafting.values import Unfit
from kgserver.load.terms import spelling
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.forms import Field
    from kgserver.ask.drafting.shapes import Path
    from kgserver.load.terms.spelling import Term

_TYPE = ox.NamedNode(names.RDF + "type")
_FEW = 5
"""How many things are proposed for one that was not found."""
_MANY = 50_000
"""How many things are looked at for words in their IRIs."""
MANY = 12
"""How many things there may be for all of them to be shown."""


def read(dataset: Dataset, field: Field, text: str, language: str = "") -> Term:
    """The value that is meant; raises Unfit."""
    if field.choices:
        return _chosen(dataset, field.choices, text)
    if field.links:
        return _linked(dataset, field, text)
    value = values.literal(field, text, language)
    values.fit(field, value)
    return value


def given(
    dataset: Dataset, fields: Sequence[Field], iri: str, text: str
) -> tuple[Path, Term]:
    """A property and value of an option; whether the value fits, a check will tell."""
    found = next((each for each in fields if each.property.value == iri), None)
    path = found.path if found else (ox.NamedNode(iri),)
    named = _named(dataset, text)
    if found and not named and (found.choices or found.links):
        with contextlib.suppress(Unfit):
            return path, read(dataset, found, text)
    return path, named or values.literal(found, text)


def called_so(fields: Sequence[Field], word: str) -> str | None:
    """The IRI of the field's property that a word without prefix names."""
    iris = (field.property.value for field in fields)
    return next((iri for iri in iris if names.local_name(iri) == word), None)


def labelled(text: str, language: str) -> tuple[Path, Term]:
    """A label in a language."""
    return (ox.NamedNode(names.RDFS + "label"),), ox.Literal(text, language=language)


def called(said: Sequence[tuple[Path, Term]]) -> str:
    """What a thing is called: its first name, else its first text."""
    texts = [(path[-1].value, v) for path, v in said if isinstance(v, ox.Literal)]
    named = [value for prop, value in texts if prop in names.NAMING]
    return next((each.value for each in (*named, *(v for _, v in texts))), "")


def shown(dataset: Dataset, term: Term) -> str:
    """A value as it is offered: its name, and how it is spelt."""
    spelt = spelling.spell(term, dataset.prefixes)
    name = f"{dataset.label(term).text} " if isinstance(term, ox.NamedNode) else ""
    return f"{name}({spelt})" if name else spelt


def offers(dataset: Dataset, field: Field) -> Sequence[Term]:
    """All values that there are to choose from, where these are few."""
    if field.choices or not field.kind:
        return field.choices
    kind = ox.NamedNode(field.kind)
    found = dataset.store.quads_for_pattern(None, _TYPE, kind, DEFAULT)
    nodes = [q.subject for q, _ in zip(found, range(MANY + 1), strict=False)]
    return sorted(nodes, key=str) if len(nodes) <= MANY else ()


def _chosen(dataset: Dataset, choices: Sequence[Term], text: str) -> Term:
    named = _named(dataset, text)
    wanted = search.fold(text)
    for each in choices:
        if each == named or wanted in _called(dataset, each):
            return each
    raise Unfit("it is none of the values that are allowed", choices)


def _called(dataset: Dataset, term: Term) -> set[str]:
    """What a value may be called by who chooses it."""
    if not isinstance(term, ox.NamedNode):
        return {search.fold(str(getattr(term, "value", term)))}
    label, local = dataset.label(term).text, names.local_name(term.value)
    return {
        search.fold(label),
        search.fold(local),
        search.fold(local.replace("-", " ")),
    }


def _linked(dataset: Dataset, field: Field, text: str) -> Term:
    named = _named(dataset, text) or _local(dataset, text)
    base = dataset.snapshot.base_iri
    if named:
        if dataset.describes(named):
            return _of_kind(dataset, field, named)
        if not named.value.startswith(base) and not field.kind:
            return named
    words = names.local_name(named.value).replace("-", " ") if named else text
    found = search.find(dataset, words, "en", 200)
    fitting = [hit for hit in found if _is(dataset, hit.node, field.kind)]
    exact = [h.node for h in fitting if search.fold(h.name) == search.fold(text)]
    near = [hit.node for hit in fitting] or _alike(dataset, field.kind, words)
    sure = exact if len(exact) == 1 else near if _all_in(words, fitting) else []
    if len(sure) == 1 and not named:
        return sure[0]
    if not field.kind and not near:
        raise Unfit(field.complaint or "write an IRI: https://… or id:name")
    what = names.shorten(named.value, dataset.prefixes) if named else f"“{text}”"
    kind = dataset.label(ox.NamedNode(field.kind)).text if field.kind else "thing"
    hint = "" if near else "; write its IRI, or make it first: kgserver new"
    raise Unfit(f"no {kind} is called {what}{hint}", near[:_FEW])


def _all_in(words: str, found: Sequence[search.Hit]) -> bool:
    """Whether every word that was typed is in the names, without a typing error."""
    asked = search.fold(words).split()
    return all(word in search.fold(hit.name) for hit in found for word in asked)


def _alike(dataset: Dataset, kind: str, words: str) -> list[ox.NamedNode]:
    """Things of a class with these words in their IRIs."""
    asked = search.fold(words).split()
    node = ox.NamedNode(kind) if kind else None
    found = dataset.store.quads_for_pattern(None, _TYPE, node, DEFAULT)
    things = (quad.subject for quad, _ in zip(found, range(_MANY), strict=False))
    return sorted(
        {
            each
            for each in things
            if isinstance(each, ox.NamedNode)
            and all(w in search.fold(names.local_name(each.value)) for w in asked)
        },
        key=lambda each: each.value,
    )


def _of_kind(dataset: Dataset, field: Field, node: ox.NamedNode) -> ox.NamedNode:
    if _is(dataset, node, field.kind):
        return node
    short = names.shorten(node.value, dataset.prefixes)
    kind = dataset.label(ox.NamedNode(field.kind)).text
    raise Unfit(f"{short} is no {kind}")


def _is(dataset: Dataset, node: ox.NamedNode, kind: str) -> bool:
    if not kind:
        return True
    given = dataset.store.quads_for_pattern(node, _TYPE, ox.NamedNode(kind), DEFAULT)
    return next(given, None) is not None


def _named(dataset: Dataset, text: str) -> ox.NamedNode | None:
    """The IRI that a text is, as `id:x`, `<…>` or `https://…`."""
    prefix, colon, local = text.partition(":")
    iri = ""
    if text.startswith("<") and text.endswith(">"):
        iri = text[1:-1]
    elif colon and prefix in dataset.prefixes and " " not in text:
        iri = dataset.prefixes[prefix] + local
    elif colon and local.startswith("//") and " " not in text:
        iri = text
    try:
        return ox.NamedNode(iri) if iri else None
    except ValueError:
        return None


def _local(dataset: Dataset, text: str) -> ox.NamedNode | None:
    """The thing with this last part of its IRI, where there is one."""
    if not re.fullmatch(r"[\w.-]+", text):
        return None
    node = ox.NamedNode(f"{dataset.snapshot.base_iri}id/{text}")
    return node if dataset.describes(node) else None
