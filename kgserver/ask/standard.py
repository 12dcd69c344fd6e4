"""What terms of well-known vocabularies are called, where the graph does not say so.

Few folders name `rdf:type` or `owl:sameAs`, and hardly any in the reader's language.
The words are in `standard.toml`.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = Path(__file__).with_name("standard.toml")
# The languages of the words, in the order in which they stand.
_LANGUAGES = ("en", "de", "zh-Hans")
# Beside the well-known prefixes: one that is rarely met.
_OTHERS = {"voaf": "http://purl.org/vocommons/voaf#"}


def label(iri: str, language: str) -> str:
    """The name of a standard term in a language; empty where none is known."""
    words = _read().get(iri)
    return words[_LANGUAGES.index(language)] if words and language in _LANGUAGES else ""


@functools.cache
def _read() -> Mapping[str, tuple[str, ...]]:
    spaces = {**names.WELL_KNOWN, **_OTHERS}
    return {
        spaces[prefix] + name: tuple(words)
        for prefix, terms in tomllib.loads(_WORDS.read_text("utf-8")).items()
        for name, words in terms.items()
    }
