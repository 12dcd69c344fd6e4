"""An edit that is applied leaves what building everything anew would have made."""

from __future__ import annotations

import random
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kgserver.load import inputs, positions, snapshot, turtle, versions
from kgserver.load.edits import revision
from kgserver.model import rule
from kgserver.model import settings as setting
from kgserver.model.settings import STATE
from tests.checkout import Checkout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from kgserver.load.snapshot import Build
    from kgserver.load.turtle import Reading
    from kgserver.model.manifest import Source
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

HEAD = "@prefix : <http://127.0.0.1:8000/id/> .\n"
ONTOLOGY = """
@prefix : <http://127.0.0.1:8000/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
:in a owl:TransitiveProperty ; owl:inverseOf :holds .
:near a owl:SymmetricProperty ; rdfs:subPropertyOf :knows .
:capitalOf rdfs:subPropertyOf :in ; rdfs:range :Country ; rdfs:domain :City .
:City owl:disjointWith :Country . :slug a owl:InverseFunctionalProperty .
"""
EXCLUDES = {"KGSERVER_REASONING_EXCLUDES": "graph/links.ttl"}
FILES = ("graph/a.ttl", "graph/b.ttl", "graph/links.ttl")


def statement(chance: random.Random) -> str:
    """One of some two hundred statements, with links that lead on."""
    one, other = (f":x{chance.randrange(6)}" for _ in range(2))
    kind = chance.random()
    if kind < 0.12:
        return f"{one} :size {chance.choice(('007', '7', '1.50', 'true'))} ."
    if kind < 0.2:
        return f'{one} :slug "{chance.choice("uvwxyz")}" .'
    if kind < 0.25:
        return f"{one} :parts ( {other} [ :near {one} ] ) ."
    return f"{one} :{chance.choice(('in', 'near', 'holds', 'capitalOf'))} {other} ."


def everything(settings: Settings) -> set[str]:
    """All that the version in service holds."""
    directory = versions.current(settings.state)
    assert directory
    return {str(q) for q in ox.Store.read_only(str(directory / versions.STORE))}


def found(settings: Settings, *, anew: bool = False) -> set[str]:
    """The kinds of findings; of contradictions of one kind a check tells some.

    What is told of a change alone differs where everything is looked at.
    """
    problems = rule.lasting(snapshot.check(settings, anew=anew))
    return {each.code for each in problems}


def fatal(problems: Iterable[Problem]) -> list[str]:
    """The rules by which some problems keep a version out of service."""
    return sorted({each.code for each in problems if each.fatal})


def anew(
    settings: Settings, folder: Path, environment: Mapping[str, str] = EXCLUDES
) -> tuple[Build, set[str]]:
    """What the files make when all of them are built, in a folder of their own."""
    shutil.copytree(settings.folder, folder, ignore=shutil.ignore_patterns(STATE))
    fresh = setting.read(folder, environment)
    return snapshot.build(fresh), everything(fresh)


def test_sixty_saves_leave_what_a_fresh_build_would(
    make_folder: Callable[..., Settings], tmp_path: Path
) -> None:
    """Files grow, shrink, agree, contradict; one of them proves nothing."""
    chance = random.Random(20061031)
    said: dict[str, set[str]] = {path: set() for path in FILES}
    applied = refused = 0
    settings = make_folder({"ontology/o.ttl": ONTOLOGY}, EXCLUDES)
    assert snapshot.build(settings).served
    for number in range(60):
        path = chance.choice(FILES)
        kept = {each for each in sorted(said[path]) if chance.random() < 0.8}
        said[path] = kept | {statement(chance) for _ in range(chance.randrange(5))}
        text = HEAD + "\n".join(sorted(said[path]))
        settings = make_folder({path: text}, EXCLUDES)
        serving = inputs.serving(settings)
        assert serving
        before = everything(settings)
        assert found(settings) == found(settings, anew=True)
        built = snapshot.build(settings)
        if not built.served:
            refused += 1
            assert everything(settings) == before
            assert any(each.fatal for each in built.problems)
        elif built.fresh and number % 4 == 0:
            other, fresh = anew(settings, tmp_path / f"anew{number}")
            assert other.served
            assert everything(settings) == fresh
            assert built.snapshot
            assert other.snapshot
            assert built.snapshot.counts == other.snapshot.counts
            assert built.snapshot.digest == other.snapshot.digest
            applied += 1
        if not built.served:
            said[path] = {each for each in kept if ":capitalOf" not in each}
            make_folder({path: HEAD + "\n".join(sorted(said[path]))}, EXCLUDES)
            snapshot.build(settings)
    assert applied > 5
    assert refused > 2


def test_saves_and_commits_leave_the_provenance_that_a_fresh_build_would(
    tmp_path: Path,
) -> None:
    """Lines move, files go, commits are made, undone and rewritten; all is applied."""
    chance = random.Random(20131112)
    checkout = Checkout(tmp_path / "graph")
    wanted = {**EXCLUDES, "KGSERVER_PROVENANCE": "true"}
    check = "SELECT ?this { GRAPH ?g { ?this a ?statement } FILTER(?g != ?this) }"
    said = {path: [statement(chance) for _ in range(9)] for path in FILES}
    checkout.commit(
        {
            ".gitignore": STATE,
            "ontology/o.ttl": ONTOLOGY.split(":capitalOf")[0],
            "queries/checks/hidden.rq": f"# severity: note\n{check}",
            **{path: HEAD + "\n".join(lines) for path, lines in said.items()},
        }
    )
    settings = setting.read(checkout.folder, wanted)
    assert snapshot.build(settings).served
    places = [(settings.state / "work").stat().st_ino]
    for number in range(20):
        path = chance.choice(FILES)
        said[path][chance.randrange(9)] = statement(chance)
        text = HEAD + "\n" * chance.randrange(3) + "\n".join(said[path])
        files = {path: None if chance.random() < 0.1 else text}
        act = chance.choice(("save", "commit", "commit", "amend", "back"))
        if act == "back" and checkout.git("rev-list", "--count", "HEAD") != "1":
            checkout.git("reset", "--hard", "-q", "HEAD~1")
        elif act == "save" and (checkout.folder / path).exists():
            checkout.write(files)
        else:
            author = chance.choice(("Ada", "Bea", "Cy"))
            checkout.commit({path: text}, author=author)
        if act == "amend":
            checkout.git("commit", "--amend", "-q", "-m", f"said better {number}")
        checked = snapshot.check(settings)
        built = snapshot.build(settings)
        assert built.served
        assert rule.lasting(built.problems) == rule.lasting(checked)
        places.append((settings.state / "work").stat().st_ino)
        if number % 4 == 3:
            other, fresh = anew(settings, tmp_path / f"anew{number}", wanted)
            assert everything(settings) == fresh
            assert built.problems == other.problems
    assert sum(one == other for one, other in pairwise(places)) > 10


@pytest.fixture(name="city")
def _city(make_folder: Callable[..., Settings]) -> Settings:
    """A small folder, built."""
    settings = make_folder(
        {
            "ontology/o.ttl": ONTOLOGY,
            "graph/a.ttl": f"{HEAD}:bonn :in :nrw .\n:nrw :in :germany .",
            "graph/b.ttl": f"{HEAD}:bonn :near :cologne .",
        }
    )
    assert snapshot.build(settings).served
    return settings


def told(triples: frozenset[ox.Triple]) -> set[str]:
    """Triples in short."""
    return {
        " ".join(str(term).rpartition("/")[2].rstrip(">") for term in triple)
        for triple in triples
    }


def test_a_save_is_applied_and_its_difference_told(
    city: Settings, make_folder: Callable[..., Settings]
) -> None:
    """What files say, and what follows, comes and goes."""
    make_folder({"graph/a.ttl": f"{HEAD}:bonn :in :nrw .\n:nrw :in :europe ."})
    serving = inputs.serving(city)
    assert serving
    revised = revision.revise(inputs.find(city), serving)
    assert revised
    assert revised.difference

    assert told(revised.difference.added) == {"nrw in europe"}
    assert told(revised.difference.removed) == {"nrw in germany"}
    assert told(revised.difference.inferred_added) == {
        "bonn in europe", "europe holds nrw", "europe holds bonn",
    }  # fmt: skip
    assert told(revised.difference.inferred_removed) == {
        "bonn in germany", "germany holds nrw", "germany holds bonn",
    }  # fmt: skip


def test_a_check_reads_what_was_saved_alone(
    city: Settings,
    make_folder: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It finds what a build would, and leaves the version and its store as they are."""
    read: list[str] = []
    whole = turtle.read_anew

    def noted(source: Source, folder: Path) -> Reading:
        read.append(source.path)
        return whole(source, folder)

    make_folder({"graph/a.ttl": f"{HEAD}:bonn :in :nrw .\n:nrw :capitalOf :nrw ."})
    monkeypatch.setattr(turtle, "read_anew", noted)
    before = everything(city), sorted(city.state.iterdir())

    assert fatal(snapshot.check(city)) == ["contradiction:cax-dw"]
    assert read[0] == "graph/a.ttl"
    make_folder({"graph/a.ttl": f"{HEAD}:bonn :in :nrw .\n:nrw :in :europe ."})
    read.clear()
    assert not fatal(snapshot.check(city))
    assert read == ["graph/a.ttl"]
    assert (everything(city), sorted(city.state.iterdir())) == before


def test_a_statement_that_another_file_repeats_neither_comes_nor_goes(
    city: Settings, make_folder: Callable[..., Settings]
) -> None:
    """It stands for as long as one file says it; what was inferred may be said."""
    make_folder({"graph/c.ttl": f"{HEAD}:bonn :in :nrw .\n:bonn :in :germany ."})
    first = snapshot.build(city)
    (city.folder / "graph" / "c.ttl").unlink()
    second = snapshot.build(city)
    assert first.difference
    assert second.difference

    assert told(first.difference.added) == {"bonn in germany"}
    assert told(first.difference.inferred_removed) == {"bonn in germany"}
    assert told(second.difference.removed) == {"bonn in germany"}
    assert told(second.difference.inferred_added) == {"bonn in germany"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ontology/o.ttl", ONTOLOGY + ":near a :Thing ."),
        ("graph/a.ttl", f"{HEAD}:bonn a <http://www.w3.org/2002/07/owl#Class> ."),
        ("graph/q.nq", "<http://e/a> <http://e/b> <http://e/c> ."),
    ],
)
def test_what_changes_the_rules_is_built_anew(
    city: Settings, make_folder: Callable[..., Settings], path: str, text: str
) -> None:
    """And its difference is told all the same."""
    make_folder({path: text})
    serving = inputs.serving(city)
    assert serving

    assert revision.revise(inputs.find(city), serving) is None
    built = snapshot.build(city)
    assert built.fresh
    assert built.difference
    assert built.difference.added


def test_a_contradiction_keeps_every_later_save_out_until_it_is_mended(
    city: Settings, make_folder: Callable[..., Settings]
) -> None:
    """It is found on the difference, and found again with the next one."""
    clash = f"{HEAD}:berlin :capitalOf :germany . :x :capitalOf :berlin ."
    make_folder({"graph/c.ttl": clash})
    first = snapshot.build(city)
    make_folder({"graph/b.ttl": f"{HEAD}:bonn :near :aachen ."})
    second = snapshot.build(city)
    make_folder({"graph/c.ttl": f"{HEAD}:berlin :capitalOf :germany ."})
    third = snapshot.build(city)

    for built in (first, second):
        assert not built.served
        assert fatal(built.problems) == ["contradiction:cax-dw"]
        assert {p.file for p in built.problems if p.fatal} == {"graph/c.ttl"}
    assert third.served
    assert third.difference
    assert "  + :bonn :near :aachen\n" in third.as_text(0)
    assert "  + → :aachen :near :bonn\n" in third.as_text(0)
    assert told(third.difference.added) == {
        "berlin capitalOf germany",
        "bonn near aachen",
    }


@pytest.mark.parametrize("anew", [True, False])
def test_who_became_one_is_told_with_the_rule_and_its_lines(
    city: Settings, make_folder: Callable[..., Settings], anew: bool
) -> None:
    """By a check as by a build, of everything as of a save; and no second time.

    What a file says itself is not told.
    """
    same = "<http://www.w3.org/2002/07/owl#sameAs>"
    make_folder({"graph/c.ttl": f'{HEAD}:bonn :slug "b" .\n:bonn {same} :bonna .'})
    snapshot.build(city)
    make_folder({"graph/d.ttl": f'{HEAD}\n:stadt :slug "b" .\n:x :slug "x" .'})
    if anew:
        shutil.rmtree(city.state)
    checked = snapshot.check(city)
    built = snapshot.build(city)
    told = [each for each in checked if each.code == "same-thing"]

    assert [each for each in built.problems if each.code == "same-thing"] == told
    assert {(each.file, each.line, each.severity) for each in told} == {
        ("graph/d.ttl", 3, "note")
    }
    assert any(":bonn is the same as :stadt" in each.message for each in told)
    assert all(
        each.message.endswith("(by prp-ifp from graph/c.ttl:2, graph/d.ttl:3)")
        for each in told
        if ":bonna" not in each.message
    )
    assert not any(":bonn is the same as :bonna" in each.message for each in told)
    assert "same-thing" not in {each.code for each in snapshot.check(city)}


CHECK = "SELECT ?this { ?this <http://127.0.0.1:8000/id/near> ?this }"
SHAPE = f"""@prefix sh: <http://www.w3.org/ns/shacl#> . {HEAD}
:Shape a sh:NodeShape ; sh:targetSubjectsOf :in ;
  sh:property [ sh:path :in ; sh:maxCount 2 ] ."""


@pytest.mark.parametrize(
    ("rule", "broken", "code"),
    [
        (("queries/checks/self.rq", CHECK), ":bonn :near :bonn .", "check:self"),
        (("ontology/shapes.ttl", SHAPE), ":bonn :in :a . :bonn :in :b .", "shape"),
    ],
)
def test_what_shapes_and_checks_refuse_is_taken_back(
    city: Settings,
    make_folder: Callable[..., Settings],
    rule: tuple[str, str],
    broken: str,
    code: str,
) -> None:
    """The store is as it was, and the next save goes on from there."""
    make_folder(dict([rule]))
    assert snapshot.build(city).served
    before = everything(city)
    for _ in range(2):
        make_folder({"graph/c.ttl": HEAD + broken})
        refused = snapshot.build(city)

        assert fatal(refused.problems) == [code]
        assert not refused.served
        assert everything(city) == before
        make_folder({"graph/c.ttl": f"{HEAD}# nothing"})
        assert snapshot.build(city).served
    (city.folder / "graph" / "c.ttl").unlink()

    assert snapshot.build(city).served
    assert everything(city) == before


def test_what_other_code_made_is_looked_at_and_built_anew(
    city: Settings, make_folder: Callable[..., Settings]
) -> None:
    """Notes in another form are passed over; nothing of them comes into a version."""
    directory = versions.current(city.state)
    assert directory
    manifest = directory / versions.MANIFEST
    other = manifest.read_text("utf-8").replace(versions.checker(), "other")
    manifest.write_text(other, "utf-8")
    for notes in (directory / positions.FOLDER).iterdir():
        notes.write_bytes(notes.read_bytes().replace(b"outline", b"outward"))
    make_folder({"graph/a.ttl": f"{HEAD}:bonn :in :nrw ."})

    assert not any(each.fatal for each in snapshot.check(city))
    built = snapshot.build(city)
    assert built.fresh
    make_folder({"graph/a.ttl": f"{HEAD}:bonn :in :europe ."})
    assert not any(each.fatal for each in snapshot.check(city))
