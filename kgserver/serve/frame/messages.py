"""The words of the interface in each of its languages, and which one a reader gets.

The catalogue is `kgserver/messages/`: one file a kind of page, each message with its
languages side by side. `resource.more` is the message `more` of `resource.toml`. A
message of two texts has one for a `count` of 1 and one for every other.
"""

from __future__ import annotations

import functools
import re
import string
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from kgserver.ask.browse import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from werkzeug.datastructures import LanguageAccept

    # a sentence as a pattern, and in each language
    _Sentence = tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]

CATALOGUE = Path(__file__).parents[2] / "messages"
# What a page may be read in, each by its own name; the first is what a reader gets who
# asks for none of them.
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "zh-Hans": "中文"}

# What refusals say, what is wrong with queries, what `check` finds.
_SAID = ("said.", "syntax.", "finding.", "fault.", "shape.")
# What stands for a whole sentence in another one; for several steps with ; between.
_SENTENCE = "sentence"
_PROOF = "proof"
# What a blank of this name takes in, lest a folder's own words pass for ours.
_FORMS = {"term": r'"[^"]*"\S*|a nameless node|\S+', "way": r"\S+"}
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+")  # as the code writes a large one


def read() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every message by its key, and in it by language the text or the two texts."""
    return {
        f"{path.stem}.{name}": {
            language: (text,) if isinstance(text, str) else tuple(text)
            for language, text in texts.items()
        }
        for path in sorted(CATALOGUE.glob("*.toml"))
        for name, texts in tomllib.loads(path.read_text("utf-8")).items()
    }


_MESSAGES = read()


def message(key: str, language: str, **values: object) -> Markup:
    """A message with its values put in, safe to stand in a page.

    Whole numbers are written as the language writes them; texts are escaped.
    """
    texts = _MESSAGES[key][language]
    text = texts[0] if values.get("count") == 1 else texts[-1]
    shown = {
        name: wording.integer(value, language) if type(value) is int else value
        for name, value in values.items()
    }
    return Markup(text).format(**shown)


def said(text: str, language: str) -> tuple[str, str]:
    """What the code says in English, in a language if it is known; and in which it is.

    The files of `_SAID` have its sentences, with names for what differs from time to
    time; `part.toml` has what may be put there in words.
    """
    if language == "en":
        return text, language
    found = _found(text, _sentences(*_SAID))
    if found is None:
        return text, "en"
    texts, values = found
    if _SENTENCE in values and said(values[_SENTENCE], language)[1] != language:
        return text, "en"
    parts = {name: _part(name, value, language) for name, value in values.items()}
    return texts[language][0].format(**parts), language


def _part(name: str, value: str, language: str) -> str:
    """What is put in the place of a name, in a language if it is known."""
    if name == _SENTENCE:
        return said(value, language)[0]
    if name == _PROOF:
        return "; ".join(_part("step", each, language) for each in value.split("; "))
    if _NUMBER.fullmatch(value):
        return wording.integer(int(value.replace(",", "")), language)
    found = _found(value, _sentences(f"part.{name}-"))
    if found is None:
        return value
    texts, values = found
    parts = {each: _part(each, put, language) for each, put in values.items()}
    return texts[language][0].format(**parts)


def _found(
    text: str, sentences: Sequence[_Sentence]
) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, str]] | None:
    """The sentence that a text is, with what differs; None where it is none."""
    for pattern, texts in sentences:
        found = pattern.fullmatch(text)
        if found:
            return texts, found.groupdict()
    return None


@functools.cache
def _sentences(*rooms: str) -> Sequence[_Sentence]:
    """What is said, as patterns: first those of whole sentences, since a blank at the
    end of another would take in what is behind it; then by their fixed letters.
    """
    known = (texts for key, texts in _MESSAGES.items() if key.startswith(rooms))
    ranked = sorted(known, key=_rank)
    return [(_pattern(texts["en"][0]), texts) for texts in ranked]


def _rank(texts: Mapping[str, tuple[str, ...]]) -> tuple[bool, int]:
    english = texts["en"][0]
    fixed = len(re.sub(r"{\w+}", "", english))
    return f"{{{_SENTENCE}}}" not in english, -fixed


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = (
        re.escape(fixed) + (f"(?P<{name}>{_FORMS.get(name, '.*?')})" if name else "")
        for fixed, name, _, _ in string.Formatter().parse(sentence)
    )
    return re.compile("".join(parts), re.DOTALL)


def room(name: str, language: str) -> dict[str, tuple[str, ...]]:
    """The messages of one file as they are written, for a script to put values in."""
    return {
        key.removeprefix(f"{name}."): texts[language]
        for key, texts in _MESSAGES.items()
        if key.startswith(f"{name}.")
    }


def choose(asked: str | None, accepted: LanguageAccept) -> str:
    """The language that is asked for by name, else the one that is liked best.

    Werkzeug's `best_match` would give English to a reader of Austrian German who has
    English too, so the primary subtags are compared, in the reader's own order.
    """
    liked = (spoken(tag) for tag, q in accepted if q)
    return spoken(asked or "") or next(filter(None, liked), next(iter(LANGUAGES)))


def spoken(tag: str) -> str:
    """The language that a tag means, `de` by `de-AT`; empty where there is none."""
    primary = _primary(tag)
    return next((each for each in LANGUAGES if _primary(each) == primary), "")


def _primary(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
