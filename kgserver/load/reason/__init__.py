"""What follows from the asserted statements: one interface, several engines.

Why OWL 2 RL: it is the largest part of OWL whose conclusions rules can draw in
polynomial time, so that they can be stored, counted and queried like any statement (OWL
2 Profiles §4).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyoxigraph as ox


@dataclass(frozen=True, slots=True)
class Inference:
    """What follows and is not asserted, and what contradicts itself, in sentences."""

    triples: frozenset[ox.Triple] = frozenset()
    contradictions: tuple[str, ...] = ()


# engine, the module that runs it, the rules it applies there; imported when it is used,
# because the reference engine takes most of a second to load
_ENGINES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "owlrl": ("kgserver.load.reason.reference", "owl"),
        "rdfs": ("kgserver.load.reason.reference", "rdfs"),
    }
)
NAMES = (*_ENGINES, "none")


def infer(engine: str, triples: Sequence[ox.Triple]) -> Inference:
    """What an engine concludes from the triples; `none` concludes nothing."""
    if engine == "none":
        return Inference()
    module, rules = _ENGINES[engine]
    inference: Inference = importlib.import_module(module).infer(rules, triples)
    return inference
