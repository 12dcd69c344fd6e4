"""Queries of one template are one to the guard: what it says of one holds for all."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from kgserver.ask.sparql import protocol, query
from kgserver.ask.sparql.gate import federation, guard, mends, templates
from kgserver.model import media
from kgserver.model.refusal import Refusal, ServiceDenied

from .test_fuzz import Grammar, broken

# What the ends and the beginnings of terms are made of, so that they meet by chance.
PIECES = (
    "<", ">", "<a:b>", "<a:c>", "<a#b>", "<a:b&c>", "<>", '"', '""', '"x"', '"y"', "#",
    "#x", "\n", ":", "e:f", "e:g", "e:f-g", "e:f-", "e:f.g", "e:f.h.i", "_:b", "?x:y",
    "@en", " ", " ", " ", "{", "}", "(", ")", "?x", "?y", "&&", "SELECT", "ASK", "*",
    "SERVICE", "e:SERVICE", "SERVICE:e", "TRUE", "1", ".", ";", "-", "%41", "ü", "=",
    "COUNT", "NOW", "VALUES", "a", "<=", "^^", "/",
)  # fmt: skip
TEXTS = 30_000
# Behind a query it changes nothing, but that its template is not looked for.
LONG = f"\n#{'x' * 2_000}"


def said(text: str) -> tuple[object, ...] | None:
    """What the guard reads a text as; None where it is refused, or changed anyhow."""
    try:
        found = guard.read(text)
        guard.check(text, found)
        mends.check(text, found)
    except Refusal:
        return None
    mended = mends.mend(text, found)
    if federation.written(mended, found, ())[0] != text:
        return None
    shown = ("word", "mark", "number", "variable", "language")
    return tuple((t.kind, t.text if t.kind in shown else "") for t in found)


def test_what_is_said_of_one_holds_for_all_of_its_shape() -> None:
    """Whatever terms, quotes and comments begin and end in each other."""
    chance = random.Random(3)
    of_template: dict[str, set[tuple[object, ...] | None]] = defaultdict(set)
    several: dict[str, set[str]] = defaultdict(set)
    for _ in range(TEXTS):
        pieces = chance.choices(PIECES, k=chance.randrange(1, 8))
        text = "".join(pieces)
        template = templates.of(text)
        if template:
            of_template[template].add(said(text))
            several[template].add(text)
    for template, found in of_template.items():
        assert len(found) == 1, several[template]
    assert sum(len(texts) > 1 for texts in several.values()) > 500


@pytest.mark.parametrize("seed", range(6))
def test_a_query_asked_again_with_other_terms_is_looked_at_as_before(seed: int) -> None:
    """It has the same task as one that nothing was known of, or the same refusal."""
    grammar = Grammar(4000 + seed)
    for _ in range(40):
        text = grammar.query().replace("'", '"').replace("SERVICE", "SERVING")
        if grammar.chance.random() < 0.3:
            text = broken(text, grammar.chance)
        other = text.replace("http://e/s", "http://e/other").replace("e:p", "e:other")
        first, second = considered(text), considered(other)

        assert (first is None) == (second is None), text
        if second:
            form, text, steady = second
            assert considered(other + LONG) == (form, text + LONG, steady)


def considered(text: str) -> tuple[str, str, bool] | None:
    """The form of a query, its text for the engine, whether its answer may be kept."""
    try:
        found = query.consider(protocol.Query(text))
    except Refusal:
        return None
    return found.form, query.task(found, media.JSON).text, found.steady


def test_a_shape_is_known_only_where_nothing_is_refused_or_changed() -> None:
    """SERVICE, and what the engine reads otherwise, is looked at each time."""
    plain = 'SELECT * { <http://e/1> e:p "x" } # one'
    for number in range(3):
        query.consider(protocol.Query(plain.replace("1", str(number))))
    assert templates.recall(templates.of(plain.replace("1", "other"))) == "SELECT"

    for text in (
        "SELECT * { ?s ?p TRUE }",
        "SELECT * { ?s ?p ?o FILTER(?o <http://e/1>) }",
        "SELECT (NOW() AS ?n) {}",
        "SELECT * { ?s ?p e:a.b.c }",
        "SELECT * { SERVICE SILENT <http://e/1> { ?s ?p ?o } }",
    ):
        query.consider(protocol.Query(text))
        assert templates.recall(templates.of(text)) is None, text


def test_who_may_be_asked_is_looked_at_each_time() -> None:
    """An endpoint is listed here and not there."""
    text = "SELECT * { SERVICE <http://e/1> { ?s ?p ?o } }"
    assert query.consider(protocol.Query(text), ("http://e/1",)).form == "SELECT"
    with pytest.raises(ServiceDenied):
        query.consider(protocol.Query(text))


def test_so_many_shapes_are_known_and_no_more() -> None:
    """Whoever asks something else each time fills nobody's memory."""
    for number in range(3_000):
        templates.learn(f"SELECT * {{ ?v{number} ?p ?o }}", "SELECT")
    assert templates.recall("SELECT * { ?v2999 ?p ?o }") == "SELECT"
    assert templates.recall("SELECT * { ?v0 ?p ?o }") is None
