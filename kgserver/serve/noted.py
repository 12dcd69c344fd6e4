"""What the application tells of a request to whoever keeps the journal of it.

They share one table in the request's environment, also where a copy of that is passed
on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

NOTED = "kgserver.noted"


def begin(environ: WSGIEnvironment) -> dict[str, str]:
    """The table of a request that begins."""
    table: dict[str, str] = {}
    environ[NOTED] = table
    return table


def kept(environ: WSGIEnvironment) -> None:
    """The response was finished before the request came."""
    environ.get(NOTED, {})["kept"] = "yes"


def query(text: str, form: str = "") -> None:
    """A query is asked; its form is known once it has been looked at."""
    flask.request.environ.get(NOTED, {}).update(text=text, form=form)
