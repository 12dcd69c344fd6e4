"""The terms of well-known vocabularies, and which of them a misspelt one means."""

from __future__ import annotations

import difflib
import functools
import re
from typing import TYPE_CHECKING, NamedTuple

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_WGS = names.WELL_KNOWN["wgs"]
# What rdflib's tables lack: DCAT 3 (W3C Recommendation, 2024, §6), RDF 1.2, and the Web
# Annotation Vocabulary as a whole (W3C Recommendation, 2017, §3).
_MORE = {
    names.WELL_KNOWN["dcat"]: (
        "DatasetSeries", "first", "hasCurrentVersion", "hasVersion", "inSeries",
        "isVersionOf", "last", "next", "prev", "previousVersion", "qualifiedRelation",
        "resource", "seriesMember", "version",
    ),
    names.RDF: ("dirLangString", "li", "reifies", "XMLLiteral"),
    names.WELL_KNOWN["oa"]: (
        "Annotation", "Choice", "CssSelector", "CssStyle", "DataPositionSelector",
        "Direction", "FragmentSelector", "HttpRequestState", "Motivation",
        "PreferContainedDescriptions", "PreferContainedIRIs", "RangeSelector",
        "ResourceSelection", "Selector", "SpecificResource", "State", "Style",
        "SvgSelector", "TextPositionSelector", "TextQuoteSelector", "TextualBody",
        "TimeState", "XPathSelector", "annotationService", "assessing",
        "autoDirection", "bodyValue", "bookmarking", "cachedSource", "canonical",
        "classifying", "commenting", "describing", "editing", "end", "exact",
        "hasBody", "hasEndSelector", "hasPurpose", "hasScope", "hasSelector",
        "hasSource", "hasStartSelector", "hasState", "hasTarget", "highlighting",
        "identifying", "linking", "ltrDirection", "moderating", "motivatedBy",
        "prefix", "processingLanguage", "questioning", "refinedBy", "renderedVia",
        "replying", "rtlDirection", "sourceDate", "sourceDateEnd", "sourceDateStart",
        "start", "styleClass", "styledBy", "suffix", "tagging", "textDirection", "via",
    ),
}  # fmt: skip
# Vocabularies that still grow: what is not in a table of them may be new.
_GROWING = frozenset(names.WELL_KNOWN[each] for each in ("schema", "geo", "dcat"))
_NONE: frozenset[str] = frozenset()
_MEMBER = re.compile(r"_[1-9]\d*")
# Of 1: how alike two names are that one may stand for the other, and how much more
# alike than the next best it must be for that to be sure.
_ALIKE, _SURE, _AHEAD = 0.7, 0.84, 0.04


class Meant(NamedTuple):
    """The nearest name to a misspelt one; `sure` where no other one is as near."""

    name: str
    sure: bool


@functools.cache
def table() -> Mapping[str, frozenset[str]]:
    """The local names of each vocabulary, by namespace."""
    known = {_WGS if "wgs84" in ns else ns: each for ns, each in _read().items()}
    more = {ns: frozenset(each) for ns, each in _MORE.items()}
    return {ns: known.get(ns, _NONE) | more.get(ns, _NONE) for ns in {**known, **more}}


def _read() -> Mapping[str, frozenset[str]]:
    from kgserver.load import bridge

    return bridge.vocabularies()


def parted(iri: str) -> tuple[str, str]:
    """An IRI as the namespace that a vocabulary or ontology has, and the name in it."""
    end = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:end], iri[end:]


def lacks(iri: str) -> bool:
    """Whether an IRI is in the namespace of a vocabulary that has no such term."""
    namespace, name = parted(iri)
    known = table().get(namespace)
    if known is None or name in known or not name:
        return False
    if namespace == names.RDF and _MEMBER.fullmatch(name):
        return False
    return namespace not in _GROWING or nearest(name, known) is not None


def nearest(name: str, known: Iterable[str]) -> Meant | None:
    """The known name that a misspelt one most likely means, if one is near."""
    alike = difflib.get_close_matches(name, list(known), n=2, cutoff=_ALIKE)
    if not alike:
        return None
    best, *others = (
        difflib.SequenceMatcher(None, each, name).ratio() for each in alike
    )
    ahead = not others or best - others[0] >= _AHEAD
    return Meant(alike[0], best >= _SURE and ahead)
