"""Generated and broken queries, put to the guard: the same ones each time.

What a query holds is known from how it was made, and counted once more by a program
that shares nothing with the guard: a scanner of characters that knows comments, texts
and IRIs, and nothing else of the language.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.ask.engine import columns
from kgserver.ask.sparql import protocol, query
from kgserver.ask.sparql.gate import guard, mends, tokens
from kgserver.model.refusal import Refusal, ServiceDenied, TooComplex

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = range(12)
EACH = 40  # queries of each seed
ODD = (
    "\u00a0", "\u2028", "\ufeff", "\u200b", "\u0000", "\ud7ff", "\U0001f600", "\u0301",
    "\u00b7", "\u203f", "\\u0053", "\\U00000053", "ſ", "İ", "ＳＥＲＶＩＣＥ", "'",
    '"', "#", "<", ">", "\\", "\r", "'''", '"""', "?", "@", "_:", "{|", "<<(", "^^",
    "%", "SERVICE", "e:a\\'b", "SERVICE SILENT ", "SERVICE <", "\ud800", "\x7f",
)  # fmt: skip
# a port that no client of HTTP asks, so that nothing leaves this process
NOWHERE = "http://127.0.0.1:1/"
# what may stand before `<` where it begins an IRI, as far as the queries here go
SKIPPED = re.compile(
    r"""\#[^\r\n]*|"{3}(?:\\.|"{0,2}[^"\\])*"{3}|'{3}(?:\\.|'{0,2}[^'\\])*'{3}"""
    r"""|"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*'|<[^\s<>"{}|^`\\]*>""",
    re.DOTALL,
)


class Grammar:
    """Writes queries that SPARQL allows; `services` counts those that ask elsewhere."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.services = 0

    def query(self) -> str:
        """A query."""
        self.services = 0
        where = self.group(self.chance.randrange(1, 5))
        head = self.chance.choice(
            ["SELECT *", "select DISTINCT ?x", "ASK", "SELECT ?x"]
        )
        tail = self.chance.choice(["", " LIMIT 5", " ORDER BY ?x", " # SERVICE <x> {"])
        return f"PREFIX e: <{NOWHERE}#SERVICE>{self.space()}{head} WHERE {where}{tail}"

    def space(self) -> str:
        """What may stand between two tokens."""
        return self.chance.choice(
            [" ", "\n", "\t", " # it's \"SERVICE\n", "\r\n", "  "]
        )

    def term(self) -> str:
        """A variable, an IRI, a name, or a literal."""
        return self.chance.choice(
            ["?x", "$y", "<http://e/SERVICE>", "e:SERVICE", "'SERVICE <x>'", "?größe",
             '"""it\'s "SERVICE" """', "1.5e3", "true", '"a\\"b"@en', "'}'^^e:t"]
        )  # fmt: skip

    def triple(self) -> str:
        """A triple pattern."""
        subject = self.chance.choice(["?s", "<http://e/s>", "e:s", "[ e:p ?o ]"])
        path = self.chance.choice(["?p", "e:p", "a", "e:p/e:q", "(e:p|^e:q)*", "!e:p"])
        return f"{subject}{self.space()}{path} {self.term()} ."

    def group(self, depth: int) -> str:
        """A group, with others in it."""
        parts = [self.part(depth) for _ in range(self.chance.randrange(1, 4))]
        return "{" + self.space() + self.space().join(parts) + self.space() + "}"

    def part(self, depth: int) -> str:
        """Something that may stand in a group."""
        if depth <= 0:
            return self.triple()
        inner = depth - 1
        choices: list[Callable[[], str]] = [
            self.triple,
            lambda: f"OPTIONAL {self.group(inner)}",
            lambda: f"{self.group(inner)} UNION {self.group(inner)}",
            lambda: (
                f"FILTER(?x < 3 && (?y > {self.chance.randrange(9)} || !BOUND(?z)))"
            ),
            lambda: f"FILTER EXISTS {self.group(inner)}",
            lambda: f"GRAPH ?g {self.group(inner)}",
            lambda: "VALUES (?v ?w) { (1 UNDEF) ('SERVICE' <http://e/>) }",
            lambda: f"BIND({self.expression()} AS ?b{self.chance.getrandbits(60)})",
            lambda: self.service(inner),
        ]
        return self.chance.choice(choices)()

    def expression(self) -> str:
        """An expression."""
        return self.chance.choice(
            ["?x + 1", "STR(?x)", "'SERVICE'", "1 - -1", "?x IN (1)"]
        )

    def service(self, depth: int) -> str:
        """A part that another endpoint would be asked."""
        self.services += 1
        word = self.chance.choice(["SERVICE", "service", "SeRvIcE"])
        whom = self.chance.choice([f"<{NOWHERE}>", "?x", "e:there"])
        return f"{word}{self.space()}{whom}{self.space()}{self.group(depth)}"


def broken(text: str, chance: random.Random) -> str:
    """A text with something put in, taken out, doubled or exchanged, several times."""
    for _ in range(chance.randrange(1, 6)):
        one, other = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        text = chance.choice(
            [
                text[:one] + chance.choice(ODD) + text[one:],
                text[:one] + text[min(other, one + 9) :],
                text[:other] + text[one : one + 60] + text[other:],
                text[:one] + text[one:other].swapcase() + text[other:],
            ]
        )
    return text


def refused(text: str) -> Refusal | None:
    """Why a query may not be asked; anything but a Refusal is a fault of ours."""
    try:
        query.consider(protocol.Query(text))
    except Refusal as fault:
        return fault
    return None


def counted(text: str) -> dict[str, int]:
    """How deep a query is nested, by a program that knows no more than brackets."""
    deepest = dict.fromkeys("{([", 0)
    depth = dict.fromkeys("{([", 0)
    closing = dict(zip("})]", "{([", strict=True))
    for mark in SKIPPED.sub(" ", text):
        if mark in depth:
            depth[mark] += 1
            deepest[mark] = max(deepest[mark], depth[mark])
        elif mark in closing:
            depth[closing[mark]] -= 1
    return deepest


def asks_elsewhere(text: str, store: ox.Store) -> bool:
    """Whether the engine asks another endpoint; it says so, since it cannot be asked.

    It does where the rest of the query leads there.
    """
    try:
        found = store.query(text, base_iri=NOWHERE)
        list(found) if isinstance(found, ox.QuerySolutions) else bool(found)
    except OSError:
        return True
    except (SyntaxError, RuntimeError, ValueError) as fault:
        return "service name" in str(fault)
    return False


@pytest.fixture(scope="module")
def store() -> ox.Store:
    """A store in which most patterns match something."""
    made = ox.Store()
    iri, more = ox.NamedNode("http://e/s"), ox.NamedNode(f"{NOWHERE}#SERVICEp")
    for graph in (ox.DefaultGraph(), iri):
        made.add(ox.Quad(iri, more, ox.Literal("x"), graph))
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_the_guard_finds_every_service_and_nothing_else(
    seed: int, store: ox.Store
) -> None:
    """Wherever that word stands besides; and the engine can be seen to ask some."""
    grammar = Grammar(seed)
    seen = 0
    for _ in range(EACH):
        text = grammar.query()
        asked = len(list(guard.services(guard.read(text))))
        said = refused(text)
        elsewhere = asks_elsewhere(text, store)
        seen += elsewhere

        assert asked == grammar.services, text
        assert isinstance(said, ServiceDenied) == bool(asked), (said, text)
        assert said is None or asked, (said, text)
        assert asked or not elsewhere, text
    assert seen > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_query_may_be_nested_as_deep_as_the_limit_and_no_deeper(seed: int) -> None:
    """Whatever stands in it: in comments, texts, names and IRIs nothing counts."""
    grammar = Grammar(500 + seed)
    for _ in range(EACH // 4):
        group = grammar.group(3)
        levels = guard.LIMITS["group-nesting"].most - counted(group)["{"]
        for more in (levels, levels + 1):
            text = f"ASK {'{' * more}{group}{'}' * more}"

            assert (told(text) == "group-nesting") == (more > levels), text


def told(text: str) -> str:
    """The limit that a query is over, as if everybody might be asked; or nothing."""
    found = guard.read(text)
    everybody = {asked.text[1:-1] for _, asked, _ in guard.services(found)}
    try:
        guard.check(text, found, everybody)
    except TooComplex as fault:
        return fault.limit
    return ""


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_guard_lets_through_asks_nobody(seed: int, store: ox.Store) -> None:
    """Of broken queries too: the engine, which reads by itself, finds no SERVICE."""
    grammar = Grammar(1000 + seed)
    for _ in range(EACH):
        text = broken(grammar.query(), grammar.chance)
        if refused(text) is None:
            mended = mends.mend(text, guard.read(text))
            assert not asks_elsewhere(mended, store), text


@pytest.mark.parametrize("seed", SEEDS)
def test_tokens_are_all_of_the_text_and_nothing_else(seed: int) -> None:
    """Each stands where it says, none overlaps, and between them is what is unseen."""
    grammar = Grammar(2000 + seed)
    for _ in range(EACH):
        text = broken(grammar.query(), grammar.chance)
        end = 0
        for each in tokens.each(text):
            assert text[each.offset : each.end] == each.text, text
            between = text[end : each.offset]
            assert re.fullmatch(r"(?:[ \t\r\n]|#[^\r\n]*)*", between), (between, text)
            end = each.end


@pytest.mark.parametrize("seed", SEEDS[:4])
@pytest.mark.parametrize(
    ("opening", "closing", "most"),
    [("{", "}", 64), ("(", ")", 64), ("[", "]", 24)],
    ids=["groups", "brackets", "blank nodes"],
)
def test_what_is_nested_deeper_than_its_limit_is_refused(
    seed: int, opening: str, closing: str, most: int
) -> None:
    """However what lies between is written."""
    grammar = Grammar(3000 + seed)
    for depth in (most // 2, most, most + 1, most * 3):
        marks = [opening + grammar.space() for _ in range(depth)]
        before = grammar.chance.choice(["", "# } ) ]\n", "'})]' ", '"""})]""" '])
        text = f"{before}{''.join(marks)}{closing * depth}"
        deep = counted(text)[opening] > most

        assert bool(told(text)) == deep, text


@pytest.mark.parametrize("seed", SEEDS)
def test_a_star_stands_for_the_variables_that_the_engine_finds(seed: int) -> None:
    """For all of them and no other, in the order in which the query names them."""
    grammar, store = Grammar(seed), ox.Store()
    for _ in range(EACH):
        text = grammar.query().replace("SELECT ?x", "SELECT *", 1)
        if grammar.services:
            continue
        before, after = store.query(text), store.query(columns.named(text))
        if isinstance(before, ox.QuerySolutions):
            assert isinstance(after, ox.QuerySolutions)
            told = [each.value for each in after.variables]
            assert sorted(told) == sorted(each.value for each in before.variables)
            if re.search(r"SELECT\s*(?:DISTINCT\s*)?\*", text) and len(told) > 1:
                found = [re.search(rf"[?$]{each}\b", text) for each in told]
                places = [each.start() for each in found if each]
                assert places == sorted(places)
