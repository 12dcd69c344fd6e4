"""A query read for its shape, and the first place at which it stops being SPARQL.

The engine decides what is legal. This reader follows the same grammar (SPARQL 1.1
§19.8) on the tokens, so that it can say what was expected where, and which patterns
there are. Expressions are only passed over. Depth is bounded by the guard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from kgserver.ask.sparql.gate.tokens import Token
from kgserver.ask.sparql.syntax.cursor import Unreadable
from kgserver.ask.sparql.syntax.groups import GroupReader
from kgserver.ask.sparql.syntax.tree import Element, Group, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREFIX = "Write PREFIX ex: <http://…>."
_HAVING = "HAVING (COUNT(?x) > 1)"
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


def read(query: str, found: Sequence[Token]) -> Tree:
    """The shape of a query; raises Unreadable at the first place that has none."""
    return QueryReader(query, found).query()


class QueryReader(GroupReader):
    """One query while it is being read."""

    sources = ""

    def query(self) -> Tree:
        """The whole query."""
        prologue = self.prologue()
        form = self.take().word
        read = {
            "SELECT": self.select, "ASK": self.ask,
            "CONSTRUCT": self.construct, "DESCRIBE": self.describe,
        }.get(form, self.unknown)  # fmt: skip
        where, end = read(), self.token.offset
        sources = self.sources
        self.modifiers()
        if self.token is not self.last:
            self.fail("the end of the query", "Take away what stands behind it.")
        return Tree(prologue, form, sources, where, end)

    def unknown(self) -> NoReturn:
        """Stop: no query begins so."""
        self.at -= 1
        self.fail("SELECT, ASK, CONSTRUCT or DESCRIBE")

    def prologue(self) -> str:
        """PREFIX, BASE and VERSION; their text."""
        begin = self.token.offset
        while self.token.word in {"PREFIX", "BASE", "VERSION"}:
            word = self.take().word
            if word == "PREFIX":
                if self.token.kind != "name" or not self.token.text.endswith(":"):
                    self.fail("a prefix with its colon", _PREFIX)
                self.take()
            kind = "text" if word == "VERSION" else "iri"
            if self.token.kind != kind:
                self.fail("an IRI in angle brackets", _PREFIX)
            self.take()
        return self.source(begin) if self.at else ""

    def subquery(self) -> Element:
        """A SELECT within a group."""
        begin, first = self.take().offset, self.at - 1
        where = self.select()
        self.modifiers()
        return self.made("SELECT", begin, first, (where,), "")

    def select(self) -> Group:
        """What a SELECT asks for, and its WHERE."""
        if self.token.word in {"DISTINCT", "REDUCED"}:
            self.take()
        self.projection()
        return self.where()

    def projection(self) -> None:
        """The variables of a SELECT."""
        if self.token.mark == "*":
            self.take()
            return
        count = 0
        while self.token.kind == "variable" or self.token.mark == "(":
            count += 1
            if self.token.kind == "variable":
                self.bare()
            else:
                self.expression()
        if not count:
            self.fail(
                "a variable, (expression AS ?name) or *", "Write SELECT ?x or SELECT *."
            )

    def bare(self) -> None:
        """A variable as it is."""
        name = self.take().text
        if self.token.word == "AS":
            self.fail("another variable or {", f"Put it in brackets: ({name} AS ?x).")

    def expression(self) -> None:
        """`(expression AS ?name)`."""
        inside = self.found[self.at + 1 : self.at + 3]
        if [inside[0].kind, inside[-1].mark] == ["variable", ")"]:
            name = inside[0].text
            self.fail("a bare variable", f"Take its brackets away: {name}.")
        self.alias("SELECT (… AS ?name)")

    def ask(self) -> Group:
        """The WHERE of an ASK."""
        return self.where()

    def construct(self) -> Group:
        """The template, passed over, and the WHERE."""
        if self.token.mark == "{":
            template = self.group()
            for part in template.parts:
                if isinstance(part, Element):
                    token = Token("word", part.kind, part.offset)
                    hint = "A template holds triples only; conditions go into WHERE."
                    raise Unreadable(token, "a triple of the template", hint)
        elif self.token.word not in {"WHERE", "FROM"}:
            hint = "Write CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }."
            self.fail("the template in braces", hint)
        return self.where()

    def describe(self) -> Group | None:
        """What is described, and the WHERE where there is one."""
        if self.token.mark == "*":
            self.take()
        else:
            if self.token.kind not in {"variable", "iri", "name"}:
                self.fail(
                    "an IRI or variable to describe", "Write DESCRIBE <http://…>."
                )
            while self.token.kind in {"variable", "iri", "name"}:
                self.take()
        self.dataset()
        if self.token.word == "WHERE" or self.token.mark == "{":
            return self.where()
        return None

    def dataset(self) -> None:
        """FROM and FROM NAMED, passed over."""
        begin = self.token.offset
        while self.token.word == "FROM":
            self.take()
            if self.token.word == "NAMED":
                self.take()
            if self.token.kind not in {"iri", "name"}:
                self.fail("the IRI of a graph", "Write FROM <http://…>.")
            self.take()
            self.sources = self.source(begin)

    def where(self) -> Group:
        """The group behind WHERE."""
        self.dataset()
        if self.token.word == "WHERE":
            self.take()
        if self.token.mark != "{":
            self.fail("an opening {", "Put the patterns in braces: WHERE { … }.")
        return self.group()

    def modifiers(self) -> None:
        """GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET, VALUES: passed over, in order."""
        reached = 0
        while self.token.word in _MODIFIERS:
            place = _MODIFIERS.index(self.token.word)
            before = _MODIFIERS[max(reached - 1, 0)]
            free = {self.token.word, before} == {"LIMIT", "OFFSET"}
            if place < reached and not free:
                self.fail(
                    f"what may follow {before}",
                    "The order is GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET.",
                )
            reached = max(place + 1, reached)
            self.modifier(self.take().word)

    def modifier(self, word: str) -> None:
        """One modifier, passed over."""
        if word in {"GROUP", "ORDER"}:
            if self.token.word != "BY":
                self.fail("BY", f"Write {word} BY.")
            self.take()
        if word in {"LIMIT", "OFFSET"}:
            if self.token.kind != "number":
                self.fail("a number", f"Write {word} 10.")
            self.take()
            return
        if word in {"VALUES", "HAVING"}:
            read = self.values if word == "VALUES" else self.having
            read()
            return
        self.sorting(word)

    def having(self) -> None:
        """The conditions behind HAVING."""
        self.constraint(_HAVING)
        while self.token.mark == "(" or self.after.mark == "(":
            if self.token.word in _MODIFIERS:
                return
            self.constraint(_HAVING)

    def sorting(self, word: str) -> None:
        """What is grouped or ordered by, passed over."""
        begin = self.at
        stops = {"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "GROUP"}
        while self.token is not self.last and self.token.mark != "}":
            if self.token.word in stops:
                break
            self.step()
        if self.at == begin:
            self.fail("a variable or an expression", f"Say what to {word.lower()} by.")
