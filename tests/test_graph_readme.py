"""What the two READMEs of the data tell a maintainer to write is right as it stands."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest

from kgserver.load import snapshot
from kgserver.model import settings as setting

from .conftest import ROOT, SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = re.compile(r"^```turtle\n(# (\S+\.ttl): .*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(readme: str) -> dict[str, str]:
    """The Turtle blocks of a README by the file that each says it is."""
    text = (ROOT / readme).read_text("utf-8")
    found = {path: block for block, path in _BLOCK.findall(text)}
    assert len(found) == text.count("```turtle"), "each block names its file"
    return found


@pytest.mark.parametrize("readme", ["graph/README.md", "ontology/README.md"])
def test_worked_example_has_nothing_to_mend(readme: str, tmp_path: Path) -> None:
    """The example's files, added to the shipped graph, pass every check."""
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    examples = blocks(readme)
    for path, block in examples.items():
        assert not (tmp_path / path).exists(), path
        (tmp_path / path).write_text(block, "utf-8")
    problems = snapshot.check(setting.read(tmp_path, {}))

    assert examples
    assert problems == (), "\n".join(problem.as_text() for problem in problems)


def test_readme_names_every_file_of_the_ontology() -> None:
    """The table of files is whole."""
    text = (ROOT / "ontology/README.md").read_text("utf-8")
    named = set(re.findall(r"^\| `(\S+\.ttl)` \|", text, re.MULTILINE))

    assert named == {path.name for path in (ROOT / "ontology").glob("*.ttl")}
