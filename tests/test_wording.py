"""Numbers and dates are written as people write them, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.ask.browse import wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

XSD = "http://www.w3.org/2001/XMLSchema#"
WRITTEN = [
    ("gYear", "2019", "2019", "2019", "2019年"),
    ("gYearMonth", "2014-10", "October 2014", "Oktober 2014", "2014年10月"),
    ("date", "2019-10-31", "31 October 2019", "31. Oktober 2019", "2019年10月31日"),
    ("date", "2019-13-31", "2019-13-31", "2019-13-31", "2019-13-31"),
    (
        "dateTime", "2026-11-23T08:05:00Z", "23 November 2026, 08:05 UTC",
        "23. November 2026, 08:05 UTC", "2026年11月23日, 08:05 UTC",
    ),
    ("integer", "1972", "1972", "1972", "1972"),
    ("integer", "40000000000", "40,000,000,000", "40.000.000.000", "40,000,000,000"),
    ("decimal", "53.7", "53.7", "53,7", "53.7"),
    ("decimal", "-0.50", "-0.5", "-0,5", "-0.5"),
    ("double", "1E400", "1E400", "1E400", "1E400"),
    ("boolean", "true", "yes", "ja", "是"),
    ("duration", "P3D", "3 days", "3 Tage", "3天"),
    ("duration", "P1Y6M", "1 year 6 months", "1 Jahr 6 Monate", "1年 6个月"),
    ("duration", "P", "P", "P", "P"),
    ("string", "2019-10-31", "2019-10-31", "2019-10-31", "2019-10-31"),
]  # fmt: skip


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: f"{case[0]} {case[1]}")
def test_a_literal_is_written_in_each_language(case: tuple[str, ...]) -> None:
    """By its datatype; what cannot be read stays as it is."""
    datatype, text, *expected = case
    literal = ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))

    found = [wording.literal(literal, each) for each in ("en", "de", "zh-Hans")]

    assert found == expected


def test_names_sort_as_people_sort_them() -> None:
    """2nd comes before 10th, and case does not matter."""
    names = ["10th", "2nd", "b", "A", "Item 9", "item 10"]

    assert sorted(names, key=wording.natural) == [
        "2nd", "10th", "A", "b", "Item 9", "item 10",
    ]  # fmt: skip


TEMPLATED = {
    "ontology/o.ttl": """
    @prefix : <http://127.0.0.1:8000/ontology#> .
    @prefix kg: <https://w3id.org/kgserver/ns#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    :Count a owl:Class ; rdfs:label "count" ;
        kg:written "{o:hedge} {o:value} {o:unit}[ ({o:date})]"@en ,
            "{o:hedge}{o:value}{o:unit}"@zh-Hans .
    """,
    "graph/a.ttl": """
    @prefix : <http://127.0.0.1:8000/id/> .
    @prefix kg: <https://w3id.org/kgserver/ns#> .
    @prefix o: <http://127.0.0.1:8000/ontology#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    :event o:has :hedged , :plain , :bare .
    :hedged a o:Count ; o:hedge :more ; o:value 22000 ; o:unit :person ;
        o:date "2014-10"^^xsd:gYearMonth .
    :plain a o:Count ; o:hedge :exactly ; o:value 7 ; o:unit :person .
    :bare a o:Count ; rdfs:label "a count of nothing" .
    :more rdfs:label "more than"@en , "超过"@zh-Hans .
    :exactly rdfs:label "exactly"@en ; kg:written "" .
    :person rdfs:label "person"@en ; kg:written "people"@en , "人"@zh-Hans .
    """,
}


def test_a_thing_is_written_by_the_template_of_its_class(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """With hedge, unit and date in the reader's language; by its label without any."""
    client = make_client(TEMPLATED)
    english = client.get("/page/event?lang=en").text
    chinese = client.get("/page/event?lang=zh-Hans").text

    assert ">more than 22,000 people (October 2014)<" in english
    assert ">7 people<" in english
    assert ">a count of nothing<" in english
    assert ">超过22,000人<" in chinese
