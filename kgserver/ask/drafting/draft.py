"""A new thing as a block of Turtle: its IRI, its file, and what is wrong with it there.

No line of the file is rewritten: the block is added at its end.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import snapshot, sources, spelling, turtle
from kgserver.model import names
from kgserver.model.settings import STATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgserver.ask.dataset import Dataset
    from kgserver.ask.drafting.forms import Field, Kind
    from kgserver.load.spelling import Term
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

_TYPE = ox.NamedNode(names.RDF + "type")
_TAGGED = re.compile(r"(.*)@([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)", re.DOTALL)
_NUMBERS = (
    (re.compile(r"[+-]?\d+"), names.XSD + "integer"),
    (re.compile(r"[+-]?\d*\.\d+"), names.XSD + "decimal"),
    (re.compile(r"true|false"), names.XSD + "boolean"),
)


def iri(dataset: Dataset, label: str) -> str:
    """The IRI of a thing of that label; a number is added where it is taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    words = plain if re.search(r"\w", plain) else label
    slug = re.sub(r"[^\w]+", "-", words.lower()).strip("-_") or "thing"
    found, number = f"{dataset.snapshot.base_iri}id/{slug}", 1
    while dataset.describes(ox.NamedNode(found)):
        number += 1
        found = f"{dataset.snapshot.base_iri}id/{slug}-{number}"
    return found


def home(dataset: Dataset, kind: Kind) -> str:
    """The file that states most things of a class; else a new one of its name."""
    paths = {source.graph: source.path for source in dataset.snapshot.sources}
    store = dataset.store
    members = {q.subject for q in store.quads_for_pattern(None, _TYPE, kind.node, None)}
    counted = Counter(
        paths[quad.graph_name.value]
        for quad in store.quads_for_pattern(None, _TYPE, None, None)
        if quad.subject in members
        and isinstance(quad.graph_name, ox.NamedNode)
        and quad.graph_name.value in paths
    )
    turtles = [path for path, _ in counted.most_common() if path.endswith(".ttl")]
    return turtles[0] if turtles else f"graph/{kind.name.lower()}.ttl"


def term(text: str, field: Field | None, prefixes: Mapping[str, str]) -> Term:
    """What a person means by a value: a name, an IRI, a text@en, a typed literal."""
    prefix, colon, local = text.partition(":")
    if text.startswith("<") and text.endswith(">"):
        return ox.NamedNode(text[1:-1])
    if colon and prefix in prefixes and " " not in text:
        return ox.NamedNode(prefixes[prefix] + local)
    if colon and local.startswith("//") and " " not in text:
        return ox.NamedNode(text)
    return _literal(text, field)


def _literal(text: str, field: Field | None) -> ox.Literal:
    if field and field.datatype:
        return ox.Literal(text, datatype=ox.NamedNode(field.datatype))
    tagged = _TAGGED.fullmatch(text)
    if tagged:
        return ox.Literal(tagged[1], language=tagged[2])
    for pattern, datatype in _NUMBERS:
        if pattern.fullmatch(text):
            return ox.Literal(text, datatype=ox.NamedNode(datatype))
    return ox.Literal(text)


def values(
    given: Iterable[tuple[str, str]],
    fields: Mapping[str, Field],
    prefixes: Mapping[str, str],
) -> list[tuple[ox.NamedNode, Term]]:
    """Properties with their values, as terms."""
    return [(ox.NamedNode(p), term(v, fields.get(p), prefixes)) for p, v in given]


def write(
    settings: Settings,
    dataset: Dataset,
    path: str,
    about: tuple[str, Kind],
    said: Iterable[tuple[ox.NamedNode, Term]],
) -> str:
    """The block that is added to a file, with the prefixes that the file lacks."""
    declared = _declared(settings, path)
    subject, kind = ox.NamedNode(about[0]), about[1]
    known = {**dataset.prefixes, **declared}
    stated: dict[ox.NamedNode, list[Term]] = {_TYPE: [kind.node]}
    for prop, value in said:
        stated.setdefault(prop, []).append(value)
    lines = [
        f"{spelling.verb(prop, known)} "
        + " , ".join(spelling.spell(value, known) for value in held)
        for prop, held in stated.items()
    ]
    block = f"{spelling.spell(subject, known)} " + " ;\n    ".join(lines) + " .\n"
    used = set(re.findall(r"(?<![\w<\"])([\w-]*):(?!//)", block))
    missing = sorted(p for p in used if p in known and p not in declared)
    heads = "".join(f"@prefix {p}: <{known[p]}> .\n" for p in missing)
    return f"{heads}\n{block}" if heads else f"\n{block}"


def check(settings: Settings, path: str, text: str) -> Sequence[Problem]:
    """What would be wrong that is not wrong now, were the text added to the file.

    It is tried in a folder of links to the files and to what is built from them.
    """
    before = {(p.file, p.code, p.message) for p in snapshot.check(settings)}
    with tempfile.TemporaryDirectory(prefix="kgserver-") as made:
        folder = Path(made)
        _link(settings, folder)
        tried = folder / path
        held = tried.read_bytes() if tried.exists() else b""
        tried.unlink(missing_ok=True)
        tried.parent.mkdir(parents=True, exist_ok=True)
        tried.write_bytes(held)
        add(tried, text)
        found = snapshot.check(replace(settings, folder=folder))
    return [p for p in found if (p.file, p.code, p.message) not in before]


def _link(settings: Settings, folder: Path) -> None:
    """Fill a folder with links to what another one is made of."""
    home = settings.folder
    files = [home / source.path for source in sources.find(settings)]
    for file in (*files, *home.glob("queries/**/*.rq")):
        link = folder / file.relative_to(home)
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)
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
