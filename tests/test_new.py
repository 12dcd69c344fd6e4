"""`kgserver new`: what the shapes ask for, written where its like stand, or refused."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kgserver import cli
from kgserver.load import snapshot
from kgserver.model import settings as setting

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings

BASE = "http://127.0.0.1:8000/"
HEAD = (
    f"@prefix : <{BASE}ontology#> .\n@prefix id: <{BASE}id/> .\n"
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
FILES = {
    "ontology/zoo.ttl": HEAD
    + "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
    + ':Animal a owl:Class ; rdfs:label "animal"@en .\n'
    + ':BigCat a owl:Class ; rdfs:subClassOf :Animal ; rdfs:label "big cat"@en .\n'
    + ':legs a owl:DatatypeProperty ; rdfs:label "legs"@en .\n',
    "ontology/shapes.ttl": HEAD
    + "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    + "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    + ":Shape a sh:NodeShape ; sh:targetClass :Animal ; sh:property\n"
    + "  [ sh:path rdfs:label ; sh:minCount 1 ] ,\n"
    + "  [ sh:path :legs ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ;\n"
    + '    sh:message "Say how many legs it has."@en ] .\n',
    "graph/cats.ttl": HEAD
    + '# kept\nid:leo a :BigCat ; rdfs:label "Leo"@en ; :legs 4 .',
    "graph/others.ttl": HEAD + 'id:ape a :Animal ; rdfs:label "Ape"@en ; :legs 2 .\n',
}


@pytest.fixture(name="folder")
def _folder(make_folder: Callable[..., Settings]) -> Settings:
    return make_folder(FILES)


def run(*arguments: object, given: str | None = None) -> Result:
    """The command in this process."""
    return CliRunner().invoke(cli.main, ["new", *map(str, arguments)], input=given)


def test_a_thing_is_added_where_its_like_stand(folder: Settings) -> None:
    """Behind what the file has, with the datatype that a shape from above asks."""
    done = run(
        "bigcat", folder.folder, "--label", "en=Ti Ger", "--set", "legs=4", "--yes"
    )

    assert done.exit_code == 0, done.output
    text = (folder.folder / "graph/cats.ttl").read_text()
    assert text == (
        FILES["graph/cats.ttl"]
        + '\n\nid:ti-ger a :BigCat ;\n    rdfs:label "Ti Ger"@en ;\n    :legs 4 .\n'
    )
    assert not any(problem.fatal for problem in snapshot.check(folder))


def test_what_is_wrong_is_not_written(folder: Settings) -> None:
    """With what the shape says of it; exit status 1, the file as it was."""
    done = run("big cat", folder.folder, "--label", "en=Tom", "--yes")

    assert done.exit_code == 1
    assert "Say how many legs it has." in done.stderr
    assert (folder.folder / "graph/cats.ttl").read_text() == FILES["graph/cats.ttl"]


def test_what_is_not_given_is_asked(folder: Settings) -> None:
    """Required fields by their label; the block is shown before it is written."""
    done = run("animal", folder.folder, given="\nDog@en\n4\ny\n")
    again = run("animal", folder.folder, given="\nDog@en\n4\nn\n")

    assert done.exit_code == 0, done.output
    assert "legs (:legs, such as 2)" in done.output
    assert "id:dog a :Animal" in (folder.folder / "graph/others.ttl").read_text()
    assert "id:dog-2 a :Animal" in again.output
    assert "dog-2" not in (folder.folder / "graph/others.ttl").read_text()


def test_kinds_are_the_classes_of_the_ontology(folder: Settings) -> None:
    """A word that is none is told with the nearest one."""
    assert run("--list", folder.folder).stdout.splitlines() == [
        "Animal  animal",
        "BigCat  big cat",
    ]
    wrong = run("animall", folder.folder)
    assert wrong.exit_code == 2
    assert "There is no class animall. Did you mean Animal?" in wrong.stderr


_END = "\x04"  # what ends the input of a terminal, for who is asked too much


def typed(folder: Path, kind: str, *answers: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it, with what is typed into a real terminal."""
    leader, follower = pty.openpty()
    os.write(leader, "".join(f"{each}\n" for each in (*answers, _END)).encode())
    try:
        return subprocess.run(
            [sys.executable, "-m", "kgserver", "new", kind, str(folder)],
            stdin=follower, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    finally:
        os.close(leader)
        os.close(follower)


@pytest.mark.parametrize("case", cases("new"))
def test_a_person_is_led_to_a_thing_that_is_in_order(
    case: Path, shipped: Settings, tmp_path: Path
) -> None:
    """The block, its file, nothing to mend, one style; each message that is due."""
    folder = tmp_path / "folder"
    shutil.copytree(shipped.folder, folder, symlinks=True)
    told = tomllib.loads(case.read_text("utf-8"))
    done = typed(folder, told["kind"], *told["answers"])
    printed = done.stdout + done.stderr

    assert done.returncode == 0, printed
    for said in told.get("says", ()):
        assert said in printed
    path = folder / told["file"]
    before = shipped.folder / told["file"]
    added = path.read_text("utf-8").removeprefix(
        before.read_text("utf-8") if before.exists() else ""
    )
    assert added.strip() == told["block"].strip()
    assert snapshot.check(setting.read(folder, {})) == ()
    assert CliRunner().invoke(cli.main, ["fmt", "--check", str(path)]).exit_code == 0


def test_options_say_it_without_a_question(shipped: Settings, tmp_path: Path) -> None:
    """Names, texts, links and values of a part, found as a person means them."""
    folder = tmp_path / "folder"
    shutil.copytree(shipped.folder, folder, symlinks=True)
    given = {
        "cex:locatedIn": "Lower Saxony", "wgs:lat": "53.55", "wgs:long": "9.99",
        "geo:asWKT": "POINT(9.99 53.55)",
    }  # fmt: skip
    sets = [f"--set={prop}={value}" for prop, value in given.items()]
    done = run("city", folder, "--label", "en=Hamburg", *sets, "--yes")

    assert done.exit_code == 0, done.output
    assert "cex:locatedIn id:lower-saxony ;" in done.output
    assert (
        'id:hamburg-geometry a geo:Geometry ;\n    geo:asWKT "POINT(9.99' in done.output
    )


@pytest.mark.parametrize("file", ["../x.ttl", "/tmp/x.ttl", "graph/x.txt"])
def test_a_file_outside_the_folder_is_none(folder: Settings, file: str) -> None:
    """Exit status 2, with what to write."""
    done = run("animal", folder.folder, "--file", file, "--yes")

    assert done.exit_code == 2
    assert f"{file} is no Turtle file of the folder" in done.stderr
