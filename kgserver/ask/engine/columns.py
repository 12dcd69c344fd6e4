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
_VARIABLE = re.compile(r"[?$](\w+)")
_NOTHING = ox.Store()


def named(query: str, base: str) -> str:
    """The query with names for the star of its SELECT, where it has one.

    Raises SyntaxError as the engine does, with places in the query as it was.
    """
    found = _STAR.match(query)
    if found is None:
        return query
    behind = query[found.end() :]
    written = tuple(dict.fromkeys(_VARIABLE.findall(behind)))
    if list(written) == sorted(written):  # as they come anyway
        return query
    results = _NOTHING.query(query, base_iri=base)
    if not isinstance(results, ox.QuerySolutions):
        return query
    there = {variable.value for variable in results.variables}
    order = dict.fromkeys(v for v in written if v in there)
    if order.keys() != there or len(order) < 2:
        return query
    columns = " ".join(f"?{each}" for each in order)
    return f"{query[: found.start('star')]} {columns} {behind}"
