"""What stands behind the WHERE of a SELECT, and which of it leaves no row."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from kgserver.ask.sparql.gate.tokens import Token
from kgserver.ask.sparql.vocabulary import Warned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kgserver.ask.sparql.syntax.tree import Tree

_CLAUSES = frozenset(["GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"])
# What to say of those that leave nothing, and what to do.
_SAID: Mapping[str, tuple[str, str]] = {
    "HAVING": ("HAVING lets no group through.", "Look at the groups without it."),
    "LIMIT": ("LIMIT 0 takes no row.", "Take a larger one."),
    "OFFSET": ("OFFSET passes over every row.", "Take a smaller one."),
    "VALUES": (
        "VALUES has nothing of what is found.", "Leave it out to see what there is.",
    ),
}  # fmt: skip


def emptying(
    query: str, found: Sequence[Token], tree: Tree, holds: Callable[[str], bool]
) -> Warned | None:
    """The first clause that leaves no row of a SELECT whose patterns match.

    `holds` puts an ASK. None where there are rows, or there is no such clause.
    """
    select = next((token for token in found if token.word == "SELECT"), None)
    if tree.form != "SELECT" or select is None:
        return None
    behind = Token("end", "", len(query))
    clauses = [*_clauses(found, tree.end), behind]
    for clause, after in itertools.pairwise(clauses):
        if clause.word not in _SAID:
            continue
        body = query[select.offset : after.offset].replace(tree.sources, "", 1)
        group = f"{{ {{ {body}\n}} }}"
        if not holds(f"{tree.prologue}\nASK {tree.sources} {group}"):
            code = f"no-{clause.word.lower()}"
            return Warned(code, clause.offset, *_SAID[clause.word])
    return None


def _clauses(found: Sequence[Token], begin: int) -> Iterator[Token]:
    """The words with which clauses begin, from an offset on."""
    depth = 0
    for token in found:
        if token.offset < begin:
            continue
        depth += (token.mark in {"(", "{"}) - (token.mark in {")", "}"})
        if token.word in _CLAUSES and not depth:
            yield token
