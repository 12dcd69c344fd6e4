"""The engines behind one interface, by the name that the settings know them by.

The reference engine is imported when it is asked for: it brings rdflib and owlrl, which
a web process does without.
"""

from __future__ import annotations

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING

from kgserver.load.reason import compiled
from kgserver.load.reason.inference import Inference, Merges, Triples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kgserver.load.reason.names import Statement


def infer(engine: str, triples: Iterable[Statement]) -> Inference:
    """What follows from the triples, by the engine of this name.

    Raises ValueError for a name that is not in `ENGINES`.
    """
    if engine not in ENGINES:
        known = ", ".join(f'"{name}"' for name in ENGINES)
        message = f'There is no reasoning engine "{engine}". Choose one of {known}.'
        raise ValueError(message)
    return ENGINES[engine](triples)


def _rules(triples: Iterable[Statement]) -> Inference:
    return compiled.infer(triples)


def _rdfs(triples: Iterable[Statement]) -> Inference:
    return compiled.infer(triples, engine="rdfs", profile="rdfs")


def _owlrl(triples: Iterable[Statement]) -> Inference:
    reference = importlib.import_module("kgserver.load.reason.reference")
    outcome: Inference = reference.infer(triples)
    return outcome


def _none(_: Iterable[Statement]) -> Inference:
    return Inference("none", Triples(), (), Merges(lambda: iter(()), 0))


ENGINES: Mapping[str, Callable[[Iterable[Statement]], Inference]] = MappingProxyType(
    {"rules": _rules, "owlrl": _owlrl, "rdfs": _rdfs, "none": _none}
)
"""`rules` is the default; `owlrl` the reference, for small graphs."""
