"""What is odd about a language tag, by the IANA registry of language subtags."""

from __future__ import annotations

import re

from language_tags import tags

from kgserver.load.doctor.charge import Charge
from kgserver.load.terms import spelling

# What belongs to those who use it: x-… and the codes qaa to qtz (RFC 5646, §2.2).
_PRIVATE = re.compile(r"(?:x|q[a-t][a-z])(?:-.*)?", re.IGNORECASE)
# Countries that are taken for the language spoken there.
_COUNTRIES = {
    "cn": "zh", "jp": "ja", "gr": "el", "dk": "da", "cz": "cs", "ua": "uk", "kr": "ko",
    "ir": "fa", "il": "he", "in": "hi", "at": "de", "us": "en", "gb": "en",
}  # fmt: skip
_REGIONS = {"UK": "GB", "SU": "RU", "EN": "GB"}
_HINT = "Tags begin with a language of the IANA registry: en, de, zh-Hans."


def charge(lexeme: str) -> Charge | None:
    """What is odd about `@tag`, if anything; @prefix and @base are no tags."""
    written = lexeme[1:].partition("--")[0]
    if written in ("prefix", "base") or _PRIVATE.fullmatch(written):
        return None
    tag = tags.tag(written)
    if tag.valid or _registered(written):
        better = spelling.tag(written)
        return None if better == written else _case(lexeme, written, better)
    return _unknown(written)


def _registered(written: str) -> bool:
    """Whether the language itself is there, and not given up for another one."""
    parts = written.split("-")
    language = tags.language(parts[0])
    known = language is not None and not language.deprecated
    return known and all(_subtag(part) for part in parts[1:])


def _subtag(part: str) -> bool:
    return len(part) == 1 or bool(tags.types(part))


def _case(lexeme: str, written: str, usual: str) -> Charge:
    return Charge(
        "language-case",
        f"the language tag {written} is usually written {usual}",
        f"Write @{usual}.",
        f"@{usual}{lexeme[1 + len(written) :]}",
    )


def _unknown(written: str) -> Charge:
    parts = written.split("-")
    language = tags.language(parts[0])
    if language and language.deprecated:
        better = language.preferred.format if language.preferred else ""
        said = f"the language tag {written} is given up"
        hint = f"Write @{better}." if better else _HINT
        whole = "-".join([better, *parts[1:]])
        return Charge("unknown-language", said, hint, f"@{whole}" if better else None)
    if language is None:
        meant = _COUNTRIES.get(parts[0].lower())
        said = f"{parts[0]} is no language"
        hint = f"It is a country; write @{meant}." if meant else _HINT
        return Charge("unknown-language", said, hint)
    wrong = next((part for part in parts[1:] if not _subtag(part)), parts[-1])
    meant = _REGIONS.get(wrong.upper())
    hint = f"Write {meant} for the region." if meant else _HINT
    said = f"{wrong} is no part of a language tag"
    return Charge("unknown-language", said, hint)
