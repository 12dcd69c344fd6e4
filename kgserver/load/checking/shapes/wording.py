"""What a result of SHACL says of a thing: in its shape's own words, else in ours.

pySHACL's own words hold Python's spelling of terms, so they serve only where a shape
has no `sh:message` and its constraint is none of SHACL Core.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rdflib import RDF, SH, BNode, URIRef

from kgserver.load import bridge
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rdflib import Graph
    from rdflib.term import Node

    from kgserver.load.checking import places

    Name = Callable[[places.Term], str]

# The constraint, the parameters that its sentence names, the sentence (SHACL §4).
_SAYS = {
    "MinCount": ((SH.minCount,), "fewer than {0} values of {path}"),
    "MaxCount": ((SH.maxCount,), "more than {0} values of {path}"),
    "Class": ((SH["class"],), "{value} is not of the class {0}"),
    "Datatype": ((SH.datatype,), "{value} is not of the datatype {0}"),
    "NodeKind": ((SH.nodeKind,), "{value} is not of the node kind {0}"),
    "Pattern": ((SH.pattern,), "{value} does not match the pattern {0}"),
    "MinLength": ((SH.minLength,), "{value} has fewer than {0} characters"),
    "MaxLength": ((SH.maxLength,), "{value} has more than {0} characters"),
    "UniqueLang": ((), "two values of {path} are in one language"),
    "LanguageIn": ((SH.languageIn,), "the language of {value} is none of {0}"),
    "In": ((SH["in"],), "{value} is none of {0}"),
    "HasValue": ((SH.hasValue,), "no value of {path} is {0}"),
    "Closed": ((), "{path} is no property that the shape lists"),
    "MinExclusive": ((SH.minExclusive,), "{value} is not more than {0}"),
    "MinInclusive": ((SH.minInclusive,), "{value} is not {0} or more"),
    "MaxExclusive": ((SH.maxExclusive,), "{value} is not less than {0}"),
    "MaxInclusive": ((SH.maxInclusive,), "{value} is not {0} or less"),
    "Equals": ((SH.equals,), "{value} is a value of only one of {path} and {0}"),
    "Disjoint": ((SH.disjoint,), "{value} is a value of both {path} and {0}"),
    "LessThan": ((SH.lessThan,), "{path} is {value}, which is not less than {0}"),
    "LessThanOrEquals": (
        (SH.lessThanOrEquals,),
        "{path} is {value}, which is not {0} or less",
    ),
    "Node": ((SH.node,), "{value} does not conform to {0}"),
    "Not": ((SH["not"],), "{value} conforms to {0}, which it must not"),
    "And": ((SH["and"],), "{value} does not conform to each of {0}"),
    "Or": ((SH["or"],), "{value} conforms to none of {0}"),
    "Xone": ((SH.xone,), "{value} does not conform to exactly one of {0}"),
    "QualifiedMinCount": (
        (SH.qualifiedMinCount, SH.qualifiedValueShape),
        "fewer than {0} values of {path} conform to {1}",
    ),
    "QualifiedMaxCount": (
        (SH.qualifiedMaxCount, SH.qualifiedValueShape),
        "more than {0} values of {path} conform to {1}",
    ),
}
# Of a parameter that is 1.
_OF_ONE = {
    "MinCount": "{path} is missing",
    "MaxCount": "more than one value of {path}",
}
# Of a node shape, whose only value is the thing itself.
_PATHLESS = {
    "HasValue": "it is not {0}",
    "Equals": "{0} should lead to the thing itself and to nothing else",
    "Disjoint": "{0} leads to the thing itself",
}
_STEPS = {
    SH.inversePath: "^{}",
    SH.zeroOrMorePath: "{}*",
    SH.oneOrMorePath: "{}+",
    SH.zeroOrOnePath: "{}?",
}
# How deep a nameless shape is spelt out.
_DEPTH = 3


def says(report: Graph, result: Node, shapes: Graph, name: Name) -> str:
    """What is wrong with the focus node of a result; `name` spells a term."""
    shape = report.value(result, SH.sourceShape)
    component = str(report.value(result, SH.sourceConstraintComponent))
    kind = names.local_name(component).removesuffix("ConstraintComponent")
    if (shape, SH.message, None) in shapes or kind not in _SAYS:
        return _own(report, result)
    parameters, sentence = _SAYS[kind]
    spelling = _Spelling(shapes, name)
    given = [spelling.given(shape, each) for each in parameters]
    value = report.value(result, SH.value)
    path = report.value(result, SH.resultPath)
    if path is None:
        sentence = _PATHLESS.get(kind, sentence)
    elif given == ["1"]:
        sentence = _OF_ONE.get(kind, sentence)
    return sentence.format(
        *given,
        value=spelling.term(value) if value is not None else "",
        path=spelling.path(path) if path is not None else "",
    )


def _own(report: Graph, result: Node) -> str:
    """The shape's message: of several in English, or else in no language."""
    found = [bridge.term_of(m) for m in report.objects(result, SH.resultMessage)]
    texts = [each for each in found if isinstance(each, ox.Literal)]
    ranked = sorted(texts, key=lambda t: (_rank(t.language), t.language or "", t.value))
    return ranked[0].value if ranked else "does not fit its shape"


def _rank(language: str | None) -> int:
    return 1 if language is None else 0 if language.startswith("en") else 2


class _Spelling:
    """How terms, paths and shapes of a shapes graph are written in a sentence."""

    def __init__(self, shapes: Graph, name: Name) -> None:
        self.shapes, self.name = shapes, name

    def given(self, shape: Node | None, parameter: URIRef) -> str:
        """The values of a constraint's parameter; those of a list are told apart."""
        values = [
            v
            for each in self.shapes.objects(shape, parameter)
            for v in self._members(each)
        ]
        return ", ".join(sorted(map(self.term, values)))

    def _members(self, node: Node) -> Iterator[Node]:
        if node == RDF.nil or (node, RDF.first, None) in self.shapes:
            return self.shapes.items(node)
        return iter((node,))

    def term(self, node: Node, depth: int = _DEPTH) -> str:
        """A term by its name; a nameless shape by what it asks for."""
        if not isinstance(node, BNode) or (node, None, None) not in self.shapes:
            return self.name(bridge.term_of(node))
        if (node, RDF.first, None) in self.shapes:
            members = (self.term(each, depth - 1) for each in self.shapes.items(node))
            return f"( {' '.join(members)} )"
        if not depth:
            return "[ … ]"
        said = sorted(
            f"{self.name(bridge.term_of(p))} {self.term(o, depth - 1)}"
            for p, o in self.shapes.predicate_objects(node)
        )
        return f"[ {' ; '.join(said)} ]"

    def path(self, node: Node) -> str:
        """A path as SPARQL writes it (SHACL §2.3.1)."""
        if not isinstance(node, BNode):
            return self.name(bridge.term_of(node))
        if (node, RDF.first, None) in self.shapes:
            return "/".join(map(self._step, self.shapes.items(node)))
        choices = self.shapes.value(node, SH.alternativePath)
        if choices is not None:
            return "|".join(map(self._step, self.shapes.items(choices)))
        for predicate, form in _STEPS.items():
            below = self.shapes.value(node, predicate)
            if below is not None:
                return form.format(self._step(below))
        return self.name(bridge.term_of(node))

    def _step(self, node: Node) -> str:
        """A path within another one, in brackets where it has parts."""
        said = self.path(node)
        return (
            f"({said})"
            if any(mark in said for mark in "/|") and isinstance(node, BNode)
            else said
        )
