"""The reasoner: what follows from a graph, why, and what cannot be.

inference = reason.infer("rules", triples)     # .triples, .clashes, .merges
"""

from __future__ import annotations

from kgserver.load.reason.engines import ENGINES, infer

__all__ = ["ENGINES", "infer"]
