"""A new thing as a block of Turtle: its IRI, its file, and what is wrong with it there.

No line of the file is rewritten: the block is added at its end.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.dataset import DEFAULT
from kgserver.ask.drafting import heads, homes
from kgserver.load import snapshot, sources, turtle
from kgserver.load.terms import spelling
from kgserver.model import names
from kgserver.model.settings import STATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.kinds import Kind
    from kgserver.ask.drafting.shapes import Path as Way
    from kgserver.load.terms.spelling import Term
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

    Lines = dict[ox.NamedNode, list[Term]]

_TYPE = ox.NamedNode(names.RDF + "type")


def iri(dataset: Dataset, label: str) -> str:
    """The IRI of a thing of that label; a number is added where it is taken."""
    found = wanted = f"{dataset.snapshot.base_iri}id/{slug(label)}"
    number = 1
    while dataset.describes(ox.NamedNode(found)):
        number += 1
        found = f"{wanted}-{number}"
    return found


def slug(label: str) -> str:
    """A label as the last part of an IRI, in ASCII where that leaves anything of it."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    words = plain if re.search(r"\w", plain) else label
    return re.sub(r"[^\w]+", "-", words.lower()).strip("-_") or "thing"


def write(
    settings: Settings,
    dataset: Dataset,
    path: str,
    about: tuple[str, Kind],
    said: Sequence[tuple[Way, Term]],
) -> str:
    """The block that is added to a file, with the prefixes that the file lacks.

    A value of a part of the thing makes a block for the part.
    """
    declared = _declared(settings, path)
    known = {**dataset.prefixes, **declared}
    stated = _stated(dataset, about, said)
    block = "\n".join(_block(node, known, lines) for node, lines in stated.items())
    return f"{heads.missing(block, known, declared)}\n{block}"


def _stated(
    dataset: Dataset, about: tuple[str, Kind], said: Sequence[tuple[Way, Term]]
) -> Mapping[ox.NamedNode, Lines]:
    """Properties and values by subject: the thing, then its parts."""
    subject, kind = ox.NamedNode(about[0]), about[1]
    stated: dict[ox.NamedNode, Lines] = {subject: {_TYPE: [kind.node]}}
    for way, value in said:
        node = subject
        if len(way) > 1:
            node = ox.NamedNode(f"{subject.value}-{_part(way[0])}")
            if node not in stated:
                stated[node] = _typed(dataset, way)
                stated[subject].setdefault(way[0], []).append(node)
        values = stated[node].setdefault(way[-1], [])
        if value not in values:
            values.append(value)
    return stated


def _block(node: ox.NamedNode, known: Mapping[str, str], lines: Lines) -> str:
    said = (
        f"{spelling.verb(prop, known)} "
        + " , ".join(spelling.spell(value, known) for value in values)
        for prop, values in lines.items()
    )
    return f"{spelling.spell(node, known)} " + " ;\n    ".join(said) + " .\n"


def _part(prop: ox.NamedNode) -> str:
    """What a part is called, after the property that leads to it: hasGeometry."""
    name = names.local_name(prop.value)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower().removeprefix("has-")


def _typed(dataset: Dataset, way: Way) -> Lines:
    """The type that files give most of the parts to which the same way leads."""
    store = dataset.store
    counted: Counter[Term] = Counter()
    for quad in store.quads_for_pattern(None, way[0], None, DEFAULT):
        part = quad.object
        if isinstance(part, ox.Literal | ox.Triple):
            continue
        if next(store.quads_for_pattern(part, way[1], None, DEFAULT), None):
            kinds = store.quads_for_pattern(part, _TYPE, None, None)
            counted.update(k.object for k in kinds if homes.file(dataset, k))
    return {_TYPE: [kind for kind, _ in counted.most_common(1)]} if counted else {}


def check(settings: Settings, path: str, text: str) -> Sequence[Problem]:
    """What would be wrong that is not wrong now, were the text added to the file.

    It is tried in a folder of the same files, and a link to what is built from them.
    """
    before = {(p.file, p.code, p.message) for p in snapshot.check(settings)}
    with tempfile.TemporaryDirectory(prefix="kgserver-") as made:
        folder = Path(made)
        _fill(settings, folder)
        tried = folder / path
        held = tried.read_bytes() if tried.exists() else b""
        tried.unlink(missing_ok=True)
        tried.parent.mkdir(parents=True, exist_ok=True)
        tried.write_bytes(held)
        add(tried, text)
        found = snapshot.check(replace(settings, folder=folder))
    return [p for p in found if (p.file, p.code, p.message) not in before]


def _fill(settings: Settings, folder: Path) -> None:
    """Fill a folder with what another one is made of, without a copy if that can be."""
    home = settings.folder
    files = [home / source.path for source in sources.find(settings)]
    for file in (*files, *home.glob("queries/**/*.rq")):
        same = folder / file.relative_to(home)
        same.parent.mkdir(parents=True, exist_ok=True)
        try:
            same.hardlink_to(file.resolve())
        except OSError:  # on another disk, or of another owner
            shutil.copy2(file, same)
    (folder / STATE).symlink_to(settings.state)


def add(path: Path, text: str) -> None:
    """Add a block to the end of a file, which may be a new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held = path.read_bytes() if path.is_file() else b""
    lead = b"" if not held or held.endswith(b"\n") else b"\n"
    added = text if held else text.lstrip("\n")
    with path.open("ab") as handle:
        handle.write(lead + added.encode())


def _declared(settings: Settings, path: str) -> Mapping[str, str]:
    if not (settings.folder / path).is_file():
        return {}
    source = sources.named(settings, Path(path))
    return turtle.read_anew(source, settings.folder).prefixes
