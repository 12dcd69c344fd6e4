"""Files in one style: only white space changes, and a second time nothing does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kgserver import cli
from kgserver.load.layout import style, tokens
from kgserver.load.rewriting import formatting

from .conftest import ROOT, SHIPPED, cases

if TYPE_CHECKING:
    from collections.abc import Callable

W3C = ROOT.parent / "shared" / "w3c"
SPACES = ("", " ", "\n", "\n\n\n", "\t", " # c\n", "\n  # d\n\n", "\r\n")


def graph(text: str) -> ox.Dataset:
    """What a text says, blank nodes named canonically."""
    quads = ox.parse(text, ox.RdfFormat.TURTLE, base_iri="http://e/")
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


@pytest.mark.parametrize("case", cases("format"))
def test_a_file_is_laid_out(case: Path, golden: Callable[[Path, str], None]) -> None:
    """As `out.ttl` shows, which is in the style itself and says the same."""
    written = tokens.decode((case / "in.ttl").read_bytes())
    laid = style.formatted(written)

    golden(case / "out.ttl", laid.replace("\r\n", "␍\n"))
    assert style.formatted(laid) == laid
    assert graph(laid) == graph(written)


def test_what_kgserver_ships_is_in_the_style() -> None:
    """So that a maintainer's editor shows no change of ours."""
    folders = [ROOT / name for name in SHIPPED if (ROOT / name).is_dir()]
    paths = [path for folder in folders for path in folder.rglob("*.ttl")]

    assert paths
    assert not [p for p in paths if formatting.rewriting(p).changes]


@pytest.mark.skipif(not W3C.is_dir(), reason="the W3C files are not here")
def test_the_graphs_of_the_w3c_stay_what_they_are() -> None:
    """Each Turtle file of the test suites that is RDF 1.1 and well formed."""
    looked_at = 0
    for path in sorted(W3C.rglob("*.ttl")):
        before = formatting.rewriting(path)
        if before.problems or path.stat().st_size > 200_000:
            continue
        looked_at += 1
        assert style.formatted(before.after) == before.after, path
        assert graph(before.after) == graph(before.before), path

    assert looked_at > 800


TERMS = st.sampled_from([":a", "<x>", "_:b1", ":dotted.name", ":a\\,b"])
LITERALS = st.sampled_from(
    ['"x"', '"x"@en', '"y" ^^ :t', "5", "5.0", "1e3", "true", "'q'", '"""m\nn"""']
)
Words = list[str]


def joined(parts: list[Words], mark: str | None) -> Words:
    """The words of all parts, with a mark between each two."""
    out: Words = []
    for number, part in enumerate(parts):
        out += [mark] if mark and number else []
        out += part
    return out


def properties(objects: st.SearchStrategy[Words]) -> st.SearchStrategy[Words]:
    """A list of properties, each with its objects."""
    some = st.lists(objects, min_size=1, max_size=3).map(lambda o: joined(o, ","))
    one = st.tuples(st.sampled_from([":p", "a", "<q>"]), some)
    return st.lists(one.map(lambda p: [p[0], *p[1]]), min_size=1, max_size=3).map(
        lambda p: joined(p, ";")
    )


OBJECTS: st.SearchStrategy[Words] = st.recursive(
    (TERMS | LITERALS).map(lambda term: [term]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda o: ["(", *joined(o, None), ")"])
        | (properties(inner) | st.just([])).map(lambda p: ["[", *p, "]"])
    ),
    max_leaves=6,
)
STATEMENTS = st.tuples(
    TERMS, properties(OBJECTS), st.sampled_from([["."], [";", "."], [";", ";", "."]])
).map(lambda parts: [parts[0], *parts[1], *parts[2]])
DIRECTIVES = st.sampled_from(
    [["PREFIX", ":", "<http://e/>"], ["@base", "<http://y/>", "."]]
)


@given(st.lists(STATEMENTS | DIRECTIVES, max_size=4), st.data())
@settings(deadline=None)
def test_the_graph_never_changes(parts: list[Words], data: st.DataObject) -> None:
    """However a document is spaced; and formatting twice is formatting once."""
    words = ["@prefix", ":", "<http://e/>", ".", *joined(parts, None)]
    gaps = data.draw(
        st.lists(st.sampled_from(SPACES), min_size=len(words), max_size=len(words))
    )
    text = "".join(word + (gap or " ") for word, gap in zip(words, gaps, strict=True))
    laid = style.formatted(text)

    assert style.formatted(laid) == laid
    assert graph(laid) == graph(text)
    assert laid.count("#") == text.count("#")


@given(st.text(max_size=200) | st.text("<>\"'\\.:;@_#^[]() \n\raé1-", max_size=200))
def test_no_text_is_lost_in_tokens(text: str) -> None:
    """Whatever it is, its tokens joined are the text, and each knows its place."""
    found = tokens.tokenise(text)

    assert "".join(token.text for token in found) == text
    assert all(text[t.start : t.end] == t.text for t in found)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert all(
        lines[t.line - 1][t.column - 1 :].startswith(t.text[:1])
        for t in found
        if t.kind != "space"
    )


def test_the_command_writes_shows_and_names(tmp_path: Path) -> None:
    """In place, as a diff that git takes, or the names only; faulty files stay."""
    (tmp_path / "graph").mkdir()
    shutil.copy(
        ROOT / "tests/cases/format/one-property-a-line/in.ttl", tmp_path / "graph"
    )
    path, broken = tmp_path / "graph/in.ttl", tmp_path / "graph/broken.ttl"
    broken.write_text('<a> <b> "c .\n')
    path.chmod(0o640)
    before = path.read_text("utf-8")
    run = CliRunner().invoke

    named = run(cli.main, ["fmt", "--check", str(tmp_path)])
    assert (named.exit_code, named.stdout) == (1, f"{path}\n")
    assert "broken.ttl:1:9: error" in named.stderr
    shown = run(cli.main, ["fmt", "--diff", str(path)])
    assert (shown.exit_code, path.read_text("utf-8")) == (0, before)
    assert run(cli.main, ["fmt", str(path)]).exit_code == 0
    assert path.read_text("utf-8") != before
    assert path.stat().st_mode & 0o777 == 0o640
    assert broken.read_text() == '<a> <b> "c .\n'
    assert sorted((tmp_path / "graph").iterdir()) == [broken, path]

    after = path.read_text("utf-8")
    path.write_text(before, "utf-8")
    patch = shown.stdout.replace(str(path).lstrip("/"), "graph/in.ttl")
    patch = patch.replace("a//", "a/").replace("b//", "b/")
    subprocess.run(
        ["git", "apply", "-"], cwd=tmp_path, input=patch, text=True, check=True
    )
    assert path.read_text("utf-8") == after


def test_the_command_formats_its_input() -> None:
    """With - it reads and writes streams, as editors want it."""
    run = CliRunner().invoke
    good = run(cli.main, ["fmt", "-"], input="<a> <b> 'é' .")
    bad = run(cli.main, ["fmt", "-"], input="<a> <b> .")

    assert (good.exit_code, good.stdout) == (0, "<a> <b> 'é' .\n")
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert run(cli.main, ["fmt", str(ROOT / "README.md")]).exit_code == 2
