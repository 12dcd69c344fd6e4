"""What a parser would make far more of than a file holds: refused before it is parsed.

Whoever proposes a file to a folder could end the process that checks it.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEPTH = 500
"""How deep JSON may be nested: each level has a copy of the context around it."""
_GROWTH, _FREE = 10, 1_000_000
# Written so that each byte is looked at a bounded number of times.
_ENTITY = re.compile(rb"""<!ENTITY\s++(\S++)\s++(?:"([^"]*+)"|'([^']*+)')""")
_REFERENCE = re.compile(rb"&([^\s;&#]++);")
_JSON = re.compile(rb'"(?:[^"\\]|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)


def found(form: ox.RdfFormat, data: bytes) -> str:
    """What is too much in a file, as a parser would say it; empty where nothing is."""
    look = _LOOKS.get(form)
    return look(data) if look else ""


def _entities(data: bytes) -> str:
    """Entities of XML that would take many times the size of their file."""
    sizes: dict[bytes, int] = {}
    for name, *values in _ENTITY.findall(data):
        text = b"".join(values)
        sizes[name] = len(text) + _expanded(text, sizes)
    # the parser expands an entity where it is declared
    grown = sum(sizes.values()) + _expanded(_ENTITY.sub(b"", data), sizes)
    return "Entities grow too large" if grown > _GROWTH * len(data) + _FREE else ""


def _expanded(text: bytes, sizes: Mapping[bytes, int]) -> int:
    return sum(sizes.get(name, 0) for name in _REFERENCE.findall(text))


def _nesting(data: bytes) -> str:
    steps = (bool(m[1]) - bool(m[2]) for m in _JSON.finditer(data))
    return "Nested too deep" if max(accumulate(steps), default=0) > DEPTH else ""


_LOOKS: Mapping[ox.RdfFormat, Callable[[bytes], str]] = {
    ox.RdfFormat.RDF_XML: _entities,
    ox.RdfFormat.JSON_LD: _nesting,
}
