"""Names: vocabularies, well-known prefixes, how IRIs and paths answer each other.

IRIs in the data are canonical (`https://w3id.org/…`); the server answers them under its
own host at the same path. A `Names` value is the one place where the two meet.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode

from kgserver.model import spelling
from kgserver.model.spelling import PATH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgserver.model.spelling import Spelling

WELL_KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "bibo": "http://purl.org/ontology/bibo/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "geo": "http://www.opengis.net/ont/geosparql#",
        "geof": "http://www.opengis.net/def/function/geosparql/",
        "gn": "http://www.geonames.org/ontology#",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "time": "http://www.w3.org/2006/time#",
        "vann": "http://purl.org/vocab/vann/",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
        "void": "http://rdfs.org/ns/void#",
        "wd": "http://www.wikidata.org/entity/",
        "wdt": "http://www.wikidata.org/prop/direct/",
        "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
RDF, RDFS, OWL = WELL_KNOWN["rdf"], WELL_KNOWN["rdfs"], WELL_KNOWN["owl"]
XSD, SKOS, DCTERMS = WELL_KNOWN["xsd"], WELL_KNOWN["skos"], WELL_KNOWN["dcterms"]
# The terms of this program itself.
KGSERVER = "https://w3id.org/kgserver/ns#"
# The properties that name a thing, the best first.
NAMING = (
    SKOS + "prefLabel",
    RDFS + "label",
    DCTERMS + "title",
    WELL_KNOWN["schema"] + "name",
    WELL_KNOWN["foaf"] + "name",
)

# The beginnings of the paths, below the base, at which the server answers for an IRI.
_PAGES = ("id/", "graph/", ".well-known/genid/")
# The local part of a prefixed name that Turtle and SPARQL read without escapes.
_LOCAL = re.compile(r"[\w][\w.\-]*(?<!\.)|", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Names:
    """How the IRIs of one base and the paths of this server answer each other."""

    base: str

    @property
    def inferred(self) -> str:
        """The IRI of the graph that holds what follows from the files."""
        return f"{self.base}graph/inferred"

    @property
    def provenance(self) -> str:
        """The IRI of the graph that says who wrote each statement, and where."""
        return f"{self.base}graph/provenance"

    @property
    def catalog(self) -> str:
        """The IRI of the graph that describes the others."""
        return f"{self.base}graph/catalog"

    @property
    def dataset(self) -> str:
        """The IRI of the whole dataset, as others describe and cite it."""
        return f"{self.base}dataset"

    @property
    def ontology(self) -> str:
        """The IRI of the ontology, one document with hash IRIs."""
        return f"{self.base}ontology"

    def graph(self, path: str) -> str:
        """The graph IRI of a file, from its path in the graph folder without suffix."""
        return f"{self.base}graph/{quote(path, safe=PATH.replace('%', ''))}"

    def path_of(self, iri: str) -> str:
        """The path on this server that answers for an IRI, percent-encoded.

        An IRI outside the base, or under it where the server has no page of its kind,
        is described at `/resource?iri=…`.
        """
        path, mark, fragment = iri.removeprefix(self.base).partition("#")
        paged = path == "ontology" or (
            path.startswith(_PAGES) and not mark and "?" not in path
        )
        if not (iri.startswith(self.base) and paged):
            return f"/resource?{urlencode({'iri': iri})}"
        return f"/{quote(path, safe=PATH)}{mark}{quote(fragment, safe=PATH)}"

    def page_of(self, iri: str) -> str:
        """The path of the page about an IRI: no redirect on the way to it."""
        path = self.path_of(iri)
        return f"/page/{path.removeprefix('/id/')}" if path.startswith("/id/") else path

    def iris_of(self, path: Spelling) -> tuple[str, ...]:
        """The IRIs that a request's path may mean, the likeliest first.

        The same name may stand in the data as an IRI (`ü`, RFC 3987) or as a URI
        (`%C3%BC`, RFC 3986), and a client may escape more than it has to.
        """
        uri = path.uri
        bare = spelling.bare(uri)
        spelt = (path.raw, uri, spelling.readable(uri), bare, spelling.readable(bare))
        return tuple(dict.fromkeys(self.base + each for each in spelt if each))


def shorten(iri: str, prefixes: Mapping[str, str]) -> str:
    """The IRI as a prefixed name by the longest namespace that fits, or in brackets."""
    fits = [
        p
        for p, namespace in prefixes.items()
        if namespace and iri.startswith(namespace)
    ]
    for prefix in sorted(fits, key=lambda p: (-len(prefixes[p]), p)):
        local = iri[len(prefixes[prefix]) :]
        if _LOCAL.fullmatch(local):
            return f"{prefix}:{local}"
    return f"<{iri}>"


def local_name(iri: str) -> str:
    """The last part of an IRI, readable: the name of a thing that has no label."""
    tail = re.split(r"[#/]", iri.rstrip("#/"))[-1]
    return unquote(tail) or iri


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that a misspelt one most likely means, or None.

    `cutoff` is the share of letters that must agree, from 0 to 1.
    """
    # of lengths this far apart too few letters can agree: none of a long word is read
    size, share = len(word), 2 - cutoff
    likely = [
        each
        for each in known
        if cutoff * size <= share * len(each) and cutoff * len(each) <= share * size
    ]
    if not likely:
        return None
    found = difflib.get_close_matches(word, likely, n=1, cutoff=cutoff)
    return found[0] if found else None
