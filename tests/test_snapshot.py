"""A build is whole or nothing, whatever the files say and whenever it is killed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kgserver.load import inputs, snapshot, versions
from kgserver.load.storage import filling
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings

GOOD = "@prefix : <http://127.0.0.1:8000/id/> .\n"
FILES = {"graph/a.ttl": f"{GOOD}:a :p :b .", "graph/b.ttl": f"{GOOD}:a :p :b ; :q 1 ."}


def quads(settings: Settings) -> set[str]:
    """All that the version in service holds, but for what describes it."""
    directory = versions.current(settings.state)
    assert directory
    held = ox.Store.read_only(str(directory / versions.STORE))
    catalog = ox.NamedNode(settings.names.catalog)
    return {str(quad) for quad in held if quad.graph_name != catalog}


def test_unchanged_input_builds_nothing(make_folder: Callable[..., Settings]) -> None:
    """The second build gives the first one's version."""
    settings = make_folder(FILES)
    first, again = snapshot.build(settings), snapshot.build(settings)

    assert (first.fresh, again.fresh) == (True, False)
    assert first.snapshot == again.snapshot
    assert inputs.up_to_date(settings)


def test_a_setting_that_shapes_the_version_builds_anew(
    make_folder: Callable[..., Settings],
) -> None:
    """Reasoning off is another version of the same files."""
    snapshot.build(make_folder(FILES))
    built = snapshot.build(make_folder(FILES, {"KGSERVER_REASONING": "none"}))

    assert built.fresh
    assert built.snapshot
    assert built.snapshot.version == 2


def test_a_failed_build_leaves_the_last_good_version_in_service(
    make_folder: Callable[..., Settings],
) -> None:
    """Broken files are told and not served; mending them goes on from there."""
    settings = make_folder(FILES)
    snapshot.build(settings)
    before = quads(settings)

    broken = snapshot.build(make_folder({"graph/a.ttl": ":a :p"}))
    assert (broken.served, quads(settings)) == (False, before)
    assert [problem.code for problem in broken.problems] == ["undeclared-prefix"]
    assert versions.last_attempt(settings.state) == (False, broken.problems)

    mended = snapshot.build(make_folder({"graph/a.ttl": f"{GOOD}:a :p :c ."}))
    assert mended.served
    assert versions.last_attempt(settings.state)[0]


def test_a_failed_build_is_forgotten_with_the_next_version(
    make_folder: Callable[..., Settings],
) -> None:
    """Also between the version's coming into service and the note of that."""
    settings = make_folder(FILES)
    snapshot.build(settings)
    snapshot.build(make_folder({"graph/a.ttl": ":a :p"}))
    note = settings.state / "attempt.json"
    failed = note.read_text()
    assert not versions.last_attempt(settings.state)[0]

    snapshot.build(make_folder({"graph/a.ttl": f"{GOOD}:a :p :c ."}))
    note.write_text(failed)
    assert versions.last_attempt(settings.state) == (True, ())


def test_a_folder_without_files_is_told_so(
    make_folder: Callable[..., Settings],
) -> None:
    """There is nothing to build from, and the finding says where to put files."""
    built = snapshot.build(make_folder({"README.md": "nothing"}))

    assert [problem.code for problem in built.problems] == ["no-files"]
    assert not built.served


def test_two_files_cannot_fill_one_graph(make_folder: Callable[..., Settings]) -> None:
    """`x.ttl` and `x.nt` would be the same named graph."""
    built = snapshot.build(
        make_folder({"graph/x.ttl": "", "graph/x.nt": "", "graph/y.ttl": ""})
    )

    assert [problem.code for problem in built.problems] == ["graph-twice"]


def test_a_folder_without_graph_is_itself_the_graph_folder(
    make_folder: Callable[..., Settings],
) -> None:
    """N-Quads keep the graphs that they name."""
    text = (
        '<http://e/s> <http://e/p> "o" <http://e/g> .\n<http://e/s> <http://e/p> 1 .\n'
    )
    settings = make_folder(
        {"dataset.nq": text.replace(" 1 ", ' "1" ')},
        {"KGSERVER_DEFAULT_GRAPH": "own", "KGSERVER_REASONING": "none"},
    )
    snapshot.build(settings)

    assert quads(settings) == {
        '<http://e/s> <http://e/p> "o" <http://e/g>',
        '<http://e/s> <http://e/p> "1"',
    }


def test_old_versions_are_pruned_and_the_rest_stay_whole(
    make_folder: Callable[..., Settings],
) -> None:
    """As many stay as the settings say, the newest in service."""
    for number in range(5):
        settings = make_folder(
            {"graph/a.ttl": f"{GOOD}:a :p {number} ."}, {"KGSERVER_KEEP_VERSIONS": "3"}
        )
        snapshot.build(settings)
    kept = sorted(path.name for path in (settings.state / "snapshots").iterdir())

    assert kept == ["3", "4", "5"]
    for name in kept:
        directory = settings.state / "snapshots" / name
        held = ox.Store.read_only(str(directory / versions.STORE))
        default = held.quads_for_pattern(None, None, None, ox.DefaultGraph())
        assert len(list(default)) == 1
        assert versions.read(directory).version == int(name)


STATEMENTS = st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 3))
EDITS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sets(STATEMENTS, max_size=4)),
    min_size=1,
    max_size=6,
)


@given(EDITS)
@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_store_that_was_mended_equals_one_filled_anew(
    tmp_path_factory: pytest.TempPathFactory,
    edits: list[tuple[str, set[tuple[int, int, int]]]],
) -> None:
    """Whatever is written to which files in whatever order; empty ones are removed."""
    folder = tmp_path_factory.mktemp("edits")
    (folder / "graph").mkdir()
    for name, statements in edits:
        path = folder / "graph" / f"{name}.ttl"
        text = "".join(f":s{s} :p{p} :s{o} .\n" for s, p, o in sorted(statements))
        if statements:
            path.write_text(f"{GOOD}{text}")
        else:
            path.unlink(missing_ok=True)
        settings = setting.read(folder, {})
        built = snapshot.build(settings)
        if built.served:
            given_now = inputs.find(settings)
            finding = snapshot.examine(settings, given_now)
            assert quads(settings) == {str(q) for q in finding.contents.quads()}


MIXED = {
    "ontology/o.ttl": f"{GOOD}:p a <http://www.w3.org/2002/07/owl#SymmetricProperty> .",
    "ontology/s.shapes.ttl": f"{GOOD}:Shape :p [ :q :r ] .",
    "graph/plain.ttl": f'{GOOD}:a :p :b ; :q 07, "x"@EN, "\\u00e9" .\n<rel> :p <#x> .',
    "graph/nameless.ttl": f"{GOOD}:a :p [ :q ( 1 2 ) ; :p :b ] .",
    "graph/lines.nt": "# none\n\n"
    + "".join(f"<http://e/{n}> <http://e/p> <http://e/{n + 1}> .\n" for n in range(9)),
    "graph/blank.nt": "_:a <http://e/p> _:b .\n<http://e/0> <http://e/p> _:a .",
    "graph/own.nq": "<http://e/a> <http://e/b> _:x <http://e/g> .\n"
    "<http://e/a> <http://e/b> <http://e/c> .\n"
    "<http://e/a> <http://e/b> <http://e/c> <http://e/g> .\n"
    "<http://e/a> <http://e/b> <http://e/d> <http://127.0.0.1:8000/graph/lines> .\n",
    "graph/others.trig": "@prefix : <http://e/> . :a :p 1 . _:g { _:g :p 01 , _:h }",
}


def test_what_goes_in_as_text_is_what_goes_in_as_quads(
    make_folder: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Large files and graphs take another way into the same store."""
    settings = make_folder(MIXED)
    assert snapshot.build(settings).served
    as_quads = quads(settings)
    shutil.rmtree(settings.state)
    for threshold, value in (("LARGE", 1), ("EARLY", 1), ("PIECE", 100)):
        monkeypatch.setattr(filling, threshold, value)
    built = snapshot.build(settings)

    assert built.snapshot
    assert quads(settings) == as_quads
    merged = [quad for quad in as_quads if quad.count(" ") == 2]
    assert built.snapshot.counts.merged == len(merged)


def test_a_file_that_is_saved_while_it_is_read_goes_in_as_it_was_read(
    make_folder: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was loaded beside the reading is let go then."""
    monkeypatch.setattr(filling, "EARLY", 1)
    settings = make_folder(FILES)
    given_now = inputs.find(settings)
    store = filling.Filling(settings.state)
    store.begin(given_now)
    finding = snapshot.examine(settings, given_now)
    make_folder({"graph/a.ttl": f"{GOOD}:a :p :c ."})
    held = store.finish(finding.contents)

    assert {str(quad) for quad in held} == {str(q) for q in finding.contents.quads()}


BUILD = """
import sys, os, pathlib
from kgserver.model import settings
from kgserver.load import snapshot, versions
from kgserver.load.publishing import survey
from kgserver.load.storage import store
plain = {module}.{function}
def killed(*arguments, **named):
    {before}
    plain(*arguments, **named)
    os.kill(os.getpid(), 9)
{module}.{function} = killed
snapshot.build(settings.read(pathlib.Path(sys.argv[1]), {{}}))
"""
DEATH = "os.kill(os.getpid(), 9)"
MOMENTS = [
    ("store", "amend", DEATH),
    ("store", "amend", "pass"),
    ("store", "settle", DEATH),
    ("survey", "_survey", DEATH),
    ("survey", "write", "pass"),
    ("store", "settle", "pass"),
    ("versions", "publish", DEATH),
    ("versions", "_write", DEATH),
    ("versions", "_write", "pass"),
    ("versions", "_sync", "pass"),
    ("versions", "prune", DEATH),
    ("versions", "record", DEATH),
]


@pytest.mark.parametrize(("module", "function", "before"), MOMENTS)
def test_a_build_that_is_killed_leaves_what_the_next_one_repairs(
    make_folder: Callable[..., Settings], module: str, function: str, before: str
) -> None:
    """Before or after each step that writes, an old or new version serves whole."""
    settings = make_folder(FILES)
    snapshot.build(settings)
    old = quads(settings)
    make_folder({"graph/b.ttl": f"{GOOD}:c :p 7 ; :r :a ."})
    code = BUILD.format(module=module, function=function, before=before)
    died = subprocess.run(
        [sys.executable, "-c", code, str(settings.folder)], check=False
    )

    assert died.returncode == -signal.SIGKILL
    new = {str(q) for q in examined(settings)}
    assert quads(settings) in (old, new)

    assert snapshot.build(settings).served
    assert quads(settings) == new
    left = [p.name for p in (settings.state / "snapshots").iterdir()]
    assert all(name.isdecimal() for name in left)


def test_a_build_killed_at_any_time_is_repaired(
    make_folder: Callable[..., Settings],
) -> None:
    """kill -9 at ten moments of a real build; the next serves what the files say."""
    settings = make_folder(FILES)
    snapshot.build(settings)
    command = [sys.executable, "-m", "kgserver", "build", str(settings.folder)]
    for number in range(10):
        make_folder({"graph/b.ttl": f"{GOOD}:c :p {number} ."})
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        threading.Event().wait(0.4 + number * 0.06)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert quads(settings)
    make_folder({"graph/b.ttl": f"{GOOD}:c :p 11 ."})

    assert snapshot.build(settings).served
    assert quads(settings) == {str(q) for q in examined(settings)}


def examined(settings: Settings) -> list[ox.Quad]:
    """What a version of the files as they are would hold."""
    return list(snapshot.examine(settings, inputs.find(settings)).contents.quads())


def test_only_one_builder_works_at_a_time(make_folder: Callable[..., Settings]) -> None:
    """Another is told that there is one, or waits."""
    settings = make_folder(FILES)
    with (
        versions.locked(settings.state),
        pytest.raises(versions.BusyError, match="Another kgserver is building"),
        versions.locked(settings.state, wait=False),
    ):
        pass


def test_requests_that_run_while_versions_swap_come_whole_from_one(
    make_folder: Callable[..., Settings],
) -> None:
    """Each version says the same number in two files; no answer mixes two versions."""
    pair = "SELECT ?x ?y { ?a <http://e/x> ?x . ?b <http://e/y> ?y }"

    def write(number: int) -> Settings:
        return make_folder(
            {
                "graph/x.ttl": f"<http://e/a> <http://e/x> {number} .",
                "graph/y.ttl": f"<http://e/b> <http://e/y> {number} .",
            }
        )

    settings = write(0)
    snapshot.build(settings)
    app, done, seen, wrong = create_app(settings), threading.Event(), set(), []

    def ask() -> None:
        client = app.test_client()
        while not done.is_set():
            answer = client.get("/sparql", query_string={"query": pair})
            row = answer.get_json(force=True)["results"]["bindings"][0]
            x, y = row["x"]["value"], row["y"]["value"]
            seen.add(x)
            if x != y:
                wrong.append((x, y))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 15):
        snapshot.build(write(number))
    done.set()
    for thread in threads:
        thread.join()

    assert not wrong
    assert len(seen) > 2


def test_a_closed_folder_is_built_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package in a system folder cannot be written to; its graph is served still."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "access", lambda *_: False)
    (tmp_path / "closed" / "graph").mkdir(parents=True)
    shutil.copy(Path(__file__), tmp_path / "closed")
    settings = setting.read(tmp_path / "closed", {})

    assert settings.state.is_relative_to(tmp_path / "cache" / "kgserver")


def test_the_default_graph_holds_each_triple_once(
    make_folder: Callable[..., Settings],
) -> None:
    """Two files say the same; it is counted once, and stays when one of them goes."""
    settings = make_folder(FILES)
    finding = snapshot.examine(settings, inputs.find(settings))
    held = finding.contents.in_memory()
    default = list(held.quads_for_pattern(None, None, None, ox.DefaultGraph()))

    assert len(default) == finding.counts.merged == 2


def test_without_reasoning_an_ill_typed_literal_is_only_odd(
    make_folder: Callable[..., Settings],
) -> None:
    """It contradicts nothing then; where datatypes are interpreted it does."""
    files = {
        "data.nq": '<urn:a> <urn:p> "x"^^<http://www.w3.org/2001/XMLSchema#byte> .'
    }
    odd = snapshot.build(make_folder(files, {"KGSERVER_REASONING": "none"}))
    wrong = snapshot.build(make_folder(files))

    assert [each.severity for each in odd.problems] == ["warning"]
    assert (odd.served, wrong.served) == (True, False)


def test_blank_nodes_in_a_triple_term_are_those_outside_it(
    make_folder: Callable[..., Settings],
) -> None:
    """A label means one node in a file, wherever it stands (RDF 1.2 N-Quads)."""
    files = {"data.nq": "_:x <urn:p> <<( _:x <urn:q> <<( _:x <urn:q> _:y )>> )>> ."}
    settings = make_folder(files, {"KGSERVER_DEFAULT_GRAPH": "own"})
    assert snapshot.build(settings).served
    (quad,) = quads(settings)

    assert len(set(re.findall(r"_:\w+", quad))) == 2
