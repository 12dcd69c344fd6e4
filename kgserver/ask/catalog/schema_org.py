"""The dataset in the words of schema.org, for search engines of datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask.catalog import dcat
from kgserver.ask.documents import description

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.catalog.dcat import Publication
    from kgserver.ask.dataset import Dataset
    from kgserver.ask.documents.dumps import Dump


def describe(
    dataset: Dataset, publication: Publication, made: Sequence[Dump] | None
) -> dict[str, object]:
    """The JSON-LD of the dataset, with the dumps of the whole."""
    base, snapshot = dataset.names.base, dataset.snapshot
    found: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": dataset.names.dataset,
        "identifier": dataset.names.dataset,
        "url": dataset.names.dataset,
        "name": publication.title,
        "description": publication.description or publication.title,
        "version": str(snapshot.version),
        "dateModified": description.moments(dataset).latest,
        "datePublished": snapshot.created,
        "citation": publication.citation(dataset),
        "isAccessibleForFree": True,
    }
    if publication.licence:
        found["license"] = publication.licence
    makers = [_agent(each) for each in publication.creators]
    found |= {"creator": makers} if makers else {}
    if publication.publisher:
        found["publisher"] = _agent(publication.publisher)
    found["distribution"] = [
        {
            "@type": "DataDownload",
            "name": dcat.title(each),
            "contentUrl": base + dcat.address(dataset, each),
            "encodingFormat": each.type,
            "contentSize": f"{each.size} B",
            "sha256": each.sha256,
        }
        for each in made or ()
        if not each.graph
    ]
    return found


def _agent(who: str) -> dict[str, str]:
    iri = who.startswith(("http://", "https://"))
    return {"@type": "Organization", "@id" if iri else "name": who}
