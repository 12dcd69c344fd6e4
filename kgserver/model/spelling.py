"""How one name is spelt in an IRI, in a URI and in a request's path.

`ü` and `%C3%BC`, `%2f` and `%2F`, `~` and `%7E` spell one name; `/` and `%2F` do not. A
server that hands over a path with its escapes undone has lost that difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_to_bytes

# What may stand in an IRI's path unescaped: RFC 3986's reserved and unreserved
# characters, and % itself, which is already an escape there.
PATH = "/:@!$&'()*+,;=-._~%"
_WHOLE = PATH.replace("%", "")
_UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
# Escapes that a path need not have: of : @ and the sub-delimiters (RFC 3986 §3.3).
_SPARE = re.compile("%(?:3A|40|2[146789ABC]|3B|3D)")
_BEYOND = re.compile("(?:%[89A-F][0-9A-F])+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A path of a request as it came, below the root, without its first slash.

    `decoded` are its bytes with the escapes undone, which is all that some servers hand
    over: `%2F` and `/` are one there. `raw` is what the client wrote, or empty.
    """

    decoded: bytes
    raw: str = ""

    @property
    def uri(self) -> str:
        """The path in the normal form of RFC 3986, as far as it is known."""
        return normal(self.raw) if self.raw else quote(self.decoded, safe=_WHOLE)

    def below(self, folder: str) -> Spelling:
        """The path with a folder in front."""
        return Spelling(folder.encode() + self.decoded, self.raw and folder + self.raw)

    def above(self, folder: str) -> Spelling:
        """The path without a folder that it begins with."""
        decoded = self.decoded.removeprefix(folder.encode())
        known = self.raw.startswith(folder)
        return Spelling(decoded, self.raw.removeprefix(folder) if known else "")

    def without(self, ending: str) -> Spelling:
        """The path without the last characters, which need no escapes."""
        ends = self.raw.endswith(ending)
        raw = self.raw.removesuffix(ending) if ends else ""
        return Spelling(self.decoded.removesuffix(ending.encode()), raw)


def escaped(iri: str) -> str:
    """The URI of an IRI, its escapes as they are (RFC 3987 §3.1)."""
    return quote(iri, safe=_WHOLE + "%#?[]")


def normal(iri: str) -> str:
    """The URI of an IRI in normal form (RFC 3987 §3.1, RFC 3986 §6.2.2).

    What is not ASCII is escaped, escapes are in capitals, and what needs none has none.
    """

    def least(escape: re.Match[str]) -> str:
        character = unquote(escape[0])
        return character if character in _UNRESERVED else escape[0].upper()

    return re.sub(_ESCAPE, least, escaped(iri))


def bare(uri: str) -> str:
    """The URI, in normal form, without the escapes that a path need not have."""
    return re.sub(_SPARE, lambda escape: unquote(escape[0]), uri)


def readable(uri: str) -> str:
    """The IRI of a URI: its escapes of characters beyond ASCII undone (RFC 3987 §3.2).

    Escapes that are not UTF-8 stay.
    """

    def undone(escapes: re.Match[str]) -> str:
        try:
            return unquote(escapes[0], errors="strict")
        except UnicodeDecodeError:
            return escapes[0]

    return re.sub(_BEYOND, undone, uri)


def loose(iri: str) -> bytes:
    """All escapes of an IRI undone: equal for any two that a decoded path may mean."""
    return unquote_to_bytes(iri)
