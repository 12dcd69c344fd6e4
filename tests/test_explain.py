"""A query without an answer is told which part of it matches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgserver.load import snapshot
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

from .conftest import CASES, cases

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

ROOM = [case for case in cases("explained") if case.id != "data"]


@pytest.fixture(scope="module")
def cities(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of the application over the room's data."""
    folder = tmp_path_factory.mktemp("cities")
    (folder / "graph").mkdir()
    text = (CASES / "explained" / "data.ttl").read_text("utf-8")
    (folder / "graph" / "data.ttl").write_text(text, "utf-8")
    settings = setting.read(folder, {})
    assert snapshot.build(settings).served
    return create_app(settings).test_client()


@pytest.mark.parametrize("case", ROOM)
def test_a_query_is_explained(
    case: Path, cities: FlaskClient, golden: Callable[[Path, str], None]
) -> None:
    """Whether it matches, what leaves nothing, and what it is warned of."""
    text = (case / "query.rq").read_text("utf-8")
    asked = {"query": text, "explain": "1"}
    answer = cities.get("/sparql", query_string=asked)
    told = answer.get_json()

    assert answer.status_code == 200
    said = ["matches" if told["matches"] else "matches nothing"]
    for each in [told["nothing"], *told["warnings"]]:
        if each:
            place = f"{each['line']}:{each['column']}"
            said.append(f"{place} [{each['code']}] {each['detail']}")
            said.append(f"    {each['hint']}")
    golden(case / "told.txt", "\n".join(said) + "\n")


def test_a_query_that_cannot_be_read_is_refused_as_ever(cities: FlaskClient) -> None:
    """With its own line and column, not those of what is asked on the way."""
    text = "SELECT ?y\n{ ?x ?p ?y } GROUP BY ?x"
    asked = {"query": text, "explain": "1"}
    answer = cities.get("/sparql", query_string=asked)

    assert answer.status_code == 400
    assert answer.get_json(force=True)["line"] == 1
