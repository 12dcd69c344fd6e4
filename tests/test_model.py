"""The words that all rooms share: media types, names, literals, carets."""

from __future__ import annotations

import difflib
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgserver.ask.sparql import table
from kgserver.load.terms import literals
from kgserver.model import media, names, problem
from kgserver.model.spelling import Spelling

OFFERS = (*media.GRAPHS, media.HTML)
RANGES = st.sampled_from(
    ["*/*", "text/*", "application/*", *(offer.type for offer in OFFERS), "image/png"]
)
ACCEPT = st.lists(
    st.tuples(RANGES, st.floats(0, 1)).map(lambda each: f"{each[0]};q={each[1]:.3f}")
).map(", ".join)


@given(ACCEPT | st.text())
def test_what_is_chosen_was_offered(accept: str) -> None:
    """Whatever a client sends."""
    assert media.choose(accept, OFFERS) in (*OFFERS, None)


@given(st.lists(RANGES, min_size=1))
def test_what_is_excluded_is_never_chosen(ranges: list[str]) -> None:
    """`q=0` for a type shuts it out, whatever wildcards stand beside it."""
    accept = ", ".join([f"{media.TURTLE.type};q=0", *ranges])
    if media.TURTLE.type not in ranges:
        assert media.choose(accept, OFFERS) is not media.TURTLE


NAMES = names.Names("https://example.org/base/")
PARTS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp"),
                  blacklist_characters='<>"{}|^`[]\\?#%'),
    min_size=1, max_size=20,
)  # fmt: skip


@given(PARTS)
def test_the_path_of_an_iri_leads_back_to_it(part: str) -> None:
    """Umlauts, Chinese, plus, colon: decoded by a server, the IRI comes back."""
    iri = f"{NAMES.base}id/{part}"
    path = NAMES.path_of(iri)

    assert path.isascii()
    assert iri in NAMES.iris_of(Spelling(unquote_to_bytes(path[1:])))


@given(PARTS)
def test_an_escaped_iri_is_found_too(part: str) -> None:
    """The data may hold the escapes themselves (RFC 3986)."""
    path = NAMES.path_of(f"{NAMES.base}id/{part}")
    escaped = NAMES.base + path.lstrip("/")

    assert escaped in NAMES.iris_of(Spelling(unquote_to_bytes(path[1:])))
    assert escaped in NAMES.iris_of(Spelling(b"", path[1:]))


@pytest.mark.parametrize(
    ("iri", "short"),
    [
        ("http://e/ns#Term", "e:Term"),
        ("http://e/ns#sub/x", "<http://e/ns#sub/x>"),
        ("http://e/ns#deep.Term", "e:deep.Term"),
        ("http://e/ns#Term.", "<http://e/ns#Term.>"),
        ("http://e/ns#长春", "e:长春"),
        ("http://other/x", "<http://other/x>"),
    ],
)
def test_an_iri_is_shortened_where_the_name_reads_without_escapes(
    iri: str, short: str
) -> None:
    """By the longest namespace, else in brackets."""
    assert names.shorten(iri, {"e": "http://e/ns#", "f": "http://e/"}) == short


@given(st.dates())
def test_every_day_is_a_date(day: object) -> None:
    """What the calendar holds is well-formed."""
    assert literals.fault(str(day), names.XSD + "date") is None


@pytest.mark.parametrize(
    "text", ["2023-02-29", "1900-02-29", "2019-04-31", "2019-00-01"]
)
def test_a_day_that_no_calendar_holds_is_no_date(text: str) -> None:
    """Leap years and short months count."""
    assert literals.fault(text, names.XSD + "date")


@given(st.integers())
def test_whole_numbers_keep_to_their_bounds(number: int) -> None:
    """xsd:byte goes from -128 to 127."""
    fault = literals.fault(str(number), names.XSD + "byte")
    assert (fault is None) == (-128 <= number <= 127)


def test_a_caret_stands_under_its_column_also_behind_tabs() -> None:
    """Tabs are kept, so that a terminal aligns both lines alike."""
    assert problem.caret("\ta b", 3) == "\t ^"


def test_a_table_is_aligned_where_chinese_stands_in_it() -> None:
    """A Chinese character takes two columns."""
    assert [table.width(text) for text in ("ab", "长春", "é", "e\u0301")] == [
        2,
        4,
        1,
        1,
    ]


@given(
    st.text("abc", max_size=30),
    st.lists(st.text("abc", max_size=30), max_size=6),
    st.sampled_from([0.0, 0.5, 0.6, 0.8, 1.0]),
)
def test_no_near_word_is_missed_for_its_length(
    word: str, known: list[str], cutoff: float
) -> None:
    """What is left out by its length alone would not have been near enough."""
    expected = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)

    assert names.nearest(word, known, cutoff) == (expected[0] if expected else None)
