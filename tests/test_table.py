"""`kgserver import`: a CSV table becomes Turtle, and what is wrong names its line."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kgserver import cli
from kgserver.ask.drafting import table as tables

from .conftest import cases
from .test_new import BASE, FILES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kgserver.model.settings import Settings

TABLE = 'key,called,legs\nmole,"Mole, the",4\nkrähe,Krähe,2\n'
TOML = """
class = ":Animal"
subject = "id:{key}"
[columns]
called = { property = "rdfs:label", language = "en" }
legs = { property = ":legs", datatype = "xsd:integer" }
"""
CSVW = {
    "tableSchema": {
        "aboutUrl": "http://127.0.0.1:8000/id/{key}",
        "columns": [
            {"name": "called", "propertyUrl": "rdfs:label", "lang": "en"},
            {"name": "legs", "propertyUrl": ":legs", "datatype": "integer"},
            {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": ":Animal"},
        ],
    }
}


def run(settings: Settings, mapping: str, *options: str) -> Result:
    """The command in this process."""
    table, chosen = settings.folder / "table.csv", settings.folder / mapping
    return CliRunner().invoke(
        cli.main,
        [
            "import",
            str(table),
            str(settings.folder),
            "--mapping",
            str(chosen),
            *options,
        ],
    )


def made(
    make_folder: Callable[..., Settings], table: str = TABLE, toml: str = TOML
) -> Settings:
    """A folder with a table and both mappings."""
    mappings = {"map.toml": toml, "map.json": json.dumps(CSVW)}
    return make_folder({**FILES, "table.csv": table, **mappings})


def test_without_a_mapping_one_is_written_to_begin_with(
    make_folder: Callable[..., Settings],
) -> None:
    """By what the ontology calls its properties; what it does not know is a comment."""
    text = "name;Legs;born\nMole;4;2019-05-01\nApe;2;2020-01-01\n"
    settings = make_folder({**FILES, "animals.csv": text})
    asked = ["import", str(settings.folder / "animals.csv"), str(settings.folder)]
    drafted = CliRunner().invoke(cli.main, asked)
    (settings.folder / "map.toml").write_text(drafted.stdout, "utf-8")
    made = CliRunner().invoke(
        cli.main, [*asked, "--mapping", str(settings.folder / "map.toml")]
    )

    assert (drafted.exit_code, made.exit_code) == (0, 0), made.output
    assert "--mapping FILE" in drafted.stderr
    assert '# born = { property = "…", datatype = "xsd:date" }' in drafted.stdout
    assert 'id:Mole a :Animal ;\n    rdfs:label "Mole"@en ;\n    :legs 4 .' in (
        made.stdout
    )


def test_both_mappings_make_the_same_statements(
    make_folder: Callable[..., Settings],
) -> None:
    """Typed, tagged, with escaped IRIs; nothing is written."""
    settings = made(make_folder)
    toml, csvw = run(settings, "map.toml"), run(settings, "map.json")

    assert toml.exit_code == csvw.exit_code == 0, toml.output
    assert 'id:mole a :Animal ;\n    rdfs:label "Mole, the"@en ;\n    :legs 4 .' in (
        toml.stdout
    )
    assert "<http://127.0.0.1:8000/id/kr%C3%A4he> a :Animal" in toml.stdout
    assert sorted(csvw.stdout.replace(";", ".").split()) == sorted(
        toml.stdout.replace(";", ".").split()
    )
    assert not (settings.folder / "graph/table.ttl").exists()


def test_a_new_file_is_written_where_nothing_is_wrong(
    make_folder: Callable[..., Settings],
) -> None:
    """And never over one that is there."""
    settings = made(make_folder)
    first = run(settings, "map.toml", "--output", "graph/t.ttl")
    second = run(settings, "map.toml", "--output", "graph/t.ttl")

    assert (first.exit_code, second.exit_code) == (0, 2)
    assert "graph/t.ttl is there already" in second.stderr
    assert ":legs 4" in (settings.folder / "graph/t.ttl").read_text()


def test_a_finding_names_the_line_of_the_table(
    make_folder: Callable[..., Settings],
) -> None:
    """Exit status 1, and no file."""
    settings = made(make_folder, TABLE.replace(",2\n", ",two\n"))
    done = run(settings, "map.toml", "--output", "graph/t.ttl")

    assert done.exit_code == 1
    assert "table.csv:3: graph/t.ttl:" in done.stderr
    assert not (settings.folder / "graph/t.ttl").exists()


def test_a_mapping_that_does_not_fit_is_told(
    make_folder: Callable[..., Settings],
) -> None:
    """The column that is not there, with the nearest one; exit status 2."""
    done = run(made(make_folder, toml=TOML.replace("legs =", "leg =")), "map.toml")

    assert done.exit_code == 2
    assert "table.csv:2: there is no column leg; there is legs" in done.stderr


@pytest.mark.parametrize("case", cases("tables"))
def test_a_table_is_written_as_it_is_meant_or_refused(
    case: Path, make_folder: Callable[..., Settings]
) -> None:
    """What spreadsheets make of tables; a refusal names the line and what to do."""
    told = tomllib.loads(case.read_text("utf-8"))
    settings = made(make_folder)
    table = settings.folder / "table.csv"
    table.write_bytes(told["table"].encode(told.get("encoding", "utf-8")))
    done = run(settings, "map.toml")

    assert done.exit_code == told["status"], done.output
    for said in told["says"]:
        assert said in done.stderr
    assert bool(done.stderr) == bool(told["says"])
    for written in told["writes"]:
        assert written in done.stdout
    assert done.exit_code != 2 or not done.stdout


def test_a_long_table_is_written(make_folder: Callable[..., Settings]) -> None:
    """A hundred thousand rows; a delimiter that the mapping names."""
    toml = 'delimiter = "|"\n' + TOML
    rows = "".join(f"a{n}|Animal {n}|{n % 8}\n" for n in range(100_000))
    settings = made(make_folder, f"key|called|legs\n{rows}", toml)
    table = settings.folder / "table.csv"
    written = tables.write(
        table, tables.read(settings.folder / "map.toml"), {"": BASE, "id": f"{BASE}id/"}
    )

    assert written.text.count(" a :Animal ;") == 100_000
    assert written.lines[-2] == 100_001
