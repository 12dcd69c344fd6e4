"""A large file is read again when it was saved, and only then."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from kgserver.load import digests, sources

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from kgserver.model.settings import Settings

FILES = {"graph/a.ttl": "# a\n", "graph/b.ttl": "# b\n"}


def test_a_large_file_that_is_as_it_was_is_not_read_again(
    make_folder: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered of it is taken, for as long as nothing has touched it."""
    monkeypatch.setattr(digests, "LARGE", 1)
    settings = make_folder(FILES)
    settings.state.mkdir()
    kept = settings.state / "digests.json"
    sources.find(settings)
    assert not kept.exists() or not json.loads(kept.read_text())

    monkeypatch.setattr(digests, "SETTLED", 0)
    found = sources.find(settings)
    told = kept.read_text()
    for source in found:
        told = told.replace(source.digest, f"kept {source.path}")
    kept.write_text(told)
    assert {s.digest for s in sources.find(settings)} == {
        f"kept {s.path}" for s in found
    }

    changed = settings.folder / "graph/a.ttl"
    times = changed.stat().st_atime_ns, changed.stat().st_mtime_ns
    changed.write_bytes(changed.read_bytes()[::-1])
    os.utime(changed, ns=times)
    digest = {s.path: s.digest for s in sources.find(settings)}["graph/a.ttl"]
    assert digest == digests.digest_of(changed.read_bytes())


def test_a_file_that_is_saved_again_and_again_is_never_taken_for_what_it_was(
    make_folder: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even within one tick of the clock, and of the same size."""
    monkeypatch.setattr(digests, "LARGE", 1)
    settings = make_folder(FILES)
    settings.state.mkdir()
    path = settings.folder / "graph/a.ttl"
    for number in range(100, 400):
        path.write_text(f"# {number}\n")
        found = {source.path: source.digest for source in sources.find(settings)}
        assert found["graph/a.ttl"] == digests.digest_of(path.read_bytes())
