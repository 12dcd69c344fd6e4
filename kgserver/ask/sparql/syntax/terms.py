"""The terms and triple patterns of a query, blank nodes written as variables."""

from __future__ import annotations

from kgserver.ask.sparql.syntax.cursor import Cursor
from kgserver.ask.sparql.syntax.tree import Element, Pattern
from kgserver.model import names

_SINGLE = frozenset(["variable", "iri", "name", "node", "text", "number"])
_TRUTHS = frozenset(["TRUE", "FALSE"])
_MODIFIERS = frozenset("*+?")
_RDF = names.RDF


class TermReader(Cursor):
    """Reads terms, paths and the triples that hang on a subject.

    Patterns are gathered in `patterns`; whoever reads a group takes them from there.
    """

    patterns: list[Pattern | Element]
    blanks = 0

    def blank(self) -> str:
        """A variable in the place of a blank node without a label."""
        self.blanks += 1
        return f"?_{self.blanks}"

    def begins_term(self) -> bool:
        """Whether a term begins here."""
        token = self.token
        return (
            token.kind in _SINGLE
            or token.mark in {"(", "[", "<<", "<<("}
            or (token.mark in {"+", "-"} and self.after.kind == "number")
            or token.word in _TRUTHS
        )

    def term(self, place: str, hint: str) -> str:
        """The term that stands here, in SPARQL's syntax; `place` is what it is for."""
        if not self.begins_term():
            self.fail(place, hint)
        mark = self.token.mark
        if mark == "[":
            return self.nameless()
        if mark == "(":
            return self.listed()
        if mark in {"<<", "<<("}:
            return self.quoted(mark)
        begin = self.token.offset
        sign = mark in {"+", "-"}
        token = self.take()
        if sign:
            self.take()
        if token.kind == "node":
            return f"?_{token.text[2:].replace('.', '_').replace('-', '_')}"
        if token.kind == "text":
            self.tail()
        return self.source(begin)

    def tail(self) -> None:
        """The language or datatype behind a text."""
        if self.token.kind == "language":
            self.take()
        elif self.token.mark == "^^":
            self.take()
            if self.token.kind not in {"iri", "name"}:
                self.fail("the datatype's IRI", 'Write "2024"^^xsd:gYear.')
            self.take()

    def nameless(self) -> str:
        """`[ … ]`: a variable, and the triples about it."""
        self.take()
        node = self.blank()
        if self.token.mark != "]":
            self.properties(node)
        self.mark("]", "Close the [ before.")
        return node

    def listed(self) -> str:
        """`( … )`: an RDF collection, as its triples."""
        begin = self.take().offset
        head = node = self.blank()
        empty = True
        while self.token.mark != ")":
            if not empty:
                rest = self.blank()
                self.add(node, f"<{_RDF}rest>", rest, begin)
                node = rest
            value = self.term("a value or )", "Close the ( of the list.")
            self.add(node, f"<{_RDF}first>", value, begin)
            empty = False
        self.take()
        if empty:
            return f"<{_RDF}nil>"
        self.add(node, f"<{_RDF}rest>", f"<{_RDF}nil>", begin)
        return head

    def quoted(self, mark: str) -> str:
        """`<<( … )>>` as it is written; `<< … >>` as the variable of its reifier."""
        begin, closing = self.take().offset, ")>>" if mark == "<<(" else ">>"
        while self.token.mark != closing:
            if self.token is self.last:
                self.fail(closing, f"Close the {mark} before.")
            if self.token.mark in {"<<", "<<("}:
                self.quoted(self.token.mark)
            else:
                self.take()
        self.take()
        return self.source(begin) if mark == "<<(" else self.blank()

    def begins_path(self) -> bool:
        """Whether a predicate begins here."""
        token = self.token
        named = token.kind in {"variable", "iri", "name"} or token.text == "a"
        return named or token.mark in {"^", "!", "("}

    def path(self) -> str:
        """The predicate here: a variable, an IRI, `a`, or a property path."""
        begin = self.token.offset
        if self.token.kind == "variable":
            self.take()
            return self.source(begin)
        self.sequence()
        return self.source(begin)

    def sequence(self) -> None:
        """Steps of a path, joined by / and |."""
        self.primary()
        while self.token.mark in {"/", "|"}:
            self.take()
            self.primary()

    def primary(self) -> None:
        """One step of a path, with what stands before and behind it."""
        while self.token.mark in {"^", "!"}:
            self.take()
        if self.token.mark == "(":
            self.take()
            if self.token.mark != ")":
                self.sequence()
            self.mark(")", "Close the ( of the path.")
        elif self.token.kind in {"iri", "name"} or self.token.text == "a":
            self.take()
        else:
            self.fail("a property", "Write a property: an IRI, ex:name, a or ?p.")
        if self.token.mark in _MODIFIERS:
            self.take()
        if self.token.mark in _MODIFIERS:
            hint = "A step has one of * + ?, or its own brackets: (ex:name+)*."
            self.fail("a value", hint)

    def properties(self, subject: str) -> None:
        """Predicates and objects of a subject, with ; and , between them."""
        while True:
            begin = self.token.offset
            predicate = self.path()
            self.objects(subject, predicate, begin)
            if self.token.mark != ";":
                return
            while self.token.mark == ";":
                self.take()
            if not self.begins_path():
                return

    def objects(self, subject: str, predicate: str, begin: int) -> None:
        """The objects of a predicate, with , between them."""
        while True:
            hint = f"{subject} {predicate} … needs a value: write ?value."
            value = self.term("a value", hint)
            self.add(subject, predicate, value, begin)
            self.annotations()
            if self.token.mark != ",":
                return
            self.take()

    def annotations(self) -> None:
        """`~ ?reifier` and `{| … |}` behind an object (RDF 1.2), passed over."""
        while self.token.mark in {"~", "{|"}:
            if self.take().mark == "~":
                if self.begins_term():
                    self.take()
                continue
            self.properties(self.blank())
            self.mark("|}", "Close the {| before.")

    def add(self, subject: str, predicate: str, value: str, begin: int) -> None:
        """Keep a pattern."""
        said = (subject, predicate, value)
        variables = frozenset(term[1:] for term in said if term[0] in "?$")
        self.patterns.append(Pattern(*said, begin, variables))
