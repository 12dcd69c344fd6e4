"""The folder that a command is given: found, its settings read, its version opened."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from kgserver.ask import dataset
from kgserver.load import versions
from kgserver.model import names
from kgserver.model import settings as setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kgserver.ask.dataset import Dataset
    from kgserver.load.snapshot import Build
    from kgserver.model.settings import Settings

FINDINGS, USAGE = 1, 2
_PACKAGE = Path(__file__).parents[1]
# The folders that may hold the shipped graph: in a wheel, in a checkout.
_SHIPPED = (_PACKAGE / "shipped", _PACKAGE.parent)

argument = click.argument(
    "folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]"
)


def settings(folder: Path | None) -> Settings:
    """The settings of a folder, or of the one meant where none is named."""
    try:
        return setting.read(folder or _default())
    except setting.SettingsError as fault:
        stop(str(fault), USAGE)


def brought_up_to_date(settings: Settings) -> Build:
    """How a build ended; a version in service that is damaged is made anew."""
    from kgserver.load import snapshot
    from kgserver.load.publishing import damage

    damaged = damage.clear(settings.state)
    if damaged:
        click.echo(damaged, err=True)
    return snapshot.build(settings)


def built(settings: Settings, *, stale: bool = True) -> Dataset:
    """The version in service, brought up to date first.

    Where that fails, the one before is given, unless it must not be `stale`.
    """
    outcome = brought_up_to_date(settings)
    for problem in outcome.problems if not outcome.served else ():
        click.echo(problem.as_text(), err=True)
    directory = versions.current(settings.state)
    if directory is None or not (outcome.served or stale):
        stop("There is nothing to ask until this is mended.", FINDINGS)
    return dataset.opened(directory)


def iri(text: str, prefixes: Mapping[str, str]) -> str:
    """The IRI that a person means by `id:x`, `<https://…>` or `https://…`."""
    prefix, colon, local = text.partition(":")
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    if colon and prefix in prefixes:
        return prefixes[prefix] + local
    if colon and local.startswith("//"):
        return text
    near = names.nearest(prefix, prefixes)
    hint = f"Did you mean {near}:{local}?" if near and colon else "Write it as id:name."
    message = f"{text} is neither an IRI nor a name with a known prefix. {hint}"
    return stop(message, USAGE)


def stop(message: str, status: int) -> NoReturn:
    """End the command with a sentence for a person."""
    click.echo(message, err=True)
    sys.exit(status)


def _default() -> Path:
    here = Path.cwd()
    if any((here / name).exists() for name in ("graph", "ontology", setting.FILE)):
        return here
    shipped = (path for path in _SHIPPED if (path / setting.FILE).is_file())
    return next(shipped, here)
