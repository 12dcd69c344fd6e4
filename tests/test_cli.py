"""The commands as a newcomer types them: what they print, and how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kgserver import cli

from .processes import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings

FILES = {
    "graph/a.ttl": '@prefix : <http://e/> .\n:a :p "甲"@zh-Hans , 7 ; :q :b .\n',
    "q.rq": "SELECT ?o { <http://e/a> <http://e/p> ?o } ORDER BY ?o",
}


def run(*arguments: str, given: str | None = None) -> Result:
    """A command in this process."""
    return CliRunner().invoke(cli.main, arguments, input=given)


@pytest.fixture
def folder(make_folder: Callable[..., Settings]) -> str:
    """A folder with one statement or two."""
    return str(make_folder(FILES).folder)


@pytest.mark.parametrize("command", ["serve", "build", "check", "fmt", "query"])
def test_help_shows_an_example(command: str) -> None:
    """Every command does."""
    done = run(command, "--help")

    assert done.exit_code == 0
    assert f"Example: kgserver {command}" in done.stdout


def test_query_draws_a_table(folder: str) -> None:
    """Aligned, with the languages of texts and a count."""
    done = run("query", folder, f"{folder}/q.rq")

    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["o", "─" * 11, "7", "甲 @zh-hans", "2 rows"]


@pytest.mark.parametrize(
    ("form", "start"),
    [("csv", "o\r\n"), ("tsv", "?o\n"), ("json", '{"head":')],
)
def test_query_writes_the_format_asked_for(folder: str, form: str, start: str) -> None:
    """The bytes are those of the endpoint."""
    done = run("query", folder, f"{folder}/q.rq", "--format", form)

    assert done.stdout_bytes.decode().startswith(start)


def test_query_reads_standard_input_and_writes_turtle(folder: str) -> None:
    """`-` is the query that is piped in."""
    text = "CONSTRUCT { ?s ?p ?o } { ?s <http://e/q> ?o BIND(<http://e/q> AS ?p) }"
    done = run("query", folder, "-", "--format", "ttl", given=text)

    assert ":a :q :b" in done.stdout


def test_ctrl_c_ends_a_query_that_the_engine_is_busy_with(folder: str) -> None:
    """At once, and without a word about Python."""
    values = " ".join(map(str, range(100)))
    endless = "".join(f"VALUES ?x{n} {{ {values} }} " for n in range(6))
    command = [sys.executable, "-m", "kgserver", "query", folder, "-q"]
    with subprocess.Popen(
        [*command, f"SELECT (COUNT(*) AS ?n) {{ {endless} }}"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        wait_until(lambda: _seconds(process.pid) > 3)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=PATIENCE)

    assert process.returncode == -signal.SIGINT
    assert said == (b"", b"")


def _seconds(process: int) -> float:
    """The processor time that a process has had."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (
            ["-q", "SELECT * { ?s foo:p ?o }"],
            1,
            "1:15: The prefix foo: is not declared.",
        ),
        (["-q", "ASK {}", "--format", "csv"], 2, "ASK answers are written as json"),
        ([], 2, "Give one query"),
        (["missing.rq"], 2, "missing.rq cannot be read"),
        (["-q", "DROP ALL"], 1, "DROP is an update, not a query."),
    ],
)
def test_query_says_what_is_wrong(
    folder: str, arguments: list[str], status: int, said: str
) -> None:
    """On standard error, with 1 for findings and 2 for usage."""
    done = run("query", folder, *arguments)

    assert (done.exit_code, done.stdout) == (status, "")
    assert said in done.stderr


def test_check_prints_findings_and_ends_with_1(
    make_folder: Callable[..., Settings],
) -> None:
    """As text with a caret, or as objects."""
    folder = str(make_folder({"graph/a.ttl": "ex:a ex:p 1 .\n"}).folder)
    text, objects = run("check", folder), run("check", folder, "--json")

    assert (text.exit_code, objects.exit_code) == (1, 1)
    assert text.stdout.startswith("graph/a.ttl:1:1: error: the prefix ex:")
    (finding,) = json.loads(objects.stdout)
    assert finding.keys() == {
        "file", "line", "column", "severity", "code", "message", "hint", "excerpt",
        "instead", "why",
    }  # fmt: skip
    assert (finding["file"], finding["line"], finding["column"]) == (
        "graph/a.ttl",
        1,
        1,
    )


def test_check_of_a_clean_folder_finds_nothing(folder: str) -> None:
    """Exit status 0, an empty list for machines."""
    assert run("check", folder).exit_code == 0
    assert json.loads(run("check", folder, "--json").stdout) == []


def test_build_says_what_came_of_it(folder: str) -> None:
    """In words, and as an object."""
    words, members = run("build", folder), run("build", folder, "--json")

    assert "version 1 is in service: 1 file, 3 statements, 0 inferred" in words.stderr
    assert json.loads(members.stdout) == {"served": True, "version": 1, "problems": []}


@pytest.mark.parametrize("command", ["serve", "build", "check"])
def test_a_missing_folder_is_told(command: str, tmp_path: Path) -> None:
    """Which folder, and what to name instead; exit status 2."""
    done = run(command, str(tmp_path / "nowhere"))

    assert done.exit_code == 2
    assert (
        "nowhere does not exist. Name a folder that holds Turtle files." in done.stderr
    )


def test_an_unknown_setting_is_told(make_folder: Callable[..., Settings]) -> None:
    """With the file it stands in and the nearest known one; exit status 2."""
    folder = make_folder(FILES).folder
    (folder / "kgserver.toml").write_text('tittle = "x"')
    done = run("check", str(folder))

    assert done.exit_code == 2
    assert "unknown setting 'tittle'. Did you mean title?" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(
    make_folder: Callable[..., Settings],
) -> None:
    """In place of a trace; exit status 2."""
    folder = make_folder(FILES).folder
    path = next((folder / "graph").iterdir())
    path.chmod(0)
    done = run("check", str(folder))

    assert done.exit_code == 2
    assert done.stderr.startswith(f"{path} may not be read")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_looked_into_is_told(
    make_folder: Callable[..., Settings],
) -> None:
    """What is in it would be missing without a word."""
    folder = make_folder(FILES).folder
    closed = folder / "graph" / "closed"
    closed.mkdir(0)
    done = run("check", str(folder))
    closed.chmod(0o700)

    assert "graph/closed: warning: the folder is not read" in done.stdout


def test_a_port_that_there_is_none_of_is_refused(
    make_folder: Callable[..., Settings],
) -> None:
    """As it is in kgserver.toml."""
    done = run("serve", str(make_folder(FILES).folder), "--port", "65536")
    assert done.exit_code == 2
    assert "65536 is not in the range" in done.stderr


def test_where_nothing_can_be_written_a_command_says_so(
    make_folder: Callable[..., Settings],
) -> None:
    """In place of a trace; exit status 2."""
    settings = make_folder(FILES)
    settings.state.write_text("in the way")
    for command in (["build"], ["query", "-q", "ASK { ?s ?p ?o }"]):
        done = run(command[0], str(settings.folder), *command[1:])
        assert done.exit_code == 2
        assert done.stderr.startswith(f"{settings.state}: File exists. Make room")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("ex:krauss ?p ?o",), "Did you mean ex:kraus?"),
        ((), "Name a statement: kgserver explain '"),
    ],
)
def test_a_statement_that_is_none_is_told(
    make_folder: Callable[..., Settings], asked: tuple[str, ...], told: str
) -> None:
    """With the thing that was most likely meant, or with an example."""
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    text = f'@prefix ex: <http://e/> .\nex:kraus {label} "Kraus" .'
    folder = make_folder({"graph/a.ttl": text}).folder
    done = run("explain", str(folder), *asked)

    assert done.exit_code > 0
    assert told in done.stderr
