"""`/dump/…`: whole graphs as files, made when first wanted, sent in parts on demand."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import flask

from kgserver.ask import dataset as datasets
from kgserver.ask import editions
from kgserver.ask.documents import dumps
from kgserver.ask.engine import role
from kgserver.model.refusal import NotFound, NotReady
from kgserver.serve import processes, rendering
from kgserver.serve.frame import site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.documents.dumps import Dump

dump_files = flask.Blueprint("dump_files", __name__)
LATEST = "latest"
# The name of a file holds its version, so that what is behind it never changes.
_FOREVER = 31_536_000  # seconds: a year
_FOR_GOOD = f"public, max-age={_FOREVER}, immutable"
_SOON = "public, max-age=60"
_PATIENCE, _STEP = 8.0, 0.05  # seconds that a request waits, and looks again
_making = threading.Lock()
_makers: dict[Path, threading.Thread] = {}


@dump_files.route("/dump/")
def index() -> flask.Response:
    """The list of the dumps is in the description of the dataset, of each version."""
    return _lead(site.to("/dataset#dumps"))


@dump_files.route("/dump/<edition>/<path:name>")
def dump(edition: str, name: str) -> flask.Response:
    """One file of any kept version; `latest` leads to the version in service."""
    if edition == LATEST:
        return _lead(f"/dump/{dumps.edition(site.dataset())}/{name}")
    if not editions.is_lasting(edition):
        raise NotFound(f"There are no dumps {edition!r}.", "/dataset lists them all.")
    dataset = site.live().version(edition)
    if wait(dataset) is None:
        raise NotReady("The dumps are being made.", "Ask again in some seconds.")
    path = _path(dumps.folder_of(dataset), name)
    response = flask.send_file(
        path, mimetype=packed(name), conditional=True, max_age=_FOREVER,
        etag=rendering.entity_tag(edition, name),
        last_modified=path.stat().st_mtime, as_attachment=name != dumps.SUMS,
        download_name=f"{edition}-{name.replace('/', '-')}",
    )  # fmt: skip
    response.headers["Cache-Control"] = _FOR_GOOD
    rendering.link(response, "/dataset", "collection", type="text/html")
    return response


def wait(dataset: Dataset, patience: float = _PATIENCE) -> Sequence[Dump] | None:
    """The dumps of a version, made now if they are not; None if that takes long."""
    end = time.monotonic() + patience
    while (made := dumps.listed(dataset)) is None:
        _start(dataset.directory)
        if time.monotonic() > end:
            return None
        time.sleep(_STEP)
    return made


def _start(directory: Path) -> None:
    """Have the dumps made by a process of its own, if none is at it."""
    with _making:
        maker = _makers.get(directory)
        if maker is None or not maker.is_alive():
            command = [sys.executable, "-m", __name__, str(directory)]
            _makers[directory] = threading.Thread(
                target=subprocess.run, args=(command,), daemon=True
            )
            _makers[directory].start()


def _path(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    inside = path.is_relative_to(folder.resolve())
    hidden = any(part.startswith(".") for part in Path(name).parts)
    if not inside or hidden or not path.is_file():
        raise NotFound(f"There is no dump {name!r}.", "/dataset lists them all.")
    return path


def packed(name: str) -> str:
    """The media type of a dump as it is sent."""
    return dumps.COMPRESSIONS.get(name.rpartition(".")[2], "text/plain")


def _lead(target: str) -> flask.Response:
    response = flask.Response(status=302, content_type="text/plain")
    response.headers["Location"] = target
    response.headers["Cache-Control"] = _SOON
    return response


def _make(directory: Path) -> None:
    """The life of the process that makes the dumps of a version."""
    role.take("dumps")
    processes.end_with_parent()
    os.nice(10)
    dumps.make(datasets.opened(directory))


if __name__ == "__main__":
    _make(Path(sys.argv[1]))
