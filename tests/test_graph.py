"""The shipped graph is the article's critical edition: whole, verbatim, answerable."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest

from kgserver.ask import dataset, suite
from kgserver.load import snapshot, versions
from kgserver.model import settings as setting

from .conftest import ROOT

if TYPE_CHECKING:
    from kgserver.model.settings import Settings

ARTICLE = "<https://w3id.org/cityexchange/id/article-ccfao-2019-10-31>"
PREFIXES = """
PREFIX cex: <https://w3id.org/cityexchange/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
FACTS = 137
# Where the text of the article lies, which is under copyright and not in the project.
DOMAIN = Path(os.environ.get("KGSERVER_SHARED", ROOT.parent / "shared")) / "domain"

needs_text = pytest.mark.skipif(
    not (DOMAIN / "article.txt").is_file(), reason="the article's text is not here"
)


@pytest.fixture(scope="module", name="store")
def _store(shipped: Settings) -> ox.Store:
    directory = versions.current(shipped.state)
    assert directory is not None
    return dataset.opened(directory).store


def queries(kind: str) -> list[Any]:
    """The queries of a folder, as parameters named after their file."""
    found = sorted((ROOT / "queries" / kind).glob("*.rq"))
    if not found:
        message = f"queries/{kind} holds no query"
        raise FileNotFoundError(message)
    return [pytest.param(path, id=path.stem) for path in found]


def rows(store: ox.Store, text: str) -> list[tuple[str, ...]]:
    """The rows of a SELECT query, each value as its plain text."""
    found = store.query(PREFIXES + text)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(value.value if value else "" for value in row) for row in found]


@pytest.fixture(scope="module", name="bare")
def _bare(store: ox.Store) -> ox.Store:
    """The merged graph without what is inferred."""
    held = ox.Store()
    aside = ("/inferred", "/shapes", "/catalog")
    for graph in store.named_graphs():
        if not graph.value.endswith(aside):
            held.extend(
                ox.Quad(quad.subject, quad.predicate, quad.object, ox.DefaultGraph())
                for quad in store.quads_for_pattern(None, None, None, graph)
            )
    return held


# --- The whole folder ---


def test_nothing_is_to_mend(shipped: Settings) -> None:
    """Files, shapes, checks and rules find nothing wrong."""
    assert snapshot.check(shipped) == ()


def test_shapes_and_checks_hold_without_inference(shipped: Settings) -> None:
    """What is missing is not hidden by what follows."""
    bare = setting.read(shipped.folder, {"KGSERVER_REASONING": "none"})

    assert snapshot.check(bare) == ()


# --- Facts and quotes ---


def test_every_fact_is_reachable_by_its_number(store: ox.Store) -> None:
    """F001 to F137 are passages on which a claim or a statement rests."""
    found = rows(
        store,
        f"""SELECT DISTINCT ?fact {{
          ?passage dcterms:identifier ?fact ; oa:hasSource {ARTICLE} .
          {{ ?node a cex:Claim }} UNION {{ ?node a cex:Statement }}
          ?node cex:evidence ?passage
        }}""",
    )

    assert sorted(fact for (fact,) in found) == [
        f"F{number:03}" for number in range(1, FACTS + 1)
    ]


def passages(store: ox.Store) -> list[tuple[str, ...]]:
    """Number, words, start, end and paragraph of each passage of the article."""
    return rows(
        store,
        f"""SELECT ?fact ?words ?start ?end ?paragraph {{
          ?passage dcterms:identifier ?fact ; oa:hasSource {ARTICLE} ;
            cex:paragraph ?paragraph ; oa:hasSelector ?quote , ?place .
          ?quote oa:exact ?words . ?place oa:start ?start ; oa:end ?end
        }}""",
    )


@needs_text
def test_quotes_are_the_article_s_words_at_their_offsets(store: ox.Store) -> None:
    """text[start:end] is the quote, for every passage."""
    text = (DOMAIN / "article.txt").read_bytes().decode("utf-8")
    found = passages(store)

    assert len(found) == FACTS
    for fact, words, start, end, _ in found:
        assert text[int(start) : int(end)] == words, fact


@needs_text
def test_digest_and_length_are_those_of_the_text(store: ox.Store) -> None:
    """The document node tells a reader whether they have the same text."""
    data = (DOMAIN / "article.txt").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    query = f"SELECT ?d ?n {{ {ARTICLE} cex:textDigest ?d ; cex:textLength ?n }}"

    assert rows(store, query) == [(digest, str(len(data.decode("utf-8"))))]


@needs_text
def test_facts_agree_with_the_list_of_facts(store: ox.Store) -> None:
    """Words, offsets, paragraph and modality of each fact are those of the list."""
    facts = json.loads((DOMAIN / "facts.json").read_text("utf-8"))
    expected = {
        (f["id"], f["quote"], str(f["start"]), str(f["end"]), f["para"]) for f in facts
    }
    modalities = rows(
        store,
        f"""SELECT DISTINCT ?fact ?modality {{
          ?node cex:modality ?modality ; cex:evidence ?passage .
          ?passage dcterms:identifier ?fact ; oa:hasSource {ARTICLE}
        }}""",
    )

    assert set(passages(store)) == expected
    assert {(fact, iri.rpartition("/")[2].upper()) for fact, iri in modalities} == {
        (f["id"], f["modality"]) for f in facts
    }


def test_nothing_hoped_for_is_a_triple(store: ox.Store) -> None:
    """No claim rests on a passage that is an aspiration or a judgement."""
    found = rows(
        store,
        """SELECT ?claim {
          ?claim a cex:Claim ; cex:evidence ?passage .
          ?statement a cex:Statement ; cex:evidence ?passage
        }""",
    )

    assert found == []


def test_text_of_the_article_is_not_published() -> None:
    """No paragraph stands in the files; the longest quote is one sentence."""
    quotes = re.findall(
        r'oa:exact "(.*)"@',
        (ROOT / "graph/evidence/ccfao-2019-10-31-passages.ttl").read_text("utf-8"),
    )

    assert max(len(quote) for quote in quotes) < 200


# --- Questions and examples ---


def outcome(path: Path, store: ox.Store) -> suite.Outcome:
    """What the suite says of a question."""
    (case,) = [case for case in suite.find(ROOT) if case.path == path]
    return suite.run(store, case)


@pytest.mark.parametrize("path", queries("questions"))
def test_question_is_answered_exactly(path: Path, store: ox.Store) -> None:
    """The answer over the merged graph is the one in the file beside the query."""
    held = outcome(path, store)

    assert (held.passed, held.marked("-"), held.marked("+")) == (True, (), ())


@pytest.mark.parametrize("path", queries("questions"))
def test_question_needs_inference_where_it_says_so(path: Path, bare: ox.Store) -> None:
    """Without what is inferred such a question has no answer, and others the same."""
    held = outcome(path, bare)
    if "# inference: needed" in held.case.text:
        assert held.lines[1:] == ()
    else:
        assert held.passed


@pytest.mark.parametrize("path", queries("examples"))
def test_example_has_an_answer(path: Path, store: ox.Store) -> None:
    """Each example returns a row or a triple at the least."""
    results = store.query(path.read_text("utf-8"))
    assert isinstance(results, ox.QuerySolutions | ox.QueryTriples)

    assert next(iter(results), None) is not None


@pytest.mark.parametrize("path", [*queries("questions"), *queries("examples")])
def test_query_says_what_it_asks(path: Path) -> None:
    """Title, question and keywords stand in comments before the query."""
    title, question, *others = path.read_text("utf-8").split("\n")

    assert re.fullmatch(r"# \S.*", title)
    assert re.fullmatch(r"# \S.*", question)
    assert any(re.fullmatch(r"# keywords: \S.*", line) for line in others)


def test_there_are_enough_queries() -> None:
    """Thirty questions, and examples from a first SELECT to RDF 1.2."""
    assert len(queries("questions")) == 30
    assert len(queries("examples")) >= 20
