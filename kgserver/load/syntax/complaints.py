"""The parser's complaints as what a maintainer forgot.

The parser names what it did not expect. Each row of the table below pairs a complaint
with a code, a sentence and a remedy; the first that fits counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.load.syntax import prefixes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Hint = str | Callable[[re.Match[str]], str]

_QUOTES = "“”„‟‘’‚‹›«»「」"


def _undeclared(found: re.Match[str]) -> str:
    return prefixes.declare(found["prefix"], ())


def _beginning(found: re.Match[str]) -> str:
    if found["character"] in _QUOTES:
        return 'Write straight quotes around a text: "…".'
    if found["character"] == "/":
        return "Write a slash in a prefixed name as \\/, or the whole IRI in < and >."
    return "Check for a stray character; a text needs quotes, an IRI needs < and >."


_DECLARE = "Write @prefix name: <https://…#> ."
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
        r"escapes in IRIs should be .* found '(?P<escape>[^']*)'",
        "bad-iri",
        "{escape} is no escape: % needs two hexadecimal digits behind it",
        "Write %25 for a %, %20 for a space.",
    ),
    (
        r"allowed to be escaped in IRIs",
        "bad-escape",
        "a name holds a backslash that escapes nothing",
        "Take the backslash away, or write the whole IRI in < and >.",
    ),
    (
        r"No scheme found in an absolute IRI|Invalid IRI",
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
        r"escape sequence '(?P<escape>[^']*)' is encoding",
        "bad-escape",
        "{escape} stands for no character",
        "Write the character itself.",
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
        _DECLARE,
    ),
    (
        r"The PREFIX declaration should be followed",
        "bad-prefix",
        "a prefix is declared without its namespace",
        _DECLARE,
    ),
    (
        r"^(?P<word>@(pr|ba)\w*) is not a valid subject",
        "bad-prefix",
        "{word} is no declaration",
        _DECLARE,
    ),
    (
        r"^(?P<word>@\S+) is not a valid",
        "bad-language",
        "the language tag {word} follows no text",
        'Write the text before it, "…"{word}, or take it away.',
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
        r"^(?P<word>[,)\]]) is not a valid RDF object",
        "missing-value",
        "a {word} stands where a value should",
        "Add the value, or take the property or the mark away.",
    ),
    (
        r"^(?P<word>[,;[(]) is not a valid (?P<role>subject|predicate)",
        "misplaced",
        "{word} stands where the {role} should",
        "Add what is missing before it, or take the mark away.",
    ),
    (
        r"^(?P<word>[)\]]) is not a valid",
        "stray-character",
        "the {word} closes nothing that is open",
        "Take it away, or open it where it begins.",
    ),
    (
        r"^(?P<word>[{}]) is not a valid",
        "stray-character",
        "{word} has no meaning in Turtle",
        "Take the braces away; a file with graphs in braces is TriG: name it .trig.",
    ),
    (
        r"^(?P<word>>) is not a valid",
        "stray-character",
        "the > ends no IRI",
        "Write < where the IRI begins, or take it away.",
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
        r"^(?P<word>\S*\w\S*) is not a valid (?P<role>subject|predicate)",
        "misplaced",
        "{word} stands where the {role} should",
        "Check what is before it (a dot or quote missing?), or give it a prefix.",
    ),
    (
        r"^(?P<word>\S*\w\S*) is not a valid",
        "bare-word",
        "{word} is neither a name nor a text",
        'Put a text in quotes ("{word}"), give a name its prefix (ex:{word}).',
    ),
    (
        r"^(?P<word>\S) is not a valid",
        "stray-character",
        "{word} has no meaning here",
        "Take it away; a text needs quotes, an IRI needs < and >.",
    ),
    (
        r"^An? (integer|decimal|double) should not be empty",
        "bare-word",
        "a sign stands here without its number",
        "Write the digits behind it, or take it away.",
    ),
    (
        r"^A double exponent cannot be empty",
        "bare-word",
        "a number breaks off behind its e",
        "Write the exponent, as in 1.5e3; a name that begins so needs a prefix.",
    ),
)
_WHERE = re.compile(r"^Parser error .*?(?<=\d): ")


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
