"""How a thing of the graph is cited: with the version of the data that was read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgserver.ask import editions
from kgserver.ask.browse import wording

if TYPE_CHECKING:
    from kgserver.ask.dataset import Node
    from kgserver.model.manifest import Snapshot


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation is made of; `created` is the version's time in ISO 8601.

    `iri` leads to the thing as that version has it.
    """

    title: str
    label: str
    iri: str
    version: int
    created: str

    def parts(self, language: str) -> dict[str, object]:
        """The parts of a sentence that cites it."""
        return {
            "title": self.title,
            "label": self.label,
            "iri": self.iri,
            "version": str(self.version),
            "date": wording.date(self.created[:10], language),
        }

    def bibtex(self) -> str:
        """The entry for a bibliography (BibTeX's @misc)."""
        key = re.sub(r"\W+", "-", f"{self.title} {self.label}").strip("-").lower()
        fields = {
            "title": f"{self.label}. {self.title}, version {self.version}",
            "year": self.created[:4],
            "howpublished": self.iri,
            "note": f"Version {self.version} of {self.created[:10]}",
        }
        lines = (f"  {name} = {{{_plain(text)}}}" for name, text in fields.items())
        return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"

    def csl(self) -> str:
        """The item for a reference manager (CSL-JSON, citationstyles.org)."""
        year, month, day = (int(part) for part in self.created[:10].split("-"))
        item = {
            "id": self.iri,
            "type": "dataset",
            "title": self.label,
            "container-title": self.title,
            "version": str(self.version),
            "issued": {"date-parts": [[year, month, day]]},
            "URL": self.iri,
        }
        return json.dumps([item], ensure_ascii=False, indent=1)


def of(title: str, label: str, node: Node, version: Snapshot) -> Citation:
    """The citation of a thing as one version has it."""
    iri = editions.iri_in(version, node.value)
    return Citation(title, label, iri, version.version, version.created)


def _plain(text: str) -> str:
    """A text that cannot end its field: no braces, and no commands."""
    return re.sub(r"([&%$#_])", r"\\\1", re.sub(r"[{}\\]", "", text))
