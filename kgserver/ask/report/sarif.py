"""Findings in SARIF, which code hosts and editors read.

OASIS Static Analysis Results Interchange Format 2.1.0; the sections are named below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import kgserver
from kgserver.model import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgserver.model.problem import Problem
    from kgserver.model.rule import Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"


def document(problems: Iterable[Problem], prefix: str = "") -> dict[str, Any]:
    """A log of one run (§3.13); `prefix` is the path of the folder in the checkout."""
    driver = {
        "name": "kgserver",
        "version": kgserver.__version__,
        "rules": [_rule(each) for each in rule.table().values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, prefix) for each in problems],
    }
    return {
        "$schema": f"{_SCHEMA}sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _rule(each: Rule) -> dict[str, Any]:
    """A reporting descriptor (§3.49)."""
    return {
        "id": each.name,
        "shortDescription": {"text": _sentence(each.title)},
        "fullDescription": {"text": each.why},
        "help": {"text": each.remedy},
        "defaultConfiguration": {"level": each.severity},
    }


def _result(problem: Problem, prefix: str) -> dict[str, Any]:
    """A result (§3.27); a slash parts the name of one rule of a family (§3.27.5)."""
    names = list(rule.table())
    return {
        "ruleId": problem.code.replace(":", "/"),
        "ruleIndex": names.index(rule.of(problem.code).name),
        "level": problem.severity,
        "message": {"text": f"{_sentence(problem.message)} {problem.hint}".strip()},
        "locations": [{"physicalLocation": _place(problem, prefix)}],
    }


def _place(problem: Problem, prefix: str) -> dict[str, Any]:
    """A physical location (§3.29), without region where it is the whole file."""
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(prefix + problem.file)}}
    if problem.line:
        region: dict[str, Any] = {"startLine": problem.line}
        if problem.column:
            region["startColumn"] = problem.column
        if problem.excerpt:
            region["snippet"] = {"text": problem.excerpt}
        place["region"] = region
    return place


def _sentence(text: str) -> str:
    begin = text[:1].upper() + text[1:]
    return begin if begin.endswith((".", "!", "?")) else f"{begin}."
