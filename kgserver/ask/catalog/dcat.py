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
from kgserver.ask.catalog import lineage, void
from kgserver.ask.catalog.subject import Subject
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
# path: what is there, and the specification that it keeps to
# Each with its title, what it conforms to, and where it is described: by its own
# address, or where its graphs are listed.
_SERVICES = {
    "sparql": ("SPARQL endpoint", "https://www.w3.org/TR/sparql11-protocol/", "sparql"),
    "fragments": (
        "Triple Pattern Fragments",
        "https://linkeddatafragments.org/specification/triple-pattern-fragments/",
        "fragments",
    ),
    "rdf-graph-store": (
        "Graph Store, for reading",
        "https://www.w3.org/TR/sparql11-http-rdf-update/",
        "sparql",
    ),
}
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

    @property
    def described(self) -> str:
        """What there is to say of it: the description, or the title at least."""
        return self.description or self.title

    def citation(self, dataset: Dataset) -> str:
        """One line to cite the version by: makers, year, title, version, IRI."""
        snapshot = dataset.snapshot
        named = self.creators or (self.publisher,)
        makers = "; ".join(called(dataset, who) for who in named)
        year = snapshot.created[:4]
        head = f"{makers} ({year}): " if makers else ""
        tail = "" if makers else f" ({year})"
        version = f"Version {snapshot.version} ({snapshot.digest[:8]})"
        return f"{head}{self.title}{tail}. {version}. {dataset.names.dataset}"


def called(dataset: Dataset, who: str) -> str:
    """The name of somebody that the settings give by name or by IRI."""
    if not who.startswith(("http://", "https://")):
        return who
    return dataset.label(ox.NamedNode(who)).text


def describe(
    dataset: Dataset, publication: Publication, made: Sequence[Dump] | None
) -> Iterator[ox.Triple]:
    """All that is known of the dataset as a whole; without dumps where none is made."""
    about = Subject(dataset.names.dataset)
    yield from void.describe(dataset)
    yield from _published(dataset, about, publication)
    if publication.publisher:
        yield from _catalogued(dataset, about, publication)
    yield from _version(dataset, about, publication)
    yield from _services(dataset, about)
    yield from lineage.describe(dataset, publication.title, publication.described)
    for dump in filter(_is_described, made or ()):
        yield from _distribution(dataset, dump, publication)


def _published(
    dataset: Dataset, about: Subject, publication: Publication
) -> Iterator[ox.Triple]:
    yield from about.kind(_DCAT + "Dataset", _VOID + "Dataset")
    yield about.text(_TERMS + "title", publication.title)
    yield about.text(_TERMS + "description", publication.described)
    yield about.text(_TERMS + "identifier", about.iri)
    yield about.link(_DCAT + "landingPage", about.iri)
    yield about.link(_TERMS + "accessRights", _RIGHTS)
    if publication.licence:
        yield about.link(_TERMS + "license", publication.licence)
    for number, who in enumerate(publication.creators, start=1):
        yield from _agent(dataset, about, "creator", (who, f"agent-{number}"))
    if publication.publisher:
        publisher = publication.publisher, "publisher"
        yield from _agent(dataset, about, "publisher", publisher)
    if publication.contact:
        card = Subject(f"{about.iri}#contact")
        yield about.link(_DCAT + "contactPoint", card.iri)
        yield from card.kind(_VCARD + "Kind")
        mail = publication.contact.startswith("mailto:")
        yield card.link(
            _VCARD + ("hasEmail" if mail else "hasURL"), publication.contact
        )


def _agent(
    dataset: Dataset, about: Subject, role: str, who: tuple[str, str]
) -> Iterator[ox.Triple]:
    """Someone by their IRI, or by a name under an IRI of the description's own."""
    given, fragment = who
    known = given.startswith(("http://", "https://"))
    agent = Subject(given if known else f"{dataset.names.dataset}#{fragment}")
    yield about.link(_TERMS + role, agent.iri)
    yield from agent.kind(_FOAF + "Agent")
    yield agent.text(_FOAF + "name", called(dataset, given))


def _catalogued(
    dataset: Dataset, about: Subject, publication: Publication
) -> Iterator[ox.Triple]:
    """The catalogue that this server is: of one dataset, and of ways to ask it.

    DCAT-AP has none without somebody who publishes it.
    """
    catalogue = Subject(f"{about.iri}#catalogue")
    yield from catalogue.kind(_DCAT + "Catalog")
    yield catalogue.text(_TERMS + "title", publication.title)
    yield catalogue.text(_TERMS + "description", publication.described)
    yield catalogue.link(_FOAF + "homepage", dataset.names.base)
    yield catalogue.link(_DCAT + "dataset", about.iri)
    for path in _SERVICES:
        yield catalogue.link(_DCAT + "service", dataset.names.base + path)
    publisher = publication.publisher, "publisher"
    yield from _agent(dataset, catalogue, "publisher", publisher)
    if publication.licence:
        yield catalogue.link(_TERMS + "license", publication.licence)


def _version(
    dataset: Dataset, about: Subject, publication: Publication
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
            part = Subject(source.graph)
            yield about.link(_TERMS + "hasPart", part.iri)
            yield from part.kind(_DCAT + "Dataset")
            yield part.text(_TERMS + "title", source.path)
            yield part.text(_TERMS + "description", f"What {source.path} says.")


def _services(dataset: Dataset, about: Subject) -> Iterator[ox.Triple]:
    """How the dataset is asked, and by which specification."""
    yield about.link(_VOID + "sparqlEndpoint", f"{dataset.names.base}sparql")
    for path, (title, specification, described) in _SERVICES.items():
        service = Subject(dataset.names.base + path)
        yield from service.kind(_DCAT + "DataService")
        yield service.text(_TERMS + "title", title)
        yield service.link(_DCAT + "endpointURL", service.iri)
        description = dataset.names.base + described
        yield service.link(_DCAT + "endpointDescription", description)
        yield service.link(_DCAT + "servesDataset", about.iri)
        yield service.link(_TERMS + "conformsTo", specification)


def _is_described(dump: Dump) -> bool:
    return not dump.graph or dump.name.endswith(_ONE)


def _distribution(
    dataset: Dataset, dump: Dump, publication: Publication
) -> Iterator[ox.Triple]:
    """One file: where it is, in which form, how large, with which checksum."""
    file = Subject(dataset.names.base + address(dataset, dump))
    whole = Subject(dump.graph or dataset.names.dataset)
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
    checksum = Subject(f"{file.iri}#sha256")
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
