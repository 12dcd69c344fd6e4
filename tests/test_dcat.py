"""The description of the dataset is what catalogues ask for, version by version."""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from typing import TYPE_CHECKING

import pyshacl
import rdflib

from kgserver.load import snapshot
from kgserver.serve.app import create_app

from .conftest import ROOT
from .processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

    from kgserver.model.settings import Settings

SHAPES = ROOT / "tests" / "dcat-ap.ttl"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
PROV = rdflib.Namespace("http://www.w3.org/ns/prov#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
SETTINGS = """
title = "A graph"
licence = "https://creativecommons.org/licenses/by/4.0/"
creators = ["https://example.org/somebody", "Someone Else"]
publisher = "A publisher"
contact = "mailto:someone@example.org"
"""


def described(client: FlaskClient, path: str = "/dataset?format=ttl") -> rdflib.Graph:
    """The description, as rdflib reads it, once its files are made."""
    wait_until(lambda: b"dcat:byteSize" in client.get(path).data)
    answer = client.get(path)
    return rdflib.Graph().parse(data=answer.data, format="turtle")


def judged(graph: rdflib.Graph) -> str:
    """What the shapes find; nothing where all is well."""
    shapes = rdflib.Graph().parse(SHAPES)
    with warnings.catch_warnings():
        # pySHACL 0.40 uses what rdflib 7.6 is going to take away
        warnings.simplefilter("ignore", DeprecationWarning)
        conforms, _, said = pyshacl.validate(graph, shacl_graph=shapes)
    return "" if conforms else str(said)


def test_the_shipped_graph_is_described_as_dcat_ap_asks(client: FlaskClient) -> None:
    """Every mandatory property is there; each kind of thing is, too."""
    graph = described(client)
    kinds = set(graph.objects(predicate=rdflib.RDF.type))

    assert judged(graph) == ""
    assert {DCAT.Dataset, DCAT.Distribution, DCAT.DataService} <= kinds
    assert SPDX.Checksum in kinds


def test_each_service_is_described_where_it_says(client: FlaskClient) -> None:
    """The address of its description answers with RDF."""
    graph = described(client)
    places = set(graph.objects(predicate=DCAT.endpointDescription))
    for place in places:
        path = "/" + str(place).removeprefix("https://w3id.org/cityexchange/")
        answer = client.get(path, headers={"Accept": "text/turtle"})

        assert (answer.status_code, answer.mimetype) == (200, "text/turtle"), path
    assert places


def test_the_shapes_find_what_is_missing(
    make_client: Callable[[dict[str, str]], FlaskClient],
) -> None:
    """Without one of what is mandatory they do not conform."""
    files = {"graph/a.ttl": "<urn:a> <urn:p> 1 .", "kgserver.toml": SETTINGS}
    client = make_client(files)
    assert (None, rdflib.RDF.type, DCAT.Catalog) in described(client)
    for missing in (
        rdflib.DCTERMS.title, rdflib.DCTERMS.description, DCAT.accessURL,
        DCAT.endpointURL, rdflib.FOAF.name, SPDX.checksumValue,
    ):  # fmt: skip
        graph = described(client)
        graph.remove((None, missing, None))
        assert judged(graph) != "", missing


def test_versions_are_described_with_their_files(
    make_folder: Callable[..., Settings],
) -> None:
    """Each one with the one before it, and its own description with checksums."""
    for number in (1, 2, 3):
        text = f"<urn:a> <urn:p> {number} ."
        settings = make_folder({"graph/a.ttl": text, "kgserver.toml": SETTINGS})
        assert snapshot.build(settings).served
    client = create_app(settings).test_client()
    graph = described(client)
    whole = rdflib.URIRef("http://127.0.0.1:8000/dataset")
    listed = graph.objects(whole, DCAT.hasVersion)
    found = [rdflib.URIRef(each) for each in sorted(map(str, listed))]

    assert judged(graph) == ""
    assert len(found) == 3
    assert graph.value(whole, DCAT.hasCurrentVersion) == found[2]
    assert graph.value(found[2], DCAT.previousVersion) == found[1]
    assert graph.value(found[1], PROV.wasRevisionOf) == found[0]
    assert graph.value(found[0], DCAT.previousVersion) is None
    for number, each in enumerate(found, start=1):
        path = each.removeprefix("http://127.0.0.1:8000")
        own = described(client, f"{path}&format=ttl")
        assert judged(own) == ""
        assert str(number) == str(own.value(whole, rdflib.OWL.versionInfo))
        files = {str(file): file for file in own.subjects(DCAT.byteSize)}
        (file,) = (file for file in files if file.endswith("/all.nq.gz"))
        path = file.removeprefix("http://127.0.0.1:8000")
        data = client.get(path, buffered=True).data
        checksum = own.value(own.value(files[file], SPDX.checksum), SPDX.checksumValue)
        assert str(checksum) == hashlib.sha256(data).hexdigest()


def test_it_is_where_void_is_looked_for(client: FlaskClient) -> None:
    """The same description, under the address that VoID has for it."""
    same = client.get("/.well-known/void", headers={"Accept": "text/turtle"})

    assert same.data == client.get("/dataset?format=ttl").data
    assert same.headers["Content-Location"] == "/dataset?format=ttl"


def test_search_engines_find_what_they_ask_for(client: FlaskClient) -> None:
    """Required and recommended members of schema.org's Dataset, in the page."""
    page = client.get("/dataset", headers={"Accept": "text/html"}).text
    block = r'<script type="application/ld\+json">(.*?)</script>'
    (data,) = re.findall(block, page, re.S)
    members = json.loads(data)

    assert members["@type"] == "Dataset"
    for member in ("name", "description", "license", "version", "distribution", "url"):
        assert members[member], member
