"""Whole graphs as files, and the description that lists them."""

from __future__ import annotations

import gzip
import hashlib
import io
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
import rdflib
import zstandard
from click.testing import CliRunner

from kgserver import cli
from kgserver.ask import dataset as datasets
from kgserver.ask.documents import dumps, export
from kgserver.load import snapshot, versions
from kgserver.model import media
from kgserver.serve.app import create_app

from .processes import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from kgserver.ask.dataset import Dataset
    from kgserver.model.settings import Settings

KINDS = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
}
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")


@pytest.fixture(scope="module")
def held(shipped: Settings) -> Dataset:
    """The shipped graph, opened."""
    directory = versions.current(shipped.state)
    assert directory
    return datasets.opened(directory)


def written(held: Dataset, form: media.Media, *, inferred: bool = True) -> bytes:
    """The whole graph in a format."""
    target = io.BytesIO()
    export.write(held, export.Scope(inferred=inferred), form, target)
    return target.getvalue()


@pytest.mark.parametrize("extension", KINDS)
@pytest.mark.parametrize("inferred", [True, False])
@pytest.mark.parametrize("laid_out", [0, 50_000])
def test_every_format_holds_the_whole_graph(
    held: Dataset,
    extension: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    inferred: bool,
    laid_out: int,
) -> None:
    """As many triples as the version has, with and without what only follows."""
    monkeypatch.setattr(export, "_LAID_OUT", laid_out)
    form = media.by_extension(extension, export.FORMS)
    assert form
    data = written(held, form, inferred=inferred)
    quads = list(ox.parse(data, format=KINDS[extension]))
    shapes = {s.graph for s in held.snapshot.sources if s.role == "shapes"}
    triples = {
        q.triple for q in quads
        if isinstance(q.graph_name, ox.DefaultGraph) or q.graph_name.value not in shapes
    }  # fmt: skip
    counts = held.snapshot.counts
    inferred_only = ox.NamedNode(held.names.inferred)
    said = [
        q.triple for q in held.store.quads_for_pattern(None, None, None, inferred_only)
    ]
    whole = counts.merged if inferred else counts.merged - len(said)

    assert len(triples) == whole
    assert written(held, form, inferred=inferred) == data


def unzstd(data: bytes) -> bytes:
    """What zstd packed."""
    with zstandard.ZstdDecompressor().stream_reader(data) as reader:
        return reader.read()


def test_a_dump_of_every_kind_is_there_with_its_checksum(
    shipped: Settings, client: FlaskClient
) -> None:
    """Whole, asserted, per graph, in each format and compression; parts on demand."""
    place = "/dump/latest/SHA256SUMS"

    def asked() -> TestResponse:
        return client.get(place, follow_redirects=True, buffered=True)

    wait_until(lambda: asked().status_code == 200)
    sums = asked().text
    pairs = (line.split("  ") for line in sums.splitlines())
    listed = {name: checksum for checksum, name in pairs}
    unpack = {"gz": gzip.decompress, "zst": unzstd}
    for name in ("all.nq", "asserted.trig", "all.ttl", "graph/links/wikidata.nq"):
        bodies = set()
        for suffix, undo in unpack.items():
            place = f"/dump/latest/{name}.{suffix}"
            answer = client.get(place, follow_redirects=True, buffered=True)
            assert answer.status_code == 200
            assert hashlib.sha256(answer.data).hexdigest() == listed[f"{name}.{suffix}"]
            assert "immutable" in answer.headers["Cache-Control"]
            bodies.add(undo(answer.data))
        assert len(bodies) == 1
    target = client.get("/dump/latest/all.nq.gz").headers["Location"]
    with client.get(target, headers={"Range": "bytes=2-5"}) as part:
        assert (part.status_code, len(part.data)) == (206, 4)

    assert len(listed) == 6 * (2 + len(sources(shipped)))


def sources(settings: Settings) -> list[str]:
    """The graphs of the files in service."""
    directory = versions.current(settings.state)
    assert directory
    return [source.graph for source in versions.read(directory).sources]


@pytest.mark.parametrize(
    "name",
    ["../../current/manifest.json", "%2e%2e/lock", ".list.json", "none.nq.gz", "graph"],
)
def test_nothing_but_dumps_is_sent(client: FlaskClient, name: str) -> None:
    """No way leads out of the set."""
    edition = client.get("/dump/latest/x").headers["Location"].rpartition("/")[0]
    assert client.get(f"{edition}/{name}").status_code == 404
    assert client.get(f"/dump/v1-00000000/{name}").status_code == 404
    assert client.get(f"/dump/../{name}").status_code == 404


def test_two_sets_of_one_graph_are_equal_byte_for_byte(
    make_folder: Callable[..., Settings],
) -> None:
    """Made anew, every file is the same."""
    settings = make_folder({"graph/a.ttl": "@prefix : <http://e/> . :a :p [ :q 1 ] ."})
    assert snapshot.build(settings).served
    directory = versions.current(settings.state)
    assert directory
    first = dumps.make(datasets.opened(directory))
    for path in dumps.folder_of(datasets.opened(directory)).glob("*.json"):
        path.unlink()

    assert dumps.make(datasets.opened(directory)) == first


@pytest.mark.parametrize("extension", ["ttl", "nt", "rdf", "jsonld"])
def test_the_description_lists_each_dump_with_size_and_checksum(
    client: FlaskClient, extension: str
) -> None:
    """DCAT distributions that can be fetched, in every format of graphs."""
    forms = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld"}
    answer = client.get(f"/dataset?format={extension}")
    graph = rdflib.Graph().parse(data=answer.data, format=forms[extension])
    about = rdflib.URIRef("https://w3id.org/cityexchange/dataset")
    files = list(graph.objects(about, DCAT.distribution))

    assert len(files) == 12
    for file in files:
        path = "/" + str(file).removeprefix("https://w3id.org/cityexchange/")
        body = client.get(path, buffered=True).data
        checksum = graph.value(file, SPDX.checksum)
        value = graph.value(checksum, SPDX.checksumValue)
        assert int(str(graph.value(file, DCAT.byteSize))) == len(body)
        assert str(value).lower() == hashlib.sha256(body).hexdigest()


def test_the_well_known_address_of_void_has_the_description(
    client: FlaskClient,
) -> None:
    """VoID §7.2: for programs that know nothing but the host."""
    answer = client.get("/.well-known/void", headers={"Accept": "text/turtle"})

    assert "void:sparqlEndpoint" in answer.text
    assert answer.headers["Content-Location"] == "/dataset?format=ttl"


def test_makers_stand_in_description_page_and_headers(
    make_folder: Callable[..., Settings],
) -> None:
    """Creators by IRI or name, publisher, contact: as the settings say."""
    settings = make_folder(
        {"graph/a.ttl": "<http://e/a> <http://e/p> 1 ."},
        {
            "KGSERVER_CREATORS": "https://orcid.org/0000-0001-0002-0003,Ada <Lovelace>",
            "KGSERVER_PUBLISHER": "The Press",
            "KGSERVER_CONTACT": "mailto:a@example.org",
        },
    )
    assert snapshot.build(settings).served
    client = create_app(settings).test_client()
    page = client.get("/dataset", headers={"Accept": "text/html"})
    turtle = client.get("/dataset?format=ttl").text

    assert "Ada &lt;Lovelace&gt;" in page.text
    assert any('rel="author"' in link for link in page.headers.getlist("Link"))
    assert 'foaf:name "Ada <Lovelace>"' in turtle
    assert "vcard:hasEmail <mailto:a@example.org>" in turtle
    assert "<https://orcid.org/0000-0001-0002-0003>\n    a foaf:Agent" in turtle


def test_the_command_writes_a_file_or_standard_output(shipped: Settings) -> None:
    """By the file's suffix or by `--format`; a graph that is not there is told."""
    run = CliRunner().invoke
    folder = str(shipped.folder)
    piped = run(cli.main, ["dump", folder, "--format", "nt", "--asserted"])
    target = shipped.folder.parent / "out.ttl"
    filed = run(cli.main, ["dump", folder, "-o", str(target)])
    graph = "https://w3id.org/cityexchange/graph/links/wikidat"
    wrong = run(cli.main, ["dump", folder, "--graph", graph])

    assert (piped.exit_code, filed.exit_code, wrong.exit_code) == (0, 0, 2)
    assert len(piped.stdout_bytes.splitlines()) > 9000
    assert target.read_text("utf-8").startswith("@prefix")
    assert (
        "Did you mean https://w3id.org/cityexchange/graph/links/wikidata?"
        in wrong.output
    )
