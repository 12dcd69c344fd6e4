"""The interface speaks each of its languages, wholly, to whoever asks for it."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

import kgserver
from kgserver.ask.engine import role
from kgserver.model import rule
from kgserver.model.problem import Severity
from kgserver.serve import refusals
from kgserver.serve.frame import messages

from .conftest import CASES, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

PACKAGE = Path(kgserver.__file__).parent
MESSAGES = messages.read()
WRITTEN = [
    path
    for path in (*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.py"))
    if "shipped" not in path.parts
]
ASKED = re.compile(r"\bt\(\s*[\"']([\w-]+\.[\w-]+)[\"']")
# keys that are put together from what they speak of, or that scripts ask for
SAID = ("fault.", "finding.", "part.", "said.", "shape.", "syntax.")
FAMILIES = (
    *SAID,
    "editor.",
    "ontology.",
    "refusal.",
    "role.",
    "rule.",
    "severity.",
)


# the text of the code, with the strings that stand side by side in it put together
SOURCE = re.sub(
    r'"\s*f?"',
    "",
    "".join(
        path.read_text("utf-8")
        for path in (
            *PACKAGE.rglob("*.py"),
            PACKAGE / "model" / "rules.toml",
            PACKAGE / "load" / "syntax" / "complaints.toml",
        )
    ),
).lower()
# what the code has said, of what it puts together from parts
FOUND = [
    *CASES.glob("check/*/found.txt"),
    *CASES.glob("clash/*/clash.txt"),
    *CASES.glob("parse/*/problems.txt"),
]
RECORDED = "".join(path.read_text("utf-8") for path in FOUND).lower()
# What the files of the cases say themselves, and what the parser says where nothing
# better is known: in their own words in every language.
OWN = (
    "Nothing is known about ", "The city has no mayor.", "This knows itself.",
    "Say whom it knows.", "Take it away here.", "Look at the spelling.", "Add :mayor.",
    ":a: one name a language", ":b: a city needs a name", "ex:bob: the years",
    "object keys must be ",
)  # fmt: skip


def blanks(text: str) -> set[str]:
    """The names of what is put into a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_what_each_process_does_is_said() -> None:
    """The status has words for every kind of process, and for none that is not."""
    roles = {"first", *role.ROLES, role.OTHER}
    said = {key for key in MESSAGES if key.startswith("role.")}

    assert said == {f"role.{each}" for each in roles}


@pytest.mark.parametrize("key", MESSAGES)
def test_a_message_is_there_in_every_language(key: str) -> None:
    """Each language says it, with the same blanks; Chinese needs no plural."""
    texts = MESSAGES[key]

    assert texts.keys() == messages.LANGUAGES.keys()
    assert all(text.strip() for forms in texts.values() for text in forms)
    assert all(len(forms) <= 2 for forms in texts.values())
    assert len({frozenset(blanks(forms[-1])) for forms in texts.values()}) == 1


def test_every_refusal_and_severity_has_its_word() -> None:
    """Their keys are put together, so they are asked for one by one."""
    known = set(MESSAGES)

    assert {f"refusal.{kind.__name__}" for kind in refusals.STATUSES} <= known
    assert {f"severity.{each}" for each in get_args(Severity)} <= known


def test_every_message_asked_for_is_there_and_the_other_way_round() -> None:
    """No key without a message, no message that nothing shows."""
    asked = {key for path in WRITTEN for key in ASKED.findall(path.read_text("utf-8"))}
    known = set(MESSAGES)

    assert asked - known == set()
    assert {key for key in known - asked if not key.startswith(FAMILIES)} == set()


@pytest.mark.parametrize("key", [k for k in MESSAGES if k.startswith(SAID)])
def test_what_is_translated_is_said(key: str) -> None:
    """The fixed parts of an English sentence stand in the code, as they are here."""
    sentence = MESSAGES[key]["en"][0]
    fixed = [part for part, *_ in string.Formatter().parse(sentence)]
    longest = sorted((part.strip(" :.").lower() for part in fixed), key=len)[-2:]

    assert any(
        part in RECORDED or part in SOURCE or _escaped(part) in SOURCE
        for part in longest
    )


def _escaped(text: str) -> str:
    """As it is spelt in a text of the code that has blanks."""
    return text.replace("\\", "\\\\").replace("{", "{{")


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("There is nothing at /a b.", "Unter /a b ist nichts."),
        ("The query ran longer than 30 s.", "Die Abfrage lief länger als 30 s."),
        (
            "The query ran longer than the 2 s that it was given.",
            "Die Abfrage lief länger als die 2 s, die sie hatte.",
        ),
        ("A { before is never closed.", "Ein { davor wird nie geschlossen."),
        (
            "The query has more than 1,000 operators.",
            "Die Abfrage hat mehr als 1.000 Operatoren.",
        ),
        (
            "FILTER stands in the place of the end of the query.",
            "FILTER steht, wo das Ende der Abfrage erwartet wird.",
        ),
        ("Nobody says this.", "Nobody says this."),
    ],
)
def test_what_the_code_says_is_said_in_german(english: str, german: str) -> None:
    """With what differs put in again; a sentence that is not known stays as it is."""
    assert messages.said(english, "de")[0] == german


@pytest.mark.parametrize("case", cases("refused"))
def test_what_is_wrong_with_a_query_is_said_in_every_language(case: Path) -> None:
    """The reason and the remedy of each query that is refused."""
    told = case.read_text("utf-8").rpartition("\n-----\n")[2].splitlines()
    for sentence in told[-2:]:
        for language in messages.LANGUAGES:
            assert messages.said(sentence, language)[1] == language, sentence


@pytest.mark.parametrize("name", rule.table())
def test_what_check_finds_is_said_in_every_language(name: str) -> None:
    """What each rule looks for, why, and what to do: `messages/finding.toml`."""
    found = rule.table()[name]
    for sentence in (found.title, found.why, found.remedy):
        for language in messages.LANGUAGES:
            assert messages.said(sentence, language)[1] == language, sentence


@pytest.mark.parametrize("found", FOUND, ids=lambda path: path.parent.name)
def test_a_finding_and_its_remedy_are_said_in_every_language(found: Path) -> None:
    """Of each case of a mistake: with what differs put in, in German and Chinese."""
    text = found.read_text("utf-8")
    finding = re.compile(r"^\S.*?: (?:error|warning|note): (.*) \[\S+\]$", re.MULTILINE)
    remedy = re.compile(r"^ {4}help: (.*)$", re.MULTILINE)
    for sentence in (*finding.findall(text), *remedy.findall(text)):
        for language in messages.LANGUAGES:
            known = messages.said(sentence, language)[1] == language
            assert known or sentence.startswith(OWN), sentence


# Words of English that no other language here has.
ENGLISH = re.compile(r"\b(the|and|or|is|are|of|it|not|here|before|with|that|if)\b")
QUOTED = re.compile(r'"[^"]*"|“[^”]*”|<[^>]*>|\(.*?:.*?\)')


@pytest.mark.parametrize("found", FOUND, ids=lambda path: path.parent.name)
def test_no_finding_is_said_half_in_english(found: Path) -> None:
    """As it would be where a sentence of another kind took in what it is not of."""
    text = found.read_text("utf-8")
    told = re.findall(r"^\S.*?: (?:error|warning|note): (.*) \[\S+\]$", text, re.M)
    told += re.findall(r"^ {4}help: (.*)$", text, re.M)
    for sentence in told:
        said, language = messages.said(sentence, "de")
        if language == "de" and not sentence.startswith(OWN):
            assert not ENGLISH.search(QUOTED.sub("", said)), said


def sentences(path: Path) -> Iterator[str]:
    """What a module says in whole sentences, with a number where something differs."""
    tree = ast.parse(path.read_text("utf-8"))
    told = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(each.value) if isinstance(each, ast.Constant) else "7"
                for each in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if node in told else node.value
        else:
            continue
        if re.fullmatch(r"[A-Z].* .*\.", text):
            yield text


@pytest.mark.parametrize("name", ["connection", "crowd", "reader"])
def test_what_is_wrong_before_a_request_is_one_is_said_in_every_language(
    name: str,
) -> None:
    """Each sentence of the wire, where bytes are refused."""
    found = list(sentences(PACKAGE / "serve" / "wire" / f"{name}.py"))

    assert found
    for sentence in found:
        assert messages.said(sentence, "de")[1] == "de", sentence


def test_a_sentence_within_another_is_said_too() -> None:
    """What is told in short; where the inner one is not known, neither is the other."""
    more = "(and 7 more like it in this file)"
    german = "die Bezeichnung ist leer (und 7 weitere in dieser Datei)"

    assert messages.said(f"the label is empty {more}", "de") == (german, "de")
    assert messages.said(f"Nobody says this. {more}", "de")[1] == "en"


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "a is in both B and C, which are declared disjoint: "
            "ex:a a ex:B (g.ttl:1); ex:a a ex:C (by prp-rng from g.ttl:2, o.ttl:3)",
            "a ist sowohl in B als auch in C, die als disjunkt erklärt sind: "
            "ex:a a ex:B (g.ttl:1); ex:a a ex:C (nach prp-rng aus g.ttl:2, o.ttl:3)",
        ),
        (
            "the comment switches nothing off: there is no rule 'x'",
            "der Kommentar schaltet nichts aus: es gibt keine Regel 'x'",
        ),
        (
            "the prefix ex: is not declared: its namespace is declared as e: here",
            "das Präfix ex: ist nicht erklärt: sein Namensraum ist hier als e: erklärt",
        ),
        ("id:x: The name is missing", "id:x: The name is missing"),
        ("id:x: The unit is none of ours", "id:x: The unit is none of ours"),
    ],
)
def test_the_parts_of_a_finding_are_said_too(english: str, german: str) -> None:
    """Steps of a proof, reasons; and what a folder says itself stays as it is."""
    assert messages.said(english, "de")[0] == german


def test_a_refusal_is_in_the_readers_language(client: FlaskClient) -> None:
    """What is wrong and what to do, on the page and in the problem document."""
    page = client.get("/nowhere?lang=de", headers={"Accept": "text/html"}).text
    document = client.get("/nowhere", headers={"Accept-Language": "de"}).get_json()

    assert "Unter /nowhere ist nichts." in page
    assert "Bei / beginnen" in page
    assert document["title"] == "Nicht gefunden"
    assert document["detail"] == "Unter /nowhere ist nichts."
    assert document["hint"] == "Bei / beginnen oder /sparql fragen."


@pytest.mark.parametrize(
    ("target", "accepted", "language"),
    [
        ("/", "", "en"),
        ("/", "de-AT,en;q=0.5", "de"),
        ("/", "zh-CN,zh;q=0.9", "zh-Hans"),
        ("/", "fr", "en"),
        ("/?lang=de", "zh", "de"),
        ("/?lang=zh-Hans", "", "zh-Hans"),
        ("/?lang=klingon", "de", "de"),
        ("/page/changchun?lang=de", "", "de"),
    ],
)
def test_a_page_is_in_the_language_asked_for(
    client: FlaskClient, target: str, accepted: str, language: str
) -> None:
    """By name in the address, else by header, else in English."""
    headers = {"Accept-Language": accepted} if accepted else {}
    response = client.get(target, headers=headers)

    assert f'<html lang="{language}">' in response.text
    assert "Accept-Language" in response.headers["Vary"]


def test_the_language_asked_for_goes_along(client: FlaskClient) -> None:
    """A link on a page in German leads to a page in German; and back to any other."""
    page = client.get("/page/changchun?lang=de").text

    assert 'href="/page/wolfsburg?lang=de"' in page
    assert 'href="/ontology?lang=de"' in page
    assert 'href="/page/changchun?lang=zh-Hans"' in page


@pytest.mark.parametrize(
    "address", ["/id/changchun", "/graph/sources/ccfao-2019-10-31"]
)
def test_the_language_asked_for_goes_where_one_is_led(
    client: FlaskClient, address: str
) -> None:
    """From an IRI to the page about it, or about the graph of a file."""
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    page = client.get(f"{address}?lang=de", headers=headers, follow_redirects=True)

    assert page.history[0].status_code == 303
    assert '<html lang="de">' in page.text


def test_each_language_has_its_own_validator(client: FlaskClient) -> None:
    """A page held in one language is no answer to who asks for another."""
    tags = {
        client.get("/page/changchun", headers={"Accept-Language": tag}).headers["ETag"]
        for tag in messages.LANGUAGES
    }
    assert len(tags) == len(messages.LANGUAGES)
