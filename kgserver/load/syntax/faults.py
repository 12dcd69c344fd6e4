"""The parser's complaints, turned into findings that a maintainer can act on.

The parser names what it did not expect; a person wants to know what they forgot. Each
row of the table below pairs a complaint with a code, a sentence and a remedy.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.model import names
from kgserver.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Hint = str | Callable[[re.Match[str]], str]

_DECLARATION = re.compile(r"Add at the top of the file: @prefix ([^\s:]*): <(\S+)> \.")
_QUOTES = "“”„‟‘’‚‹›«»「」"


def _undeclared(found: re.Match[str]) -> str:
    return declare(found["prefix"], ())


def declare(prefix: str, declared: Iterable[str], namespace: str | None = None) -> str:
    """What to do where a prefix is not declared; a near one may be meant.

    `namespace` is what the prefix stands for elsewhere in the folder.
    """
    iri = namespace or names.WELL_KNOWN.get(prefix)
    if iri:
        return f"Add at the top of the file: @prefix {prefix}: <{iri}> ."
    near = names.nearest(prefix, declared)
    line = f"@prefix {prefix}: <the namespace's IRI> ."
    if near:
        return f"Did you mean {near}: ? If not, add at the top of the file: {line}"
    return f"Add at the top of the file: {line}"


def declaration(hint: str) -> tuple[str, str] | None:
    """The prefix and namespace that a remedy of `declare` is sure of."""
    found = _DECLARATION.fullmatch(hint)
    return (found[1], found[2]) if found else None


def _beginning(found: re.Match[str]) -> str:
    if found["character"] in _QUOTES:
        return 'Write straight quotes around a text: "…".'
    if found["character"] == "/":
        return "Write a slash in a prefixed name as \\/, or the whole IRI in < and >."
    return "Check for a stray character; a text needs quotes, an IRI needs < and >."


# complaint, code, what is wrong (None: the parser's own words), what to do
_COMPLAINTS: Sequence[tuple[str, str, str | None, Hint]] = (
    (
        r"The prefix (?P<prefix>[^:]*): has not been declared",
        "undeclared-prefix",
        "the prefix {prefix}: is not declared",
        _undeclared,
    ),
    (
        r"A dot is expected at the end of statements",
        "missing-dot",
        "the statement is not ended",
        "",
    ),
    (
        r"Unexpected end of file|Unexpected end$",
        "unfinished",
        "what begins here is not finished before the file ends",
        "Close the quote, IRI or bracket that is open, or end the statement: a dot.",
    ),
    (
        r"Line jumps are not allowed in string literals",
        "line-in-text",
        "the text breaks off at the end of the line",
        'Close it with the same quote, or put a text of several lines in """ and """.',
    ),
    (
        r"'(?P<character>.)' is not allowed at the beginning of a prefix name",
        "stray-character",
        "a name cannot begin with {character}",
        _beginning,
    ),
    (
        r"Invalid IRI code point '(?P<character>.)'",
        "bad-iri",
        "the IRI holds the character {character!r}, which an IRI cannot",
        "Escape it (a space is %20), and check that the IRI is closed with >.",
    ),
    (
        r"No scheme found in an absolute IRI|escapes in IRIs should be|Invalid IRI",
        "bad-iri",
        None,
        "Write the whole IRI, e.g. <https://example.org/thing>; a % is written %25.",
    ),
    (
        r"Unexpected escape character '(?P<escape>[^']*)'",
        "bad-escape",
        "{escape} is not an escape that a text may hold",
        r"Write \\ for a backslash; allowed are \t \n \r \" \' \\ \uXXXX.",
    ),
    (
        r"language code|subtag|Unexpected character '.'",
        "bad-language",
        "the language tag is not well formed",
        'Write tags with hyphens, each part of at most 8 letters: "…"@zh-Hans.',
    ),
    (
        r"Invalid UTF-8",
        "not-utf-8",
        "the line is not UTF-8",
        "Save the file as UTF-8; the byte at this place comes from another encoding.",
    ),
    (
        r"\^ is not a valid",
        "bad-datatype",
        "a single ^ stands here",
        'A datatype is written with two: "2013"^^xsd:gYear.',
    ),
    (
        r"Expecting a datatype IRI",
        "bad-datatype",
        "no datatype follows ^^",
        'Name the datatype, e.g. "2013"^^xsd:gYear, or take ^^ away.',
    ),
    (
        r"blank node property lists should end with",
        "open-bracket",
        "a [ is not closed",
        "Close it with ] before the statement goes on.",
    ),
    (
        r"The PREFIX keyword should be followed",
        "bad-prefix",
        "a prefix is declared without its colon",
        "Write @prefix name: <https://…#> .",
    ),
    (
        r"^\. is not a valid RDF object",
        "missing-value",
        "the statement ends where a value should stand",
        "Add the value before the dot, or drop the property; close an open ( with ).",
    ),
    (
        r"^; is not a valid RDF object",
        "missing-value",
        "a ; stands where a value should",
        "Take away the comma before it, or add the value.",
    ),
    (
        r"^\. is not a valid subject",
        "extra-dot",
        "a dot stands where a statement should begin",
        "Take it away. After PREFIX (without @) there is no dot either.",
    ),
    (
        r"^\. is not a valid predicate",
        "missing-property",
        "the statement has a subject and nothing else",
        "Add a property and a value before the dot.",
    ),
    (
        r"^(?P<word>[Tt]rue|TRUE|[Ff]alse|FALSE) is not a valid RDF object",
        "bad-boolean",
        "{word} is not a value",
        "Write true or false, in lower case and without quotes.",
    ),
    (
        r"^(?P<word>\".*) is not a valid (?P<role>subject|predicate)",
        "text-as-name",
        "a text stands where the {role} should",
        "Only a value may be a text. Check the order: subject, property, value.",
    ),
    (
        r"^(?P<word>\w+) is not a valid (?P<role>subject|predicate)",
        "misplaced",
        "{word} stands where the {role} should",
        "Check what is before it (a dot or quote missing?), or give it a prefix.",
    ),
    (
        r"^(?P<word>\w+) is not a valid",
        "bare-word",
        "{word} is neither a name nor a text",
        'Put a text in quotes ("{word}"), give a name its prefix (ex:{word}).',
    ),
)
_WHERE = re.compile(r"^Parser error .*?(?<=\d): ")


def explain(fault: SyntaxError, file: str, lines: Sequence[bytes]) -> Problem:
    """The parser's complaint about one place of a file as a finding."""
    line, column = fault.lineno or 0, fault.offset or 0
    code, message, hint = words(str(fault.msg))
    return Problem(
        file, line, column, "error", code, message, hint, excerpt(lines, line)
    )


def excerpt(lines: Sequence[bytes], line: int) -> str:
    """The text of a line, counted from 1, without its line end; empty where none is."""
    if not 0 < line <= len(lines):
        return ""
    return lines[line - 1].decode("utf-8", "replace").rstrip("\r\n")


def words(complaint: str) -> tuple[str, str, str]:
    """The code, the sentence and the remedy for the parser's words."""
    bare = _WHERE.sub("", complaint)
    for pattern, code, message, hint in _COMPLAINTS:
        found = re.search(pattern, bare)
        if found:
            parts = found.groupdict()
            said = message.format(**parts) if message else _lowered(bare)
            remedy = hint(found) if callable(hint) else hint
            return code, said, remedy.replace("{word}", parts.get("word") or "")
    return (
        "syntax",
        _lowered(bare),
        "Check the punctuation and the quotes around this place.",
    )


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]
