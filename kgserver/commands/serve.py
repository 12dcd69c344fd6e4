"""`kgserver serve`: build if needed, serve, watch."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders
from kgserver.model.settings import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog="Example: kgserver serve my-graph --port 9000")
@folders.argument
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on.")
@click.option("--no-watch", is_flag=True, help="Build once, do not watch the files.")
def serve(
    folder: Path | None, host: str | None, port: int | None, *, no_watch: bool
) -> None:
    """Build the folder if needed, serve it, and watch its files."""
    from kgserver.serve import server

    read = folders.settings(folder)
    settings = dataclasses.replace(
        read,
        host=host or read.host,
        port=read.port if port is None else port,
        watch=read.watch and not no_watch,
    )
    try:
        served = server.run(settings)
    except SettingsError as fault:
        folders.stop(str(fault), folders.USAGE)
    if not served:
        folders.stop(
            "There is nothing to serve until this is mended.", folders.FINDINGS
        )
