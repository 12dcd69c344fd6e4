"""The map: what has coordinates, as a drawing, as lists, as GeoJSON (RFC 7946)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

from kgserver.ask.browse.listing import places
from kgserver.model import media
from kgserver.serve import rendering
from kgserver.serve.data import documents
from kgserver.serve.drawing import ground
from kgserver.serve.drawing import map as drawing
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from kgserver.ask.browse.listing.places import Bond, Place

map_page = flask.Blueprint("map_page", __name__)
GEOJSON = media.Media(
    "application/geo+json", "geojson", "GeoJSON", "rows", ("application/json",)
)
SVG = media.Media("image/svg+xml", "svg", "SVG", "page")
_DRAWN = 400  # places; a drawing of more would be heavier than a page may be


@map_page.route("/map")
def world() -> flask.Response:
    """Everything that has a place, and what the files say between places."""
    form = documents.asked((media.HTML, GEOJSON))
    if form is GEOJSON:
        digest = site.dataset().snapshot.digest
        tag = rendering.entity_tag(digest, "map", site.language())
        return rendering.send(tag, GEOJSON, _geojson)
    return site.page("map.html", tag="map", context=_context)


@map_page.route("/map/land.svg")
def land() -> flask.Response:
    """The land that the maps of all pages show a part of."""
    tag = rendering.entity_tag("land", ground.svg())
    response = rendering.send(tag, SVG, ground.svg)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _context() -> dict[str, object]:
    dataset, language = site.dataset(), site.language()
    found = places.places(dataset, language)
    bonds = places.bonds(dataset, language)
    drawn = drawing.draw(found[:_DRAWN], bonds) if found else None
    return {"places": found, "bonds": bonds, "drawn": drawn}


def _geojson() -> str:
    dataset, language = site.dataset(), site.language()
    features = [_feature(place) for place in places.places(dataset, language)]
    features += [_line(bond) for bond in places.bonds(dataset, language)]
    collection = {"type": "FeatureCollection", "features": features}
    return flask.json.dumps(collection, ensure_ascii=False)


def _feature(place: Place) -> dict[str, object]:
    return {
        "type": "Feature",
        "id": place.node.value,
        "geometry": {
            "type": "Point",
            "coordinates": [place.longitude, place.latitude],
        },
        "properties": {
            "iri": place.node.value,
            "label": place.label.text,
            "page": site.href(place.node.value),
        },
    }


def _line(bond: Bond) -> dict[str, object]:
    ends = [[each.longitude, each.latitude] for each in (bond.one, bond.other)]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": ends},
        "properties": {
            "property": bond.property.value,
            "label": bond.label.text,
            "from": bond.one.node.value,
            "to": bond.other.node.value,
        },
    }
