"""Queries over a built folder give the rows of `answer.tsv`; refused ones say why."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgserver.ask import dataset
from kgserver.ask.sparql import protocol, query
from kgserver.ask.sparql.gate import guard, tokens
from kgserver.load import snapshot, versions
from kgserver.model import media
from kgserver.model import settings as setting
from kgserver.model.refusal import BadQuery, Refusal, TooComplex, TooLarge

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.ask.dataset import Dataset


def opened(folder: Path) -> Dataset:
    """The dataset that is built from a folder."""
    settings = setting.read(folder, {})
    assert snapshot.build(settings).served
    directory = versions.current(settings.state)
    assert directory
    return dataset.opened(directory)


@pytest.mark.parametrize("case", cases("query"))
def test_a_query_gives_its_answer(
    case: Path, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    """The rows are those of `answer.tsv`, in any order unless the query orders."""
    (tmp_path / "graph").mkdir()
    shutil.copy(case / "data.ttl", tmp_path / "graph" / "data.ttl")
    text = (case / "query.rq").read_text("utf-8")
    question = query.consider(protocol.Query(text))
    form = media.JSON if question.form == "ASK" else media.TSV
    body = query.answer(opened(tmp_path), question, form).body.decode()

    head, *rows = body.splitlines()
    ordered = rows if "ORDER BY" in text else sorted(rows)
    golden(case / "answer.tsv", "\n".join([head, *ordered]) + "\n")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset of one statement."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "graph").mkdir()
    text = "@prefix ex: <http://e/> . ex:a ex:b ex:c ."
    (folder / "graph" / "data.ttl").write_text(text)
    return opened(folder)


@pytest.mark.parametrize("case", cases("refused"))
def test_a_refused_query_is_told_what_is_wrong_where_and_what_to_do(
    case: Path, small: Dataset, golden: Callable[[Path, str], None]
) -> None:
    """The refusal is that of the lines behind the query's last line of dashes."""
    text, mark, _ = case.read_text("utf-8").partition("\n-----\n")
    with pytest.raises(Refusal) as raised:
        query.answer(small, query.consider(protocol.Query(text)), media.JSON)

    fault = raised.value
    said = [type(fault).__name__, fault.detail, fault.hint]
    if isinstance(fault, BadQuery):
        said.insert(1, f"{fault.line}:{fault.column}: {fault.excerpt}")
    golden(case, f"{text}\n-----\n" + "\n".join(said) + "\n")
    assert mark
    assert fault.hint


def test_a_query_over_the_limit_is_refused_unread() -> None:
    """Its length is all that is looked at."""
    with pytest.raises(TooLarge, match="the limit is"):
        query.consider(protocol.Query("SELECT * { ?s ?p ?o } #" + "x" * 1_000_000))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("SELECT * { VALUES ?x { " + "1 " * 50_001 + "} }", "values"),
        ("SELECT * { FILTER(?x IN (" + "1," * 50_001 + "1)) }", "tokens"),
        ("a." * 200_000, "tokens"),
    ],
)
def test_a_query_over_a_limit_is_told_which_and_how_much(text: str, limit: str) -> None:
    """The refusal carries both, for programs too."""
    with pytest.raises(TooComplex, match="more than") as raised:
        query.consider(protocol.Query(text))

    assert raised.value.extra["limit"] == limit
    assert raised.value.extra["value"] == guard.LIMITS[limit].most


@given(st.text(max_size=200))
def test_tokens_cover_a_text_from_end_to_end(text: str) -> None:
    """Whatever the text, each token stands where it says and nothing overlaps."""
    end = 0
    for token in tokens.read(text):
        assert token.offset >= end
        assert text[token.offset :].startswith(token.text)
        end = token.offset + len(token.text)


@given(st.text(max_size=200), st.slices(20))
def test_the_tokens_of_a_long_text_are_those_of_a_short_one(
    text: str, part: slice
) -> None:
    """Only their places are held, and each is as it would be, wherever it is taken."""
    short = tokens.read(text)
    long = tokens.Cut(text, tokens.each(text))

    assert isinstance(short, tuple)
    assert tuple(long) == short
    assert len(long) == len(short)
    assert long[part] == short[part]
    assert [long[n] for n in range(-len(long), len(long))] == [*short, *short]
    with pytest.raises(IndexError):
        long[len(long)]


def test_a_query_of_many_words_holds_no_word_of_them() -> None:
    """Each takes some bytes, as long as nobody asks for it."""
    text = "SELECT * { VALUES ?x { " + '"value" ' * 12_000 + "} }"

    assert isinstance(guard.read(text), tokens.Cut)


@given(st.lists(st.sampled_from(list("{}()[]<>\"'?:.;, aSELCT*")), max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_crashes_the_guard_or_the_engine(
    small: Dataset, parts: list[str]
) -> None:
    """A text of SPARQL's own marks is answered or refused, never anything else."""
    text = "SELECT * WHERE { " + "".join(parts)
    with contextlib.suppress(Refusal):
        query.answer(small, query.consider(protocol.Query(text)), media.JSON)
