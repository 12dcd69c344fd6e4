"""The second opinion: what owlrl makes of the ontology, asked once and remembered.

It takes seconds, so it is asked when a version is in service, by a process of its own
where a server runs, and not again before the ontology is another one. A difference is
a warning; our own rules stay in force.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from kgserver.load import reason, versions
from kgserver.load.reason.rules import record
from kgserver.model import rule
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from kgserver.load.reason.rules.ontology import Ontology
    from kgserver.model.settings import Settings

_FILE = "opinion.json"
_WARNING = Problem("", 0, 0, "warning", "schema-second-opinion", "", "")
Problems = tuple[Problem, ...]


def recalled(settings: Settings) -> Problems | None:
    """What owlrl found in the ontology in service; None where it was not asked yet.

    There is nothing to ask of a version that other engines reasoned over.
    """
    state = settings.state
    written = b"" if _is_off(settings) else _in_service(state)
    return _recalled(state, written) if written else ()


def asked(settings: Settings) -> Problems:
    """What owlrl finds in the ontology in service; remembered from now on."""
    return () if _is_off(settings) else _remembered(settings.state)


def _remembered(state: Path) -> Problems:
    written = _in_service(state)
    known = _recalled(state, written) if written else ()
    if known is None:
        known = _ask(written)
        members = [problem.as_json() for problem in known]
        text = json.dumps({"of": _digest(written), "problems": members})
        (state / _FILE).write_text(text, "utf-8")
    return known


def looked_up(settings: Settings, ontology: Ontology | None = None) -> Problems:
    """What owlrl finds in an ontology, or in the one in service; nothing is written."""
    if _is_off(settings):
        return ()
    state = settings.state
    written = record.dump(ontology) if ontology else _in_service(state)
    known = _recalled(state, written) if written else ()
    return _ask(written) if known is None else known


def note(state: Path) -> None:
    """Ask, and add what was found to what the last build found."""
    found = _remembered(state)
    with versions.locked(state):
        served, problems = versions.last_attempt(state)
        if _recalled(state, _in_service(state)) == found and not set(found) <= set(
            problems
        ):
            versions.record(state, (*problems, *found), served=served)


def _is_off(settings: Settings) -> bool:
    return any(rule.exemption(each).covers(_WARNING) for each in settings.ignore)


def _in_service(state: Path) -> bytes:
    """The ontology of the version in service as it was written down, if it is ours."""
    directory = versions.current(state)
    path = directory / versions.ONTOLOGY if directory else None
    if path is None or not path.exists():
        return b""
    return path.read_bytes() if versions.read(path.parent).reasoning == "rules" else b""


def _ask(written: bytes) -> Problems:
    found = reason.disagreement(record.load(written))
    return (found,) if found else ()


def _recalled(state: Path, written: bytes) -> Problems | None:
    try:
        held = json.loads((state / _FILE).read_text("utf-8"))
        if held["of"] == _digest(written):
            return tuple(Problem(**each) for each in held["problems"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _digest(written: bytes) -> str:
    return hashlib.blake2b(written, digest_size=16).hexdigest()
