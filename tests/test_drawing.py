"""Drawings hold what they show: spots in place, words apart, dates in order."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest

from kgserver.ask.browse.listing import timeline
from kgserver.serve.drawing import borders, ground
from kgserver.serve.drawing.words import Board, short, width

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

POINTS = {
    "graph/a.ttl": """
    @prefix : <http://127.0.0.1:8000/id/> .
    @prefix geo: <http://www.opengis.net/ont/geosparql#> .
    @prefix schema: <https://schema.org/> .
    @prefix wgs: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
    :basic wgs:lat "52.5" ; wgs:long "13.4" .
    :schema schema:latitude 48.1 ; schema:longitude 11.6 .
    :wkt geo:hasGeometry [ geo:asWKT "POINT (9.99 53.55)"^^geo:wktLiteral ] .
    :crs geo:asWKT "<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(7 51)" .
    :nowhere wgs:lat "99" ; wgs:long "13.4" .
    :nonsense wgs:lat "north" ; wgs:long "east" .
    """
}


def test_coordinates_are_read_from_three_vocabularies(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """Latitude and longitude in their right order, and none that the earth has not."""
    found = make_client(POINTS).get("/map?format=geojson").get_json(force=True)
    points = {
        each["id"].rpartition("/")[2]: each["geometry"]["coordinates"]
        for each in found["features"]
    }
    assert points == {
        "basic": [13.4, 52.5],
        "schema": [11.6, 48.1],
        "wkt": [9.99, 53.55],
        "crs": [7.0, 51.0],
    }


def test_sister_cities_are_tied_on_the_map(client: FlaskClient) -> None:
    """What files say between places is a line, once for both directions."""
    found = client.get("/map?format=geojson").get_json(force=True)
    lines = [f for f in found["features"] if f["geometry"]["type"] == "LineString"]

    assert [line["properties"]["label"] for line in lines] == ["sister city"]


def test_the_borders_are_where_their_countries_are() -> None:
    """The decoded outlines are closed and lie between the Rhine and the Amur."""
    outlines = list(borders.outlines(borders.PROVINCES))
    rings = [ring for each in outlines for ring in each.rings]
    easts = [east for ring in rings for east, _ in ring]

    assert len(outlines) > 50
    assert all(ring[0] == ring[-1] for ring in rings)
    assert 5 < min(easts) < max(easts) < 136


def test_the_land_of_a_map_is_under_its_places(client: FlaskClient) -> None:
    """The page moves the file of all land so that a place stands on its coordinates."""
    page = client.get("/map").text
    east, south, across, down = map(
        float,
        re.findall(r"translate\(([-\d.]+) ([-\d.]+)\) scale\(([\d.]+) ([\d.]+)", page)[
            0
        ],
    )
    spot = re.search(r'aria-label="Wolfsburg".*?cx="([\d.]+)" cy="([\d.]+)"', page)
    assert spot
    longitude = (float(spot[1]) - east) / across / ground.DEGREE
    latitude = -(float(spot[2]) - south) / down / ground.DEGREE

    assert (round(longitude, 1), round(latitude, 1)) == (10.8, 52.4)


def test_the_land_is_drawn_as_it_was_read() -> None:
    """Steps from point to point end where the outline ends, rounded once only."""
    path = re.search(r'non-scaling-stroke" d="M(-?\d+) (-?\d+)l([^z]*)z', ground.svg())
    assert path
    steps = [int(number) for number in re.findall(r"-?\d+", path[3])]
    ring = next(borders.outlines(borders.PROVINCES)).rings[0]

    assert [int(path[1]), -int(path[2])] == [round(part * 100) for part in ring[0]]
    assert (sum(steps[::2]), sum(steps[1::2])) == (0, 0)


def test_words_do_not_stand_on_one_another() -> None:
    """Of many words at nearly one place some are left out and none overlap."""
    board = Board(400, 200)
    for n in range(30):
        board.write(f"Place {n}", 200 + n % 3, 100 + n % 5)

    assert 3 <= len(board.taken) < 30
    for one, other in itertools.combinations(board.taken, 2):
        apart = one[2] <= other[0] or other[2] <= one[0]
        assert apart or one[3] <= other[1] or other[3] <= one[1]


def test_chinese_words_are_taken_for_wide() -> None:
    """A Chinese letter is about two others; a cut text keeps to its width."""
    assert width("长春") > 1.7 * width("ab")
    assert short("长春市城市发展投资控股集团", 10) == "长春市城市…"
    assert short("Changchun", 10) == "Changchun"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2013", "2014"),
        ("2013-11", "2014-01"),
        ("2019-10-29", "2019-10-31"),
        ("2016-02-29", "2016-03"),
        ("-0044", "0033"),
        ("1999-12-31T23:59:59Z", "2000"),
    ],
)
def test_a_date_comes_before_another(earlier: str, later: str) -> None:
    """Whatever their precision."""
    one, other = timeline.span(earlier), timeline.span(later)

    assert one
    assert other
    assert one[0] <= one[1] < other[0] <= other[1]


def test_a_year_has_its_days_within() -> None:
    """2019 begins no later and ends no earlier than any day of 2019."""
    year, day = timeline.span("2019"), timeline.span("2019-12-31")

    assert year
    assert day
    assert year[0] <= day[0] < day[1] <= year[1] + 0.001
    assert timeline.span("2019-13") is None
    assert timeline.span("soon") is None
