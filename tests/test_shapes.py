"""SHACL results are findings at the line of the statement that offends."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgserver.load import snapshot
from kgserver.model import settings as setting

from .conftest import cases

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("case", cases("validate"))
def test_shapes_find_what_is_wrong_and_where(
    case: Path, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    """The findings are those of `problems.txt`."""
    for source, target in (("data.ttl", "graph"), ("shapes.ttl", "ontology")):
        (tmp_path / target).mkdir()
        shutil.copy(case / source, tmp_path / target / source)
    problems = snapshot.check(setting.read(tmp_path, {}))

    golden(case / "problems.txt", "".join(f"{p.as_text()}\n" for p in problems))
