"""`kgserver dump`: the whole graph, written in one format."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from kgserver.ask.documents import export
from kgserver.commands import folder as folders
from kgserver.model import media, names
from kgserver.model.refusal import NotAcceptable

if TYPE_CHECKING:
    from kgserver.ask.dataset import Dataset
    from kgserver.model.media import Media

_EXTENSIONS = [form.extension for form in export.FORMS]


@click.command(epilog="Example: kgserver dump my-graph --format ttl -o graph.ttl")
@folders.argument
@click.option(
    "--format", "extension", type=click.Choice(_EXTENSIONS), default=None,
    help="How it is written; the file's suffix, else nq.",
)  # fmt: skip
@click.option("--asserted", is_flag=True, help="Leave out what only follows.")
@click.option("--graph", default="", metavar="IRI", help="One named graph alone.")
@click.option(
    "-o", "--output", type=click.File("wb"), default="-",
    help="A file, in place of standard output.",
)  # fmt: skip
def dump(
    folder: Path | None,
    extension: str | None,
    *,
    asserted: bool,
    graph: str,
    output: IO[bytes],
) -> None:
    """Write the whole built graph in one of six formats.

    In nq and trig the named graphs are apart. The same version gives the same bytes
    each time.
    """
    dataset = folders.built(folders.settings(folder))
    form = _form(extension, output)
    _check_graph(dataset, graph)
    scope = export.Scope(graph, inferred=not asserted)
    try:
        export.write(dataset, scope, form, output)
        output.flush()
    except NotAcceptable as fault:
        folders.stop(f"{fault.detail} {fault.hint}", folders.FINDINGS)


def _form(extension: str | None, output: IO[bytes]) -> Media:
    file = str(getattr(output, "name", ""))
    named = extension or Path(file).suffix[1:] or "nq"
    form = media.by_extension(named, export.FORMS)
    if form is None:
        known = ", ".join(_EXTENSIONS)
        folders.stop(f"{named} is no format; give --format {known}.", folders.USAGE)
    return form


def _check_graph(dataset: Dataset, graph: str) -> None:
    known = sorted(g.value for g in dataset.store.named_graphs())
    if graph and graph not in known:
        near = names.nearest(graph, known)
        hint = f"Did you mean {near}?" if near else f"There is {', '.join(known)}."
        folders.stop(f"There is no graph <{graph}>. {hint}", folders.USAGE)
