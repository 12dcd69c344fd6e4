"""The application as the conformance harness asks for it: over one folder of data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kgserver.load import snapshot
from kgserver.model import settings as setting
from kgserver.serve.app import create_app

if TYPE_CHECKING:
    import flask

# The dataset is the files' own, and nothing is concluded from it.
ENVIRONMENT = {
    "KGSERVER_DEFAULT_GRAPH": "own",
    "KGSERVER_REASONING": "none",
    "KGSERVER_SLOW_QUERY_SECONDS": "0",
}


def make_app(folder: str) -> flask.Flask:
    """The application over what the folder's `dataset.nq` says."""
    settings = setting.read(Path(folder), ENVIRONMENT)
    built = snapshot.build(settings)
    assert built.served, built.as_text(0)
    return create_app(settings)
