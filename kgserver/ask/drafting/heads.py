"""The prefix declarations that a piece of Turtle needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.load.layout import tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def missing(text: str, known: Mapping[str, str], declared: Collection[str] = ()) -> str:
    """A declaration a line for each known prefix that is used and not declared yet."""
    names = (token for token in tokens.tokenise(text) if token.kind == "name")
    used = {token.text.partition(":")[0] for token in names} - set(declared)
    return "".join(f"@prefix {p}: <{known[p]}> .\n" for p in sorted(used) if p in known)
