"""The dataset as a catalogue lists it: DCAT 3, with its dumps, endpoint and makers.

The IRIs are canonical, so that the description is the same on every host. Of the dumps
of one named graph each only one is described; the others stand beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox

from kgserver.ask import editions
from kgserver.ask.catalog import void
from kgserver.ask.documents import description, dumps
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.documents.dumps import Dump

_DCAT, _TERMS, _VOID = (names.WELL_KNOWN[p] for p in ("dcat", "dcterms", "void"))
_FOAF, _VCARD = names.WELL_KNOWN["foaf"], names.WELL_KNOWN["vcard"]
_SPDX = "http://spdx.org/rdf/terms#"
_IANA = "https://www.iana.org/assignments/media-types/"
_ONE = ".ttl.gz"  # the dump that stands for all of a named graph
_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
PREFIXES = {
    **{p: names.WELL_KNOWN[p] for p in ("dcat", "foaf", "vcard", "owl", "prov")},
    **void.PREFIXES,
    "spdx": _SPDX,
}


@dataclass(frozen=True, slots=True)
class Publication:
    """What the settings say of the dataset: texts, IRIs, or nothing."""

    title: str
    description: str = ""
    licence: str = ""
    creators: tuple[str, ...] = ()
    publisher: str = ""
    contact: str = ""

    def citation(self, dataset: Dataset) -> str:
        """One line to cite the version by: makers, year, title, version, IRI."""
        snapshot = dataset.snapshot
        makers = "; ".join(self.creators) or self.publisher
        year = snapshot.created[:4]
        head = f"{makers} ({year}): " if makers else ""
        tail = "" if makers else f" ({year})"
        version = f"Version {snapshot.version} ({snapshot.digest[:8]})"
        return f"{head}{self.title}{tail}. {version}. {dataset.names.dataset}"


def describe(
    dataset: Dataset, publication: Publication, made: Sequence[Dump] | None
) -> Iterator[ox.Triple]:
    """All that is known of the dataset as a whole; without dumps where none is made."""
    about = _Node(dataset.names.dataset)
    yield from void.describe(dataset)
    yield from _published(about, publication)
    yield from _version(dataset, about, publication)
    yield from _service(dataset, about)
    for dump in filter(_is_described, made or ()):
        yield from _distribution(dataset, dump, publication)


@dataclass(frozen=True, slots=True)
class _Node:
    """A subject, of which links and texts are said."""

    iri: str

    def link(self, predicate: str, target: str) -> ox.Triple:
        return ox.Triple(
            ox.NamedNode(self.iri), ox.NamedNode(predicate), ox.NamedNode(target)
        )

    def kind(self, *classes: str) -> Iterator[ox.Triple]:
        for each in classes:
            yield self.link(names.RDF + "type", each)

    def text(self, predicate: str, value: str, datatype: str = "") -> ox.Triple:
        typed = ox.NamedNode(names.XSD + datatype) if datatype else None
        literal = ox.Literal(value, datatype=typed)
        return ox.Triple(ox.NamedNode(self.iri), ox.NamedNode(predicate), literal)


def _published(about: _Node, publication: Publication) -> Iterator[ox.Triple]:
    yield from about.kind(_DCAT + "Dataset", _VOID + "Dataset")
    yield about.text(_TERMS + "title", publication.title)
    if publication.description:
        yield about.text(_TERMS + "description", publication.description)
    yield about.text(_TERMS + "identifier", about.iri)
    yield about.link(_DCAT + "landingPage", about.iri)
    yield about.link(_TERMS + "accessRights", _RIGHTS)
    if publication.licence:
        yield about.link(_TERMS + "license", publication.licence)
    roles = [("creator", each) for each in publication.creators]
    roles += [("publisher", publication.publisher)] if publication.publisher else []
    for number, (role, who) in enumerate(roles, start=1):
        yield from _agent(about, role, who, number)
    if publication.contact:
        card = _Node(f"{about.iri}#contact")
        yield about.link(_DCAT + "contactPoint", card.iri)
        yield from card.kind(_VCARD + "Kind")
        mail = publication.contact.startswith("mailto:")
        yield card.link(
            _VCARD + ("hasEmail" if mail else "hasURL"), publication.contact
        )


def _agent(about: _Node, role: str, who: str, number: int) -> Iterator[ox.Triple]:
    """Someone by their IRI, or by a name under an IRI of the description's own."""
    named = not who.startswith(("http://", "https://"))
    agent = _Node(f"{about.iri}#agent-{number}" if named else who)
    yield about.link(_TERMS + role, agent.iri)
    yield from agent.kind(_FOAF + "Agent")
    if named:
        yield agent.text(_FOAF + "name", who)


def _version(
    dataset: Dataset, about: _Node, publication: Publication
) -> Iterator[ox.Triple]:
    """Which version this is, when it was made, how it is cited."""
    snapshot, moments = dataset.snapshot, description.moments(dataset)
    yield about.text(_DCAT + "version", editions.name_of(snapshot))
    yield about.text(names.OWL + "versionInfo", str(snapshot.version))
    yield about.text(_TERMS + "modified", moments.latest, "dateTime")
    yield about.text(_TERMS + "issued", snapshot.created, "dateTime")
    cited = publication.citation(dataset)
    yield about.text(_TERMS + "bibliographicCitation", cited)
    ontologies = [s for s in snapshot.sources if s.role == "ontology"]
    if ontologies:
        yield about.link(_TERMS + "conformsTo", dataset.names.ontology)
    for source in snapshot.sources:
        if source.role == "data":
            part = _Node(source.graph)
            yield about.link(_TERMS + "hasPart", part.iri)
            yield from part.kind(_DCAT + "Dataset")
            yield part.text(_TERMS + "title", source.path)


def _service(dataset: Dataset, about: _Node) -> Iterator[ox.Triple]:
    endpoint = _Node(f"{dataset.names.base}sparql")
    yield about.link(_VOID + "sparqlEndpoint", endpoint.iri)
    yield from endpoint.kind(_DCAT + "DataService")
    yield endpoint.text(_TERMS + "title", "SPARQL endpoint")
    yield endpoint.link(_DCAT + "endpointURL", endpoint.iri)
    yield endpoint.link(_DCAT + "endpointDescription", endpoint.iri)
    yield endpoint.link(_DCAT + "servesDataset", about.iri)
    protocol = "https://www.w3.org/TR/sparql11-protocol/"
    yield endpoint.link(_TERMS + "conformsTo", protocol)


def _is_described(dump: Dump) -> bool:
    return not dump.graph or dump.name.endswith(_ONE)


def _distribution(
    dataset: Dataset, dump: Dump, publication: Publication
) -> Iterator[ox.Triple]:
    """One file: where it is, in which form, how large, with which checksum."""
    file = _Node(dataset.names.base + address(dataset, dump))
    whole = _Node(dump.graph or dataset.names.dataset)
    yield whole.link(_DCAT + "distribution", file.iri)
    yield whole.link(_VOID + "dataDump", file.iri)
    yield from file.kind(_DCAT + "Distribution")
    yield file.text(_TERMS + "title", title(dump))
    yield file.link(_DCAT + "downloadURL", file.iri)
    yield file.link(_DCAT + "accessURL", file.iri)
    yield file.link(_DCAT + "mediaType", _IANA + dump.type)
    packed = dumps.COMPRESSIONS[dump.compression]
    yield file.link(_DCAT + "compressFormat", _IANA + packed)
    yield file.text(_DCAT + "byteSize", str(dump.size), "nonNegativeInteger")
    yield file.text(_TERMS + "issued", dataset.snapshot.created, "dateTime")
    checksum = _Node(f"{file.iri}#sha256")
    yield file.link(_SPDX + "checksum", checksum.iri)
    yield from checksum.kind(_SPDX + "Checksum")
    yield checksum.link(_SPDX + "algorithm", _SPDX + "checksumAlgorithm_sha256")
    yield checksum.text(_SPDX + "checksumValue", dump.sha256, "hexBinary")
    if publication.licence:
        yield file.link(_TERMS + "license", publication.licence)


def address(dataset: Dataset, dump: Dump) -> str:
    """The path of a dump below the root."""
    return f"dump/{dumps.edition(dataset)}/{quote(dump.name)}"


def title(dump: Dump) -> str:
    """What a dump holds, for people."""
    forms = {form.type: form.label for form in dumps.FORMS}
    held = dump.graph or ("asserted and inferred" if dump.inferred else "asserted only")
    return f"{held}, {forms[dump.type]}, {dump.compression}"
