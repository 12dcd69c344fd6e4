"""The commands: serve, build, check, query."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kgserver import __version__
from kgserver.ask import dataset, protocol, query, table
from kgserver.load import versions
from kgserver.model import media
from kgserver.model import settings as setting
from kgserver.model.problem import counted
from kgserver.model.refusal import BadQuery, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.ask.query import Question
    from kgserver.model.media import Media
    from kgserver.model.settings import Settings

FINDINGS, USAGE = 1, 2
_PACKAGE = Path(__file__).parent
# The folders that may hold the shipped graph: in a wheel, in a checkout.
_SHIPPED = (_PACKAGE / "shipped", _PACKAGE.parent)
_FORMATS: Mapping[str, Media] = {
    "json": media.JSON, "csv": media.CSV, "tsv": media.TSV, "ttl": media.TURTLE,
}  # fmt: skip

folder_argument = click.argument(
    "folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]"
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kgserver")
def main() -> None:
    """Turn a folder of Turtle files into a knowledge graph and serve it.

    FOLDER holds graph/, and where you have them ontology/, queries/ and kgserver.toml.
    Without FOLDER it is this folder if it looks like one, else the graph that kgserver
    ships with.
    """


@main.command(epilog="Example: kgserver serve my-graph --port 9000")
@folder_argument
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=int, help="The port to listen on.")
@click.option("--no-watch", is_flag=True, help="Build once, do not watch the files.")
def serve(
    folder: Path | None, host: str | None, port: int | None, *, no_watch: bool
) -> None:
    """Build the folder if needed, serve it, and watch its files."""
    from kgserver.serve import server

    read = _settings(folder)
    settings = dataclasses.replace(
        read,
        host=host or read.host,
        port=read.port if port is None else port,
        watch=read.watch and not no_watch,
    )
    try:
        served = server.run(settings)
    except setting.SettingsError as fault:
        _stop(str(fault), USAGE)
    if not served:
        _stop("There is nothing to serve until this is mended.", FINDINGS)


@main.command(epilog="Example: kgserver build my-graph")
@folder_argument
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON.")
def build(folder: Path | None, *, as_json: bool) -> None:
    """Bring the built version up to what the files say."""
    from kgserver.load import snapshot

    began = time.perf_counter()
    built = snapshot.build(_settings(folder))
    if as_json:
        members = {
            "served": built.served,
            "version": built.snapshot.version if built.snapshot else None,
            "problems": [problem.as_json() for problem in built.problems],
        }
        click.echo(json.dumps(members, ensure_ascii=False))
    else:
        click.echo(built.as_text(time.perf_counter() - began), err=True)
    sys.exit(0 if built.served else FINDINGS)


@main.command(epilog="Example: kgserver check my-graph --json")
@folder_argument
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(folder: Path | None, *, as_json: bool) -> None:
    """Say everything that is wrong with the files; exit with 1 if anything is."""
    from kgserver.load import snapshot

    problems = snapshot.check(_settings(folder))
    if as_json:
        listed = [problem.as_json() for problem in problems]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        for problem in problems:
            click.echo(problem.as_text())
        summary = counted(len(problems), "finding") if problems else "nothing to mend"
        click.echo(summary, err=True)
    sys.exit(FINDINGS if any(problem.fatal for problem in problems) else 0)


@main.command(
    "query",
    epilog="Example: kgserver query my-graph -q 'SELECT * { ?s ?p ?o } LIMIT 5'",
)
@click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER] [FILE.rq]"
)
@click.option("-q", "--query", "text", help="The query itself, in place of a file.")
@click.option(
    "--format", "form", default="table", show_default=True,
    type=click.Choice(["table", *_FORMATS]), help="How the answer is written.",
)  # fmt: skip
def ask(paths: tuple[Path, ...], text: str | None, form: str) -> None:
    """Ask the built version a SPARQL query; FILE.rq may be - for standard input."""
    folders = [path for path in paths if path.is_dir()]
    files = [path for path in paths if not path.is_dir()]
    if len(folders) > 1 or len(files) + (text is not None) != 1:
        _stop("Give one query: either -q 'SELECT …' or one FILE.rq.", USAGE)
    settings = _settings(folders[0] if folders else None)
    asked = protocol.Query(text if text is not None else _read(files[0]))
    held = _built(settings)
    try:
        question = query.consider(asked)
        answer = query.answer(held, question, _media(question, form))
    except Refusal as fault:
        _stop(_as_text(fault), FINDINGS)
    if form == "table" and answer.media is media.JSON:
        click.echo(table.draw(answer.body, held.prefixes))
    else:
        click.echo(answer.body, nl=False)


def _built(settings: Settings) -> dataset.Dataset:
    """The version in service, brought up to date first."""
    from kgserver.load import snapshot

    built = snapshot.build(settings)
    for problem in built.problems if not built.served else ():
        click.echo(problem.as_text(), err=True)
    directory = versions.current(settings.state)
    if directory is None:
        _stop("There is nothing to ask until this is mended.", FINDINGS)
    return dataset.opened(directory)


def _media(question: Question, form: str) -> Media:
    """The format asked for, or for a table the one that a table is drawn from."""
    if form == "table":
        return question.offers[0]
    if _FORMATS[form] not in question.offers:
        offered = ", ".join(
            name for name, each in _FORMATS.items() if each in question.offers
        )
        _stop(f"{question.form} answers are written as {offered}, not {form}.", USAGE)
    return _FORMATS[form]


def _settings(folder: Path | None) -> Settings:
    try:
        return setting.read(folder or _default_folder())
    except setting.SettingsError as fault:
        _stop(str(fault), USAGE)


def _default_folder() -> Path:
    here = Path.cwd()
    if any((here / name).exists() for name in ("graph", "ontology", setting.FILE)):
        return here
    shipped = (path for path in _SHIPPED if (path / setting.FILE).is_file())
    return next(shipped, here)


def _read(path: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        _stop(f"{path} cannot be read: {fault}", USAGE)


def _as_text(fault: Refusal) -> str:
    lines = [fault.detail]
    if isinstance(fault, BadQuery) and fault.excerpt:
        caret = " " * (fault.column - 1) + "^"
        lines = [f"{fault.line}:{fault.column}: {fault.detail}"]
        lines += [f"    {fault.excerpt}", f"    {caret}"]
    return "\n".join([*lines, *([f"    help: {fault.hint}"] if fault.hint else [])])


def _stop(message: str, status: int) -> NoReturn:
    """End the command with a sentence for a person."""
    click.echo(message, err=True)
    sys.exit(status)
