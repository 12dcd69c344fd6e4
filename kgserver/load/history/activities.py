"""Commits as PROV-O has them: an activity that ended, and the agent who did it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgserver.load.history.entries import Commit

_PROV = names.WELL_KNOWN["prov"]
_TYPE = ox.NamedNode(names.RDF + "type")
_ACTIVITY, _AGENT = ox.NamedNode(_PROV + "Activity"), ox.NamedNode(_PROV + "Agent")
_ENDED = ox.NamedNode(_PROV + "endedAtTime")
ASSOCIATED = ox.NamedNode(_PROV + "wasAssociatedWith")
_LABEL = ox.NamedNode(names.RDFS + "label")
_ID = ox.NamedNode(names.DCTERMS + "identifier")
_NAME = ox.NamedNode(names.WELL_KNOWN["foaf"] + "name")
_MOMENT = ox.NamedNode(names.XSD + "dateTime")


def node(commit: Commit, graph: str) -> ox.NamedNode:
    """The IRI of a commit in the graph of that IRI."""
    return ox.NamedNode(f"{graph}#commit-{commit.id}")


def describe(commit: Commit, graph: str) -> Iterator[ox.Triple]:
    """What is known of a commit."""
    activity = node(commit, graph)
    digest = hashlib.blake2b(commit.author.encode(), digest_size=8).hexdigest()
    author = ox.NamedNode(f"{graph}#author-{digest}")
    yield ox.Triple(activity, _TYPE, _ACTIVITY)
    yield ox.Triple(activity, _LABEL, ox.Literal(commit.summary))
    yield ox.Triple(activity, _ID, ox.Literal(commit.id))
    yield ox.Triple(activity, _ENDED, ox.Literal(commit.date, datatype=_MOMENT))
    yield ox.Triple(activity, ASSOCIATED, author)
    yield ox.Triple(author, _TYPE, _AGENT)
    yield ox.Triple(author, _NAME, ox.Literal(commit.author))
