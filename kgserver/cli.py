"""The command line: `kgserver` and what can be said behind it."""

from __future__ import annotations

import click

from kgserver import __version__
from kgserver.commands.build import build
from kgserver.commands.check import check
from kgserver.commands.diff import diff
from kgserver.commands.dump import dump
from kgserver.commands.explain import explain
from kgserver.commands.fmt import fmt
from kgserver.commands.history import history
from kgserver.commands.new import new
from kgserver.commands.query import query
from kgserver.commands.serve import serve
from kgserver.commands.table import import_
from kgserver.commands.test import test


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kgserver")
def main() -> None:
    """Turn a folder of Turtle files into a knowledge graph and serve it.

    FOLDER holds graph/, and where you have them ontology/, queries/ and kgserver.toml.
    Without FOLDER it is this folder if it looks like one, else the graph that kgserver
    ships with.
    """


COMMANDS = (
    serve,
    build,
    check,
    explain,
    fmt,
    query,
    test,
    history,
    diff,
    new,
    import_,
    dump,
)

for command in COMMANDS:
    main.add_command(command)
