"""How a prefix is declared, told where it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable

_DECLARATION = re.compile(r"Add at the top of the file: @prefix ([^\s:]*): <(\S+)> \.")


def declare(prefix: str, declared: Iterable[str], namespace: str | None = None) -> str:
    """What to do where a prefix is not declared; a near one may be meant.

    `namespace` is what the prefix stands for elsewhere in the folder.
    """
    iri = namespace or names.WELL_KNOWN.get(prefix)
    if iri:
        return f"Add at the top of the file: @prefix {prefix}: <{iri}> ."
    near = names.nearest(prefix, declared)
    line = f"@prefix {prefix}: <the namespace's IRI> ."
    if near:
        return f"Did you mean {near}: ? If not, add at the top of the file: {line}"
    return f"Add at the top of the file: {line}"


def declaration(hint: str) -> tuple[str, str] | None:
    """The prefix and namespace that a remedy of `declare` is sure of."""
    found = _DECLARATION.fullmatch(hint)
    return (found[1], found[2]) if found else None
