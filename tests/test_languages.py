"""A page in German or Chinese has no word of English but what the data says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kgserver
from kgserver.serve.frame import messages

if TYPE_CHECKING:
    from flask.testing import FlaskClient

TEMPLATES = sorted((Path(kgserver.__file__).parent / "templates").glob("*.html"))
# words that are the same in every language
NAMES = {"Atom", "BibTeX", "CSL", "JSON", "SPARQL", "doctype", "html"}
IRI = "https://w3id.org/cityexchange/"
SISTERS = f"s={IRI}id/wolfsburg&p={IRI}ontology%23sisterCity&o={IRI}id/changchun"
# one of each kind of page
PAGES = [
    "/",
    "/class/",
    "/class/SymposiumEdition",
    "/search?q=Changchun",
    "/search?q=nothingatall",
    "/map",
    "/timeline",
    f"/explore?iri={IRI}id/changchun",
    "/explore",
    "/changes",
    "/ontology",
    f"/resource?iri={IRI}ontology%23sisterCity",
    "/dataset",
    "/problems",
    "/status",
    "/sparql",
    "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%20LIMIT%205",
    "/sparql?query=ASK%7B%7D",
    "/sparql?query=SELECT",
    f"/why?{SISTERS}&limit=5",
    "/page/china",
    f"/page/china?in={IRI}ontology%23origin",
    "/page/symposium-7",
    "/page/claim-F086-5",
    "/page/passage-F046",
    "/nowhere",
    "/page/nobody",
]
_TEXTS = {
    language: {text for texts in messages.read().values() for text in texts[language]}
    for language in messages.LANGUAGES
}
ENGLISH = {text for text in _TEXTS["en"] if "{" not in text}
# what a language says with the same letters as English
OWN = {language: _TEXTS[language] for language in messages.LANGUAGES}


class Shown(HTMLParser):
    """The texts of a page that a reader sees or hears in the page's own language."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What is said in attributes, and whether what is inside is foreign."""
        given = dict(attrs)
        silent = tag in {"script", "style", "code", "pre"}
        foreign = tag != "html" and "lang" in given
        if not any(self._open) and not foreign:
            names = ("aria-label", "title", "placeholder")
            self.texts += [text for name in names if (text := given.get(name))]
        if tag not in {"meta", "link", "input", "br", "path", "circle", "rect", "use"}:
            self._open.append(silent or foreign)

    def handle_endtag(self, tag: str) -> None:
        """Out of the innermost element."""
        if self._open and tag not in {"path", "circle", "rect", "use"}:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """A text, unless it is in code or in a language of its own."""
        if data.strip() and not any(self._open):
            self.texts.append(" ".join(data.split()))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(path: Path) -> None:
    """What a reader sees comes from the catalogue or from the data."""
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", " ", path.read_text("utf-8"), flags=re.S)
    shown = re.sub(r"<[^>]*>", " ", text)
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', text)

    assert set(re.findall(r"[^\W\d_]{2,}", " ".join([shown, *spoken]))) <= NAMES


@pytest.mark.parametrize("language", ["de", "zh-Hans"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_no_words_of_another_language(
    client: FlaskClient, path: str, language: str
) -> None:
    """No text on it is a message in English; what is English says so with `lang`."""
    headers = {"Accept": "text/html", "Accept-Language": language}
    reader = Shown()
    reader.feed(client.get(path, headers=headers).text)

    assert reader.texts
    assert [text for text in reader.texts if text in ENGLISH - OWN[language]] == []


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("ZH-hans", "zh-Hans"),
        ("de_AT", "de"), ("fr", "en"), ("", "en"), ("-", "en"), ("d", "en"),
    ],
)  # fmt: skip
def test_a_language_is_asked_for_by_any_tag_that_means_it(
    client: FlaskClient, asked: str, spoken: str
) -> None:
    """And the links of the page keep it."""
    page = client.get("/", query_string={"lang": asked}).text
    assert f'<html lang="{spoken}"' in page
    assert (f'href="/map?lang={spoken}"' in page) == (spoken != "en")
