"""The columns of `SELECT *`, in the order in which the query names its variables.

The engine gives them in alphabetical order, so that `SELECT * { ?s ?p ?o }` comes as
o, p, s. Which there are it alone knows for certain; the query is then asked with their
names in the place of the star.
"""

from __future__ import annotations

import re

import pyoxigraph as ox

_SPACE = r"(?:\s|#[^\r\n]*+)"
_QUOTED = r"<[^>]*+>|\"[^\"]*+\"|'[^']*+'"
_DECLARED = rf"(?i:PREFIX|BASE|VERSION){_SPACE}*+[^<\"'#]*+(?:{_QUOTED})"
_STAR = re.compile(
    rf"(?:{_SPACE}|{_DECLARED})*+"
    rf"(?i:SELECT){_SPACE}*+(?:(?i:DISTINCT|REDUCED){_SPACE}*+)?(?P<star>\*)"
)
# Where a variable may stand that is none of the rows, or what only looks like one.
_INTRICATE = re.compile(
    r"\b(?:FILTER|MINUS|SELECT|EXISTS|BIND|ORDER|GROUP|HAVING|SERVICE)\b"
    r"|[\"'\\]|#[^\r\n]*[?$]|<[^>]*[?$]",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"[?$](\w+)")
_NOTHING, _ANY = ox.Store(), "http://localhost/"


def named(query: str) -> str:
    """The query with names for the star of its SELECT, where it has one.

    Raises SyntaxError as the engine does.
    """
    found = _STAR.match(query)
    if found is None:
        return query
    behind = query[found.end() :]
    written = tuple(dict.fromkeys(_VARIABLE.findall(behind)))
    if list(written) == sorted(written):  # as they come anyway
        return query
    there = _there(query) if _INTRICATE.search(behind) else {*written}
    order = [each for each in written if each in there]
    if {*order} != there or len(order) < 2:
        return query
    columns = " ".join(f"?{each}" for each in order)
    return f"{query[: found.start('star')]} {columns} {behind}"


def _there(query: str) -> set[str]:
    """The variables of the rows, as the engine reads the query."""
    results = _NOTHING.query(query, base_iri=_ANY)
    if not isinstance(results, ox.QuerySolutions):
        return set()
    return {variable.value for variable in results.variables}
