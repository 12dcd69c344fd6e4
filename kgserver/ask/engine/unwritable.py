"""What RDF can say and a format cannot write.

XML holds no control characters, not even as references (XML 1.0 §2.2); RDF/XML makes
an element of a property, whose IRI must then end in a name (RDF 1.1 XML Syntax §2.5);
JSON-LD and RDF/XML are older than triple terms.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.model import media
from kgserver.model.refusal import NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgserver.model.media import Media

_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BYTES = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_LOCAL_NAME = re.compile(r"[^\W\d][\w.\-]*$")
_CHECKED = {form.type: form for form in (media.RDF_XML, media.JSON_LD)}


def checked(triples: Iterable[ox.Triple], form: str) -> Iterator[ox.Triple]:
    """The triples; raises NotAcceptable at the first that this media type cannot say.

    Once some of an answer is sent, that is where it breaks off.
    """
    checked_form = _CHECKED.get(form)
    if checked_form is None:
        yield from triples
        return
    for triple in triples:
        fault = _fault(triple, checked_form)
        if fault:
            raise refusal(form, fault)
        yield triple


def check_xml(data: bytes) -> None:
    """Raise NotAcceptable where bytes of query results are not XML."""
    found = _BYTES.search(data)
    if found:
        code = ord(found[0].decode())
        fault = f"XML cannot hold the control character U+{code:04X} of this answer."
        raise refusal(media.XML.type, fault)


def refusal(form: str, fault: str) -> NotAcceptable:
    """The Refusal that names the formats which there are beside this one."""
    rows = any(each.type == form for each in media.ROWS)
    offers = media.ROWS if rows else media.GRAPHS
    return NotAcceptable(form, [o.type for o in offers if o.type != form], fault)


def _fault(triple: ox.Triple, form: Media) -> str:
    """Why a format cannot say a triple, or nothing."""
    value = triple.object
    if isinstance(value, ox.Triple):
        return f"{form.label} has no triple terms."
    if form is media.JSON_LD:
        return ""
    if not _LOCAL_NAME.search(triple.predicate.value):
        return f"RDF/XML has no way to write the property <{triple.predicate.value}>."
    if isinstance(value, ox.Literal) and _CHARACTER.search(value.value):
        return f"RDF/XML cannot hold a control character, as in {value!s}."
    return ""
