"""SHACL: what the shapes of the ontology folder find wrong in the graph.

pySHACL validates the merged graph, because that is what is published; each result is
given the file and line of the statement that offends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyshacl
import rdflib
from rdflib import SH

from kgserver.load import bridge, places
from kgserver.model import names
from kgserver.model.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyoxigraph as ox
    from rdflib.term import Node

    from kgserver.load.turtle import Reading

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
_OTHERWISE = "Change the statement, or the shape if the shape is wrong."


def check(
    readings: Sequence[Reading], merged: Iterable[ox.Triple], folder: Path
) -> list[Problem]:
    """What the shapes among the readings find wrong in the merged graph."""
    shaping = [reading for reading in readings if reading.source.role == "shapes"]
    if not shaping:
        return []
    shapes = bridge.to_rdflib(
        quad.triple for reading in shaping for quad in reading.quads
    )
    try:
        _, report, _ = pyshacl.validate(
            bridge.to_rdflib(merged), shacl_graph=shapes, inference="none", inplace=True
        )
    except pyshacl.errors.ReportableRuntimeError as fault:
        return [_unusable(shaping[0], fault.message)]
    results = list(report.objects(None, SH.result))
    wanted = [_wanted(report, result) for result in results]
    found = places.find(readings, wanted)
    prefixes = {p: ns for reading in readings for p, ns in reading.prefixes.items()}
    return sorted(
        _problem(report, result, found.get(want, places.NOWHERE), folder, prefixes)
        for result, want in zip(results, wanted, strict=True)
    )


def _unusable(shaping: Reading, message: str) -> Problem:
    return Problem(
        shaping.source.path,
        0,
        0,
        "error",
        "bad-shape",
        f"the shapes cannot be used: {message}",
        "Mend the shape that is named; SHACL §2 and §3 say what a shape may hold.",
    )


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


def _problem(
    report: rdflib.Graph,
    result: Node,
    place: places.Place,
    folder: Path,
    prefixes: Mapping[str, str],
) -> Problem:
    focus, path, value = _wanted(report, result)
    component = names.local_name(
        str(report.value(result, SH.sourceConstraintComponent))
    )
    message = report.value(result, SH.resultMessage) or "does not fit its shape"
    text = places.excerpt(folder, place)
    short = places.name(path, prefixes) if path is not None else "the value"
    return Problem(
        file=place.file,
        line=place.line,
        column=places.column(text, value or path or focus, prefixes) if text else 0,
        severity=_SEVERITIES.get(report.value(result, SH.resultSeverity), "error"),
        code="shape",
        message=f"{places.name(focus, prefixes)}: {message}",
        hint=_REMEDIES.get(component, _OTHERWISE).format(path=short),
        excerpt=text,
    )
