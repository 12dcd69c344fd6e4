"""The kept versions of the dataset, each a dataset of its own (DCAT 3, §11).

Each goes by the IRI that leads to its own description, with its dumps and checksums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask import editions
from kgserver.ask.catalog.subject import Subject
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyoxigraph as ox

    from kgserver.ask.dataset import Dataset

_DCAT, _PROV = names.WELL_KNOWN["dcat"], names.WELL_KNOWN["prov"]
_TERMS = names.DCTERMS
# Older ones are in time maps; a description that lists hundreds helps nobody.
_MOST = 50


def describe(dataset: Dataset, title: str, description: str) -> Iterator[ox.Triple]:
    """Which versions there are, when each was made, and which one came before it."""
    whole = Subject(dataset.names.dataset)
    before: Subject | None = None
    for edition in editions.kept(dataset.directory.parents[1])[-_MOST:]:
        version = Subject(f"{whole.iri}?version={edition.name}")
        yield whole.link(_DCAT + "hasVersion", version.iri)
        yield from version.kind(_DCAT + "Dataset")
        yield version.link(_DCAT + "isVersionOf", whole.iri)
        yield version.link(_PROV + "specializationOf", whole.iri)
        yield version.text(_DCAT + "version", edition.name)
        yield version.text(_TERMS + "title", f"{title}, version {edition.number}")
        yield version.text(_TERMS + "description", description)
        moment = edition.created.isoformat()
        yield version.text(_TERMS + "issued", moment, "dateTime")
        yield version.link(_DCAT + "landingPage", version.iri)
        if before:
            yield version.link(_DCAT + "previousVersion", before.iri)
            yield version.link(_PROV + "wasRevisionOf", before.iri)
        if edition.number == dataset.snapshot.version:
            yield whole.link(_DCAT + "hasCurrentVersion", version.iri)
        before = version
