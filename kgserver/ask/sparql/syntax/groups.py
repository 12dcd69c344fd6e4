"""The groups of a query: triple patterns, and what else stands between braces."""

from __future__ import annotations

from kgserver.ask.sparql.syntax.terms import TermReader
from kgserver.ask.sparql.syntax.tree import Element, Group

_GROUPED = frozenset(["OPTIONAL", "MINUS"])
_NAMED = frozenset(["GRAPH", "SERVICE"])
_CALLS = frozenset(["iri", "name", "word"])
_COMPARING = frozenset(["=", "!=", "<", ">", "<=", ">=", "&&", "||"])
_SUBJECT = "A triple begins with a variable, an IRI or ex:name."
# what a word or mark means that stands where a triple should begin
_INSTEAD = {
    "A": "Put ; before it to say more of the same thing.",
    ".": "Take this dot away: one ends a statement.",
    "UNION": "UNION stands between two groups: { … } UNION { … }.",
}
_FILTER = 'FILTER(LANG(?x) = "en")'
_BRACES = "Put what belongs to it in braces: { … }."


class GroupReader(TermReader):
    """Reads a group and everything in it."""

    def group(self) -> Group:
        """The group that opens here, or the subquery in it."""
        begin = self.mark("{", _BRACES).offset
        outer, self.patterns = getattr(self, "patterns", []), []
        if self.token.word == "SELECT":
            self.patterns.append(self.subquery())
        while self.token.mark != "}":
            if self.token is self.last:
                self.fail("the closing }", "A { before is never closed.")
            self.part()
        self.take()
        parts, self.patterns = tuple(self.patterns), outer
        return Group(begin, parts, self.source(begin))

    def part(self) -> None:
        """One thing in a group: its element, or the triples about a subject."""
        word, mark = self.token.word, self.token.mark
        if mark == "{":
            self.patterns.append(self.union())
            self.dot()
        elif word in {"FILTER", "BIND", "VALUES", *_GROUPED, *_NAMED}:
            self.patterns.append(self.element(word))
            self.dot()
        else:
            self.triples()

    def dot(self) -> None:
        """The dot that may stand behind an element."""
        if self.token.mark == ".":
            self.take()

    def triples(self) -> None:
        """The triples about one subject, and the dot behind them."""
        nameless = self.token.mark in {"[", "(", "<<"}
        hint = _INSTEAD.get(self.token.text.upper(), _SUBJECT)
        subject = self.term("a subject", hint)
        if not (nameless and self.token.mark in {".", "}"}):
            self.properties(subject)
        if self.token.mark == ".":
            self.take()
        elif self.begins_term() and self.token.mark != "(":
            self.fail("a dot", "Put a dot, ; or , between two statements.")

    def element(self, word: str) -> Element:
        """An element that a keyword begins."""
        begin, first = self.take().offset, self.at - 1
        groups: tuple[Group, ...] = ()
        name = ""
        if word == "FILTER":
            self.constraint()
        elif word == "BIND":
            name = self.alias("BIND(… AS ?name)")
        elif word == "VALUES":
            self.values()
        else:
            if word in _NAMED:
                name = self.named(word)
            groups = (self.group(),)
        return self.made(word, begin, first, groups, name)

    def made(
        self, kind: str, begin: int, first: int, groups: tuple[Group, ...], name: str
    ) -> Element:
        """The element from its first token to here, with every variable in it."""
        within = self.found[first : self.at]
        variables = frozenset(t.text[1:] for t in within if t.kind == "variable")
        return Element(kind, begin, self.source(begin), variables, groups, name)

    def union(self) -> Element:
        """A group, or several that UNION joins."""
        begin, first = self.token.offset, self.at
        groups = [self.group()]
        while self.token.word == "UNION":
            self.take()
            groups.append(self.group())
        kind = "UNION" if len(groups) > 1 else "GROUP"
        return self.made(kind, begin, first, tuple(groups), "")

    def named(self, word: str) -> str:
        """The graph or endpoint behind GRAPH or SERVICE."""
        if self.token.word == "SILENT":
            self.take()
        if self.token.kind not in {"variable", "iri", "name"}:
            whose = "the graph's IRI" if word == "GRAPH" else "the endpoint's IRI"
            self.fail(whose, f"Write {word} <http://…> {{ … }}.")
        return self.take().text

    def constraint(self, shown: str = _FILTER) -> None:
        """What FILTER or HAVING asks: something in brackets, a call, or EXISTS."""
        if self.token.word == "NOT":
            self.take()
            if self.token.word != "EXISTS":
                self.fail("EXISTS", "Write FILTER NOT EXISTS { … }.")
        if self.token.word == "EXISTS":
            self.take()
            self.group()
            return
        if self.token.kind in _CALLS and self.after.mark == "(":
            self.take()
        if self.token.mark != "(":
            word = shown.partition("(")[0]
            self.fail("a bracket", f"Put the condition in brackets: {word}(…).")
        self.step()
        if self.token.mark in _COMPARING:
            hint = f"Put all of it in brackets: {shown}."
            self.fail("the end of the condition", hint)

    def alias(self, shown: str) -> str:
        """`( expression AS ?variable )`, passed over; the variable."""
        self.mark("(", f"Put it in brackets: {shown}.")
        while self.token.word != "AS":
            if self.token is self.last or self.token.mark == ")":
                self.fail("AS and a variable", f"Give it a name: {shown}.")
            self.step()
        self.take()
        if self.token.kind != "variable":
            self.fail("a variable", f"Give it a name: {shown}.")
        name = self.take().text[1:]
        self.mark(")", f"Close the bracket: {shown}.")
        return name

    def values(self) -> None:
        """The variables and rows behind VALUES."""
        shown = "Write VALUES ?x { 1 2 } or VALUES (?x ?y) { (1 2) (3 4) }."
        if self.token.kind == "variable":
            self.take()
            width = 0
        else:
            width = self.variables(shown)
        self.mark("{", shown)
        while self.token.mark != "}":
            if width or self.token.mark == "(":
                self.row(width)
            elif self.token.word == "UNDEF":
                self.take()
            else:
                self.term("a value or }", shown)
        self.take()

    def variables(self, shown: str) -> int:
        """How many variables stand in the brackets behind VALUES."""
        self.mark("(", shown)
        count = 0
        while self.token.kind == "variable":
            self.take()
            count += 1
        self.mark(")", shown)
        return count

    def row(self, width: int) -> None:
        """One row of VALUES, which has as many values as there are variables."""
        begin = self.mark("(", "Put each row in brackets: (1 2).")
        count = 0
        while self.token.mark != ")":
            if self.token.word == "UNDEF":
                self.take()
            else:
                self.term("a value or )", "Close the row's bracket.")
            count += 1
        if count != width:
            self.at = self.found.index(begin, 0, self.at)
            hint = f"This row has {count} for {width}; write UNDEF where there is none."
            self.fail("one value for each variable", hint)
        self.take()

    def subquery(self) -> Element:
        """A SELECT within a group."""
        raise NotImplementedError
