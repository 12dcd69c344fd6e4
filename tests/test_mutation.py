"""Edits by chance of the shipped files: told, harmless, or such as nobody could tell.

Thirty in each run; `pytest tests/test_mutation.py --mutations 500` tries more of them.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from kgserver.model import names

from . import mutation
from .conftest import CASES, build_shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .mutation import Outcome

PREFIXES = {**names.WELL_KNOWN, "cex": "https://w3id.org/cityexchange/ontology#"}
# From so many edits on, a kind that no edit is of is taken for one that is caught.
_MANY = 500
# Among so many edits there are some of each sort.
_SOME = 50


@pytest.fixture(scope="module")
def found(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Sequence[Outcome]:
    """What a check makes of the edits, none of which kills it."""
    settings = build_shipped(tmp_path_factory.mktemp("mutated"))
    count = request.config.getoption("--mutations")
    return list(mutation.outcomes(settings, count, mutation.SEED))


def uncaught() -> Sequence[dict[str, Any]]:
    """The kinds of edits that no check can tell, each with its reason."""
    table = tomllib.loads((CASES / "uncaught.toml").read_text("utf-8"))
    kinds: Sequence[dict[str, Any]] = table["kind"]
    return kinds


def fits(outcome: Outcome, kind: dict[str, Any]) -> bool:
    """Whether an edit is of a kind: what it did, and to which property's statements."""
    did = outcome.did
    if did is None or did.kind not in kind["change"]:
        return False
    prop = names.shorten(did.predicate, PREFIXES)
    return "properties" not in kind or prop in kind["properties"]


def test_a_syntax_fault_is_told_where_it_is(found: Sequence[Outcome]) -> None:
    """At most one line away, and no other line is blamed."""
    broken = [each for each in found if each.did is None]

    assert broken
    for each in broken:
        assert any(problem.fatal for problem in each.found), each.edit
        lines = {p.line for p in each.found if p.file == each.edit.file and p.fatal}
        near = range(each.edit.first - 1, each.edit.last + 2)
        assert not [line for line in lines if line not in near], each.edit


def test_a_change_of_meaning_is_caught_or_of_a_kind_that_cannot_be(
    found: Sequence[Outcome],
) -> None:
    """`uncaught.toml` says which kinds these are, and why."""
    missed = [e for e in found if e.did and e.did.kind and not e.caught]
    unlisted = [e for e in missed if not any(fits(e, kind) for kind in uncaught())]

    assert not unlisted, "\n".join(f"{each.did}: {each.edit}" for each in unlisted)


def test_no_kind_is_listed_in_vain(found: Sequence[Outcome]) -> None:
    """Each has a reason; where many edits are tried, one that was not caught."""
    missed = [e for e in found if e.did and e.did.kind and not e.caught]
    for kind in uncaught():
        assert kind["why"]
        tried = any(fits(each, kind) for each in missed)
        assert tried or len(found) < _MANY, kind["name"]


def test_what_changes_no_meaning_breaks_nothing(found: Sequence[Outcome]) -> None:
    """White space, comments, another spelling of the same: no error."""
    harmless = [each for each in found if each.did and not each.did.kind]

    assert harmless or len(found) < _SOME
    for each in harmless:
        assert not [p for p in each.found if p.fatal], each.edit
