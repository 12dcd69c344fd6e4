"""A proof written down: terms as Turtle has them, JSON for programs, PROV-O for RDF.

In PROV-O (https://www.w3.org/TR/prov-o/) each statement of a proof is an entity, also
described by reification; a step is an activity that used its premises and axioms and
followed a rule as its plan; an asserted statement derives from the file that states it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox

from kgserver.ask import authorship
from kgserver.ask.dataset import DEFAULT
from kgserver.load.history import activities
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.origins import Origin
    from kgserver.ask.passages import Quote
    from kgserver.ask.why.proofs import Argument, Step
    from kgserver.load.history.entries import Commit

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
    Json = dict[str, object]

RULES = (
    "https://www.w3.org/TR/owl2-profiles/"
    "#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
)
"""Where the rules are defined."""
_PROV = names.WELL_KNOWN["prov"]
_FIRST, _REST, _NIL = (ox.NamedNode(names.RDF + n) for n in ("first", "rest", "nil"))
_LONG = 20  # members of a list that are written out


def written(dataset: Dataset, term: Term) -> str:
    """A term in Turtle, with the prefixes of the files; lists as their members."""
    if isinstance(term, ox.NamedNode):
        return names.shorten(term.value, dataset.prefixes)
    if isinstance(term, ox.BlankNode):
        members = items(dataset, term)
        if members:
            return f"( {' '.join(written(dataset, each) for each in members)} )"
    if isinstance(term, ox.Literal) and not term.language:
        datatype = term.datatype.value
        if datatype == f"{names.XSD}integer":
            return term.value
        if datatype != f"{names.XSD}string":
            plain = str(ox.Literal(term.value))
            return f"{plain}^^{names.shorten(datatype, dataset.prefixes)}"
    return str(term)


def items(dataset: Dataset, head: Term) -> tuple[Term, ...]:
    """The members of a list that are no blank nodes; none if it is no such list."""
    found: list[Term] = []
    while isinstance(head, ox.BlankNode) and len(found) < _LONG:
        first, rest = (_value(dataset, head, prop) for prop in (_FIRST, _REST))
        if first is None or rest is None or isinstance(first, ox.BlankNode):
            return ()
        found.append(first)
        head = rest
    return tuple(found) if head == _NIL else ()


def sentence(dataset: Dataset, triple: ox.Triple) -> str:
    """A triple in Turtle, without a dot."""
    terms = (triple.subject, triple.predicate, triple.object)
    subject, predicate, value = (written(dataset, term) for term in terms)
    predicate = "a" if predicate == "rdf:type" else predicate
    return f"{subject} {predicate} {value}"


def as_json(dataset: Dataset, triple: ox.Triple, arguments: Sequence[Argument]) -> Json:
    """The proofs as a document; steps refer to others of their proof by number."""
    return {
        "version": dataset.snapshot.version,
        "statement": _terms(dataset, triple),
        "holds": bool(arguments),
        "asserted": bool(arguments) and arguments[0].steps[0].asserted,
        "proofs": [
            {
                "height": argument.height,
                "steps": [_step(dataset, step) for step in argument.steps],
            }
            for argument in arguments
        ],
    }


def _step(dataset: Dataset, step: Step) -> Json:
    return {
        "statement": _terms(dataset, step.triple),
        "rule": step.rule,
        "axioms": step.axioms,
        "premises": step.premises,
        "origins": [_origin(dataset, each) for each in step.origins],
        "quotes": [_quote(each) for each in step.quotes],
    }


def _terms(dataset: Dataset, triple: ox.Triple) -> Json:
    """The terms in N-Triples syntax, which `/why` and `explain` read, and in Turtle."""
    return {
        "subject": str(triple.subject),
        "predicate": str(triple.predicate),
        "object": str(triple.object),
        "turtle": sentence(dataset, triple),
    }


def _origin(dataset: Dataset, origin: Origin) -> Json:
    """A line, and the commit that wrote it where git knows it."""
    place = {"file": origin.path, "line": origin.line, "text": origin.text}
    commit = authorship.of(dataset, origin)
    return {**place, **({"commit": asdict(commit)} if commit else {})}


def _quote(quote: Quote) -> Json:
    return {
        "text": quote.text,
        "language": quote.language,
        "source": quote.source.value if quote.source else None,
        "evidence": str(quote.evidence),
    }


def address(subject: Term, predicate: Term, value: Term) -> str:
    """The path and query of the page that says why a triple holds."""
    terms = {"s": subject, "p": predicate, "o": value}
    asked = {
        name: term.value if isinstance(term, ox.NamedNode) else str(term)
        for name, term in terms.items()
    }
    return f"/why?{urlencode(asked)}"


def provenance(dataset: Dataset, arguments: Sequence[Argument]) -> Iterator[ox.Triple]:
    """The proofs in PROV-O."""
    for number, argument in enumerate(arguments, 1):
        for place, step in enumerate(argument.steps):
            yield from _entity(dataset, step)
            if step.asserted:
                yield from _asserted(dataset, step)
            else:
                activity = ox.BlankNode(f"proof{number}step{place}")
                below = (argument.steps[n] for n in (*step.axioms, *step.premises))
                yield from _derived(dataset, step, activity, [s.triple for s in below])


def _name(dataset: Dataset, triple: ox.Triple) -> ox.NamedNode:
    path = address(triple.subject, triple.predicate, triple.object)
    return ox.NamedNode(dataset.names.base + path.removeprefix("/"))


def _entity(dataset: Dataset, step: Step) -> Iterator[ox.Triple]:
    node, triple = _name(dataset, step.triple), step.triple
    label = ox.Literal(sentence(dataset, triple))
    yield ox.Triple(node, _rdf("type"), _prov("Entity"))
    yield ox.Triple(node, _rdf("type"), _rdf("Statement"))
    yield ox.Triple(node, _rdf("subject"), triple.subject)
    yield ox.Triple(node, _rdf("predicate"), triple.predicate)
    yield ox.Triple(node, _rdf("object"), triple.object)
    yield ox.Triple(node, ox.NamedNode(names.RDFS + "label"), label)


def _derived(
    dataset: Dataset, step: Step, activity: ox.BlankNode, below: list[ox.Triple]
) -> Iterator[ox.Triple]:
    node = _name(dataset, step.triple)
    association, plan = (ox.BlankNode(activity.value + s) for s in ("by", "rule"))
    yield ox.Triple(node, _prov("wasGeneratedBy"), activity)
    yield ox.Triple(activity, _rdf("type"), _prov("Activity"))
    yield ox.Triple(activity, _prov("qualifiedAssociation"), association)
    yield ox.Triple(association, _rdf("type"), _prov("Association"))
    yield ox.Triple(association, _prov("hadPlan"), plan)
    yield ox.Triple(plan, _rdf("type"), _prov("Plan"))
    identifier = ox.NamedNode(names.DCTERMS + "identifier")
    yield ox.Triple(plan, identifier, ox.Literal(step.rule))
    defined = ox.NamedNode(names.RDFS + "isDefinedBy")
    yield ox.Triple(plan, defined, ox.NamedNode(RULES))
    for triple in below:
        yield ox.Triple(activity, _prov("used"), _name(dataset, triple))
        yield ox.Triple(node, _prov("wasDerivedFrom"), _name(dataset, triple))


def _asserted(dataset: Dataset, step: Step) -> Iterator[ox.Triple]:
    node = _name(dataset, step.triple)
    graphs = {source.path: source.graph for source in dataset.snapshot.sources}
    for origin in step.origins:
        file = ox.NamedNode(graphs[origin.path])
        place = ox.Literal(f"{origin.path}:{origin.line}")
        yield ox.Triple(node, _prov("hadPrimarySource"), file)
        yield ox.Triple(node, _prov("atLocation"), place)
        commit = authorship.of(dataset, origin)
        if commit:
            yield from _written(dataset, node, commit)
    for quote in step.quotes:
        yield ox.Triple(node, _prov("wasDerivedFrom"), quote.evidence)
        words = ox.Literal(quote.text, language=quote.language or None)
        yield ox.Triple(quote.evidence, _prov("value"), words)
        if quote.source:
            yield ox.Triple(quote.evidence, _prov("wasQuotedFrom"), quote.source)


def _written(
    dataset: Dataset, node: ox.NamedNode | ox.BlankNode, commit: Commit
) -> Iterator[ox.Triple]:
    """The commit that wrote the line of a statement, as an activity."""
    activity = activities.node(commit, dataset.names.provenance)
    yield ox.Triple(node, _prov("wasGeneratedBy"), activity)
    yield from activities.describe(commit, dataset.names.provenance)


def _rdf(name: str) -> ox.NamedNode:
    return ox.NamedNode(names.RDF + name)


def _prov(name: str) -> ox.NamedNode:
    return ox.NamedNode(_PROV + name)


def _value(dataset: Dataset, node: ox.BlankNode, prop: ox.NamedNode) -> Term | None:
    quads = dataset.store.quads_for_pattern(node, prop, None, DEFAULT)
    found = next(quads, None)
    return found.object if found else None
