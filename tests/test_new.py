"""`kgserver new`: what the shapes ask for, written where its like stand, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kgserver import cli
from kgserver.load import snapshot

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
        "bigcat", folder.folder, "--label", "en=Ti Ger", "--set", ":legs=4", "--yes"
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
    done = run("animal", folder.folder, given="4\nDog@en\ny\n")
    again = run("animal", folder.folder, given="4\nDog@en\nn\n")

    assert done.exit_code == 0, done.output
    assert "legs (:legs)" in done.output
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
