"""`kgserver query`: ask the built version."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgserver.ask.sparql import protocol, table
from kgserver.ask.sparql import query as queries
from kgserver.commands import folder as folders
from kgserver.model import media
from kgserver.model.refusal import BadQuery, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgserver.ask.engine.relay import Relay
    from kgserver.ask.sparql.query import Question
    from kgserver.model.media import Media
    from kgserver.model.settings import Settings

_FORMATS: Mapping[str, Media] = {
    "json": media.JSON, "csv": media.CSV, "tsv": media.TSV, "ttl": media.TURTLE,
}  # fmt: skip


@click.command(
    epilog="Example: kgserver query my-graph -q 'SELECT * { ?s ?p ?o } LIMIT 5'"
)
@click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER] [FILE.rq]"
)
@click.option("-q", "--query", "text", help="The query itself, in place of a file.")
@click.option(
    "--format", "form", default="table", show_default=True,
    type=click.Choice(["table", *_FORMATS]), help="How the answer is written.",
)  # fmt: skip
def query(paths: tuple[Path, ...], text: str | None, form: str) -> None:
    """Ask the built version a SPARQL query.

    FILE.rq may be - for standard input.
    The limits of kgserver.toml are those of the server: here a query takes the time and
    the memory that it needs, and Ctrl-C ends it. SERVICE asks the endpoints of
    service_endpoints, at public addresses.
    """
    named = [path for path in paths if path.is_dir()]
    files = [path for path in paths if not path.is_dir()]
    if len(named) > 1 or len(files) + (text is not None) != 1:
        folders.stop("Give one query: -q 'SELECT …' or one FILE.rq.", folders.USAGE)
    settings = folders.settings(named[0] if named else None)
    asked = protocol.Query(text if text is not None else _read(files[0]))
    dataset = folders.built(settings)
    try:
        question = queries.consider(asked, settings.service_endpoints)
        with _interruptible():
            answer = queries.answer(
                dataset, question, _media(question, form), _relay(settings)
            )
    except Refusal as fault:
        folders.stop(_as_text(fault), folders.FINDINGS)
    if form == "table" and answer.media is media.JSON:
        click.echo(table.draw(answer.body, dataset.prefixes))
    else:
        click.echo(answer.body, nl=False)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the process at once: the engine does not listen to Python."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _relay(settings: Settings) -> Relay | None:
    """The way to the endpoints that may be asked, if there are any."""
    if not settings.service_endpoints:
        return None
    # what speaks HTTP is loaded only where it is used, for a swift start
    from kgserver.ask.engine import passage

    return passage.start(settings.service_endpoints)


def _media(question: Question, form: str) -> Media:
    """The format asked for, or for a table the one that a table is drawn from."""
    if form == "table":
        return question.offers[0]
    if _FORMATS[form] not in question.offers:
        offered = [name for name, each in _FORMATS.items() if each in question.offers]
        said = f"{question.form} answers are written as {', '.join(offered)}"
        folders.stop(f"{said}, not {form}.", folders.USAGE)
    return _FORMATS[form]


def _read(path: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return data.decode("utf-8")
    except OSError as fault:
        why = (fault.strerror or str(fault)).lower()
    except UnicodeDecodeError:
        why = "it is not UTF-8"
    return folders.stop(f"{path} cannot be read: {why}.", folders.USAGE)


def _as_text(fault: Refusal) -> str:
    lines = [fault.detail]
    if isinstance(fault, BadQuery) and fault.excerpt:
        caret = " " * (fault.column - 1) + "^"
        lines = [f"{fault.line}:{fault.column}: {fault.detail}"]
        lines += [f"    {fault.excerpt}", f"    {caret}"]
    return "\n".join([*lines, *([f"    help: {fault.hint}"] if fault.hint else [])])
