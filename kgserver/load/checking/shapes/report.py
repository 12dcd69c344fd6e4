"""What pySHACL finds, each result with the file and line of what offends.

It validates the merged graph, because that is what is published; and of that, after an
edit, only the nodes that the edit can have a bearing on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pyparsing
import pyshacl
import rdflib
from pyshacl.rdfutil import stringify
from rdflib import SH

from kgserver.load import bridge
from kgserver.load.checking import places, verdict
from kgserver.load.checking.shapes import engine, scope, soundness, wording
from kgserver.load.checking.verdict import Verdict
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from rdflib.term import Node

    from kgserver.load.checking.places import Term
    from kgserver.load.checking.verdict import Faulty, Since
    from kgserver.load.readings import Readings
    from kgserver.load.turtle import Reading
    from kgserver.model.problem import Problem, Severity

_SEVERITIES: Mapping[Node | None, Severity] = {SH.Warning: "warning", SH.Info: "note"}
# the constraint, what to do when a value breaks it
_REMEDIES = {
    "MinCountConstraintComponent": "Add the missing value of {path}.",
    "MaxCountConstraintComponent": "Keep only as many values of {path} as are allowed.",
    "ClassConstraintComponent": "Give the value the type that {path} asks for.",
    "DatatypeConstraintComponent": "Write {path} with the datatype that it needs.",
    "NodeKindConstraintComponent": "Check whether {path} takes an IRI or a text.",
    "PatternConstraintComponent": "Write {path} in the form that is asked for.",
    "UniqueLangConstraintComponent": "Keep one value of {path} for each language.",
    "LanguageInConstraintComponent": "Tag {path} with a language that is in use here.",
    "InConstraintComponent": "Take a value of {path} from the list that is allowed.",
    "ClosedConstraintComponent": "Take {path} away, or check how it is spelt.",
}
_IRI = re.compile(r"<(https?://[^<>\s]+)>")
_NAMELESS = re.compile(r"\b(b[0-9a-f]{8}n\d+)\b")
_SEE_ALL = (SH.closed, SH.sparql, SH.select, SH.ask, SH.js, SH.rule)
_OTHERWISE = "Change the statement, or the shape at {place} if the shape is wrong."
_PATHLESS = "Mend what the shape asks for; it begins at {place}."


def check(
    readings: Readings,
    held: ox.Store,
    merged: Iterable[ox.Triple],
    folder: Path,
    since: Since | None,
) -> Verdict:
    """What the shapes among the readings find wrong in the merged graph.

    With `since`, the store `held` has what came and went since another version, whose
    other nodes are as they were.
    """
    shaping = readings.of("shapes")
    if not shaping:
        return Verdict()
    # An edit of which only the difference is looked at has changed no class.
    unsound = soundness.check(shaping, () if since else readings, folder)
    if unsound:
        return Verdict(unsound, None)
    shapes = bridge.to_rdflib(
        quad.triple for reading in shaping for quad in reading.quads
    )
    narrowed = scope.affected(shapes, since, held) if since else None
    focus, data = narrowed or (None, merged)
    if narrowed and not focus:
        return Verdict()
    try:
        found = _validated(data, shapes)
    except pyparsing.ParseException:
        return Verdict([soundness.unreadable(shaping, folder)], None)
    except Exception as fault:  # pySHACL and rdflib raise what they like, also that
        return Verdict([_unusable(shaping, str(fault), folder)], None)
    return _verdict((found, shapes), focus, readings, folder)


def _validated(data: Iterable[ox.Triple], shapes: rdflib.Graph) -> rdflib.Graph:
    """The validation report of a graph, of which pySHACL gets what shapes can see.

    pySHACL remembers how it spelt a nameless node by the address of its graph, at which
    another graph may be by now.
    """
    getattr(stringify.stringify_blank_node, "dict_cache", {}).clear()
    looked_at = _looked_at(shapes)
    _, report, said = pyshacl.validate(
        engine.graph(t for t in data if looked_at is None or t.predicate in looked_at),
        shacl_graph=shapes,
        inference="none",
        inplace=True,
    )
    if not isinstance(report, rdflib.Graph):
        raise TypeError(said)
    return report


def _verdict(
    graphs: tuple[rdflib.Graph, rdflib.Graph],
    focus: Faulty | None,
    readings: Readings,
    folder: Path,
) -> Verdict:
    """The results about some nodes, or about all, as problems.

    The graphs are the report and the shapes.
    """
    report, _ = graphs
    about = {
        result: bridge.term_of(next(report.objects(result, SH.focusNode)))
        for result in report.objects(None, SH.result)
    }
    kept = {r: node for r, node in about.items() if focus is None or node in focus}
    results = [leaf for result in kept for leaf in _leaves(report, result)]
    wanted = [_wanted(report, result) for result in results]
    atlas = places.Atlas(readings, folder, wanted)
    shaping = [
        _shape(report, result)
        for result, want in zip(results, wanted, strict=True)
        if not want[1] or _remedy(report, result) is None
    ]
    shapes = places.Atlas(readings.of("shapes") if shaping else (), folder, shaping)
    problems = sorted(
        atlas.blame(want, _charge(graphs, result, want, (atlas, shapes)))
        for result, want in zip(results, wanted, strict=True)
    )
    return Verdict(problems, verdict.nodes(kept.values()))


def _unusable(shaping: Sequence[Reading], message: str, folder: Path) -> Problem:
    """A shape that pySHACL cannot use, at its line where the message names it."""
    named = [ox.NamedNode(iri) for iri in _IRI.findall(message)]
    nameless = [ox.BlankNode(label) for label in _NAMELESS.findall(message)]
    wanted: list[places.Wanted] = [(n, None, None) for n in named]
    wanted += [(n, None, None) for n in nameless]
    atlas = places.Atlas(shaping, folder, wanted)
    want = next((each for each in wanted if atlas.place(each).line), None)
    said = _NAMELESS.sub("the nameless shape here", message).partition("\n")[0]
    charge = places.Charge(
        code="bad-shape",
        message=f"the shapes cannot be used: {said}",
        hint="Mend the shape; SHACL §2 and §3 say what a shape may hold.",
    )
    return atlas.blame(want, charge, shaping[0].source.path)


def _looked_at(shapes: rdflib.Graph) -> frozenset[Term] | None:
    """The only predicates that these shapes can look at; None where they see all.

    A path, a target or a comparison names its predicates in the shapes. Only closed
    shapes and constraints in SPARQL or JavaScript look further (SHACL §4.8.1, §5).
    """
    if any(next(shapes.triples((None, each, None)), None) for each in _SEE_ALL):
        return None
    named = {*shapes.objects(), rdflib.RDF.type, rdflib.RDFS.subClassOf}
    return frozenset(bridge.term_of(n) for n in named if isinstance(n, rdflib.URIRef))


def _leaves(report: rdflib.Graph, result: Node) -> Iterator[Node]:
    """The results at the bottom of one: what a nested shape found in detail."""
    details = list(report.objects(result, SH.detail))
    for detail in details:
        yield from _leaves(report, detail)
    if not details:
        yield result


def _wanted(report: rdflib.Graph, result: Node) -> places.Wanted:
    """The statement that a result blames; each has a focus node (SHACL §3.6.2)."""
    focus = next(report.objects(result, SH.focusNode))
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    return (
        bridge.term_of(focus),
        bridge.term_of(path) if isinstance(path, rdflib.URIRef) else None,
        bridge.term_of(value) if value is not None else None,
    )


def _shape(report: rdflib.Graph, result: Node) -> places.Wanted:
    """The shape that a result is of, as what is looked for among the shapes."""
    return bridge.term_of(next(report.objects(result, SH.sourceShape))), None, None


def _remedy(report: rdflib.Graph, result: Node) -> str | None:
    """What to do about a value that breaks a constraint; None where it depends."""
    component = str(report.value(result, SH.sourceConstraintComponent))
    return _REMEDIES.get(names.local_name(component))


def _charge(
    graphs: tuple[rdflib.Graph, rdflib.Graph],
    result: Node,
    want: places.Wanted,
    atlases: tuple[places.Atlas, places.Atlas],
) -> places.Charge:
    """What a result says; the atlases are of all files, and of the shapes."""
    focus, path, _ = want
    atlas, shaping = atlases
    report, shapes = graphs
    message = wording.says(report, result, shapes, atlas.name)
    said = _IRI.sub(lambda iri: names.shorten(iri[1], atlas.prefixes), message)
    form = (path and _remedy(report, result)) or (_PATHLESS, _OTHERWISE)[bool(path)]
    return places.Charge(
        code="shape",
        message=f"{atlas.name(focus)}: {said}",
        hint=form.format(
            path=atlas.name(path) if path else "",
            place=shaping.place(_shape(report, result)),
        ),
        severity=_SEVERITIES.get(report.value(result, SH.resultSeverity), "error"),
    )
