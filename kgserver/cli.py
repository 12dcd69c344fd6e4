"""The command line: `kgserver` and what can be said behind it."""

from __future__ import annotations

import errno
from importlib import import_module
from typing import TYPE_CHECKING

import click

from kgserver import __version__
from kgserver.model import names

if TYPE_CHECKING:
    from collections.abc import Mapping

# name of a command: the module that has it, and what it is called there
COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("serve", "serve"),
    "build": ("build", "build"),
    "check": ("check", "check"),
    "explain": ("explain", "explain"),
    "fmt": ("fmt", "fmt"),
    "query": ("query", "query"),
    "test": ("test", "test"),
    "history": ("history", "history"),
    "diff": ("diff", "diff"),
    "new": ("new", "new"),
    "import": ("table", "import_"),
    "dump": ("dump", "dump"),
}


class _Commands(click.Group):
    """The commands; only the one that is called is imported, for a swift start."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table."""
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            near = names.nearest(cmd_name, COMMANDS)
            ctx.fail(
                f"There is no command {cmd_name}. "
                + (f"Did you mean {near}?" if near else "kgserver --help shows them.")
            )
        module, name = COMMANDS[cmd_name]
        found = getattr(import_module(f"kgserver.commands.{module}"), name)
        return found if isinstance(found, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what it may not read or write is named."""
        try:
            return super().invoke(ctx)
        except PermissionError as fault:
            what = f"{fault.filename} may not be read or written: change its rights."
        except OSError as fault:
            if fault.errno == errno.EPIPE:
                raise
            if fault.errno == errno.EILSEQ:
                what = f"{fault.filename}: {fault.strerror}: rename it."
                click.echo(what, err=True)
                return ctx.exit(2)
            said = fault.strerror or fault
            where = f"{fault.filename}: {said}" if fault.filename else said
            what = f"{where}. Make room, or let it be written there."
        click.echo(what, err=True)
        return ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kgserver")
def main() -> None:
    """Turn a folder of Turtle files into a knowledge graph and serve it.

    FOLDER holds graph/, and where you have them ontology/, queries/ and kgserver.toml.
    Without FOLDER it is this folder if it looks like one, else the graph that kgserver
    ships with.
    """
