"""`kgserver build`: bring the built version up to what the files say."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

import click

from kgserver.commands import folder as folders

if TYPE_CHECKING:
    from pathlib import Path


@click.command(epilog="Example: kgserver build my-graph")
@folders.argument
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON.")
def build(folder: Path | None, *, as_json: bool) -> None:
    """Bring the built version up to what the files say."""
    from kgserver.load import opinion

    began = time.perf_counter()
    settings = folders.settings(folder)
    built = folders.brought_up_to_date(settings)
    if as_json:
        members = {
            "served": built.served,
            "version": built.snapshot.version if built.snapshot else None,
            "problems": [problem.as_json() for problem in built.problems],
        }
        click.echo(json.dumps(members, ensure_ascii=False))
    else:
        click.echo(built.as_text(time.perf_counter() - began), err=True)
    if opinion.recalled(settings) is None:
        for found in opinion.asked(settings):
            click.echo(found.as_text(), err=True)
    sys.exit(0 if built.served else folders.FINDINGS)
