"""A CSV table as Turtle for review, by a mapping of its columns.

A mapping is TOML:

    class = "cex:City"
    subject = "id:{slug}"
    delimiter = ";"
    [columns]
    name = { property = "rdfs:label", language = "en" }
    lat = { property = "wgs:lat", datatype = "xsd:decimal" }
    place = { property = "cex:locatedIn", iri = "id:{place}", separator = "|" }

or CSVW metadata in JSON, of which this is read: `tableSchema` with `aboutUrl` and
`columns`, and of a column `name` or `titles`, `propertyUrl`, `valueUrl`, `datatype`,
`lang`, `separator`, `suppressOutput`; a virtual column has a `valueUrl` or `default`;
and of `dialect` the `delimiter`. Without one, the header tells whether it is a comma, a
semicolon or a tab.
https://www.w3.org/TR/tabular-metadata/
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyoxigraph as ox

from kgserver.ask.drafting import cells, heads
from kgserver.ask.drafting.cells import BadMapping
from kgserver.load.terms import spelling
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgserver.load.terms.spelling import Term

_TYPE = names.RDF + "type"
_DRAFTED = "without --mapping, kgserver import writes a mapping to begin with"
_HOLE = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Column:
    """What the values of one column say; an empty name is a value of every row."""

    name: str
    property: str
    iri: str = ""
    datatype: str = ""
    language: str = ""
    separator: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the columns of a table mean.

    `subject` is the pattern of the subjects' IRIs; `delimiter` stands between cells, or
    is empty where the header is to tell.
    """

    subject: str
    columns: Sequence[Column]
    delimiter: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The Turtle of a table; `lines[i]` is the table's line behind line i + 1.

    `odd` are cells that were taken as they are and are hardly meant so.
    """

    text: str
    lines: Sequence[int]
    odd: Sequence[str]


def read(path: Path) -> Meaning:
    """The mapping of a file; raises BadMapping."""
    try:
        text = path.read_text("utf-8-sig")
        given = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        if path.suffix == ".json":
            return _csvw(given)
        lacks = [key for key in ("subject", "columns") if key not in given]
        if lacks:
            msg = f"{path} does not say {' and '.join(lacks)}; {_DRAFTED}"
            raise BadMapping(msg)
        columns = [Column(n, **each) for n, each in given["columns"].items()]
        kind = [Column("", "rdf:type", iri=given["class"])] if "class" in given else []
        return Meaning(given["subject"], [*kind, *columns], given.get("delimiter", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        msg = f"{path} is no mapping that can be read: {fault}"
        raise BadMapping(msg) from fault


def write(table: Path, mapping: Meaning, prefixes: Mapping[str, str]) -> Written:
    """Every row as a block of Turtle; raises BadMapping with the table's line."""
    blocks: list[tuple[int, str]] = []
    odd: list[str] = []
    known = {"rdf": names.RDF, **prefixes}
    for line, row in cells.rows(table, mapping.delimiter, _names(mapping)):
        try:
            blocks.append((line, _block(mapping, row, known)))
        except (KeyError, ValueError) as fault:
            msg = f"{table}:{line}: {fault}"
            raise BadMapping(msg) from fault
        odd += [f"{table}:{line}: {said}" for said in cells.odd(row)]
    if not blocks:
        msg = f"{table} has no rows below its header; there is nothing to write"
        raise BadMapping(msg)
    body = "\n".join(block for _, block in blocks)
    head = heads.missing(body, known)
    lines = [0] * (head.count("\n") + 1)
    for line, block in blocks:
        lines += [line] * (block.count("\n") + 1)
    return Written(f"{head}\n{body}", lines, odd)


def _names(mapping: Meaning) -> Sequence[str]:
    """The columns that a mapping names, those in its patterns among them."""
    patterns = [mapping.subject, *(column.iri for column in mapping.columns)]
    holes = [hole for pattern in patterns for hole in _HOLE.findall(pattern)]
    return [*(each.name for each in mapping.columns if each.name), *holes]


def _csvw(given: Mapping[str, Any]) -> Meaning:
    schema = given["tableSchema"]
    columns = [
        Column(
            "" if each.get("virtual") else _title(each),
            each["propertyUrl"],
            each.get("valueUrl", ""),
            _datatype(each.get("datatype", "")),
            each.get("lang", schema.get("lang", "")),
            each.get("separator", ""),
            each.get("default", ""),
        )
        for each in schema["columns"]
        if "propertyUrl" in each and not each.get("suppressOutput")
    ]
    delimiter = given.get("dialect", {}).get("delimiter", "")
    return Meaning(schema["aboutUrl"], columns, delimiter)


def _title(column: Mapping[str, Any]) -> str:
    titles = column.get("titles", column.get("name", ""))
    return str(titles[0] if isinstance(titles, list) else titles)


def _datatype(given: str | Mapping[str, str]) -> str:
    base = given if isinstance(given, str) else given.get("base", "")
    return f"xsd:{base}" if base and ":" not in base else base


def _block(
    mapping: Meaning, row: Mapping[str, str], prefixes: Mapping[str, str]
) -> str:
    about = spelling.spell(_iri(mapping.subject, row, prefixes), prefixes)
    lines = []
    for column in mapping.columns:
        prop = _iri(column.property, row, prefixes)
        terms = [
            spelling.spell(value, prefixes) for value in _values(column, row, prefixes)
        ]
        if terms:
            lines.append(f"{spelling.verb(prop, prefixes)} {' , '.join(terms)}")
    if not lines:
        msg = "the row says nothing; take it out or fill it in"
        raise ValueError(msg)
    return f"{about} " + " ;\n    ".join(lines) + " .\n"


def _values(
    column: Column, row: Mapping[str, str], prefixes: Mapping[str, str]
) -> Iterator[Term]:
    if column.name and column.name not in row:
        near = names.nearest(column.name, row) or ", ".join(row)
        msg = f"there is no column {column.name}; there is {near}"
        raise ValueError(msg)
    text = (row[column.name].strip() if column.name else "") or column.default
    if not text and (column.name or not column.iri):
        return
    parts = text.split(column.separator) if column.separator else [text]
    for part in (each.strip() for each in parts):
        if column.iri:
            yield _iri(column.iri, {**row, column.name: part}, prefixes)
        elif column.language:
            yield ox.Literal(part, language=column.language)
        elif column.datatype:
            datatype = _iri(column.datatype, row, prefixes)
            yield ox.Literal(part, datatype=datatype)
        else:
            yield ox.Literal(part)


def _iri(
    template: str, row: Mapping[str, str], prefixes: Mapping[str, str]
) -> ox.NamedNode:
    """The IRI of a template whose holes are columns, escaped (RFC 6570, level 1)."""

    def filled(hole: re.Match[str]) -> str:
        if not row.get(hole[1], "").strip():
            msg = f"{template} needs a value of {hole[1]}"
            raise ValueError(msg)
        return quote(row[hole[1]].strip(), safe="-._~")

    text = _HOLE.sub(filled, template)
    prefix, colon, local = text.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        text = prefixes[prefix] + local
    return ox.NamedNode(text)
