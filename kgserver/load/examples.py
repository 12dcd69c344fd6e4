"""The folder's example queries: `queries/examples/*.rq`, each with its title.

The first comment of a file is its title, those below it say what it asks, and
`# keywords: …` names what it shows, with commas.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kgserver.load import links
from kgserver.model.manifest import Example

if TYPE_CHECKING:
    from pathlib import Path

_FORM = re.compile(r"^\s*(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.I | re.M)


def find(folder: Path) -> tuple[Example, ...]:
    """The examples of a folder, in the order of their names."""
    paths = links.followed(folder, (folder / "queries" / "examples").glob("*.rq"))
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Example:
    text = path.read_text("utf-8", "replace")
    head = re.match(r"(?:#.*\n|\s*\n)*", text)
    lines = re.findall(r"^#\s*(.*)$", head[0] if head else "", re.MULTILINE)
    keywords = [line[9:] for line in lines if line.lower().startswith("keywords:")]
    said = [line for line in lines if not line.lower().startswith("keywords:")]
    form = _FORM.search(text)
    return Example(
        name=path.stem,
        title=said[0].strip() if said else path.stem,
        description=" ".join(line.strip() for line in said[1:]),
        keywords=tuple(
            word.strip()
            for each in keywords
            for word in each.split(",")
            if word.strip()
        ),
        form=form[1].upper() if form else "SELECT",
        text=text[head.end() :].strip() if head else text,
    )
