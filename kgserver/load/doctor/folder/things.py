"""Things across files: links that lead nowhere, names that lack, IRIs that vanished."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load.doctor import charge
from kgserver.load.doctor.charge import Charge
from kgserver.load.doctor.folder import vocabularies
from kgserver.model.names import Names

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kgserver.load.doctor.folder.files import File
    from kgserver.load.doctor.folder.terms import Terms
    from kgserver.load.doctor.lexemes import Spot
    from kgserver.load.doctor.outline import Things
    from kgserver.model.problem import Problem

# From this share on, of the things of a class, a name is what one expects.
_USUAL = 0.5
# How many characters are read to find a name that may have been meant.
_MOST = 2_000_000
# How many names are compared with one, on either side of its place in their order.
_MANY = 2_000


def dangling(files: Sequence[File], base: str) -> Iterator[Problem]:
    """Links below the base IRI to what no file describes; graphs need not be."""
    described = _keys(file.outline.described for file in files) | _own(files, base)
    for file in files:
        found = _named(file, file.outline.pointed, described)
        links = sorted(
            (line, iri) for _, iri, line in found if not iri.startswith(f"{base}graph/")
        )
        known = _by_namespace(_known([file, *files], described)) if links else {}
        for number, (line, iri) in enumerate(links):
            # of more it is told how many there are
            if number < charge.MOST:
                yield _dangling(file, iri, file.on(line, iri), _nearest(iri, known))
            else:
                yield _dangling(file, iri, file.text.beginning(line), None)


def _own(files: Sequence[File], base: str) -> set[int]:
    """What the server itself describes."""
    names = Names(base)
    iris = [names.inferred, names.provenance, names.catalog, names.dataset]
    iris += [names.ontology, base, *(file.source.graph for file in files)]
    return {hash(ox.NamedNode(iri)) for iri in iris}


def _keys(parts: Iterable[Things]) -> set[int]:
    return {key for each in parts for key in each.keys}


def _named(file: File, things: Things, known: set[int]) -> list[tuple[int, str, int]]:
    """Those of some things that are not known: hash, IRI and line."""
    left = {k: n for k, n in zip(*things, strict=True) if k not in known}
    named = file.named(left) if left else {}
    return [(key, named[key], line) for key, line in left.items() if key in named]


def _known(files: Sequence[File], described: set[int]) -> Iterator[str]:
    """The IRIs of what is described, as far as the first of the files name them."""
    read = 0
    for file in files:
        yield from file.named(described).values()
        read += len(file.text.text)
        if read > _MOST:
            return


def _by_namespace(iris: Iterable[str]) -> Mapping[str, list[str]]:
    """The names of IRIs by their namespace, in order."""
    found: dict[str, list[str]] = {}
    for namespace, name in map(vocabularies.parted, iris):
        found.setdefault(namespace, []).append(name)
    return {namespace: sorted(names) for namespace, names in found.items()}


def _dangling(file: File, iri: str, spot: Spot, near: str | None) -> Problem:
    what = "the thing: at least a class and a label."
    hint = f"Look at the spelling, or describe {what}"
    if near:
        hint = f"Did you mean {file.short(near)}? If not, describe {what}"
    charged = Charge("dangling-link", f"nothing describes {file.short(iri)}", hint)
    return file.tell(charged, spot)


def _nearest(iri: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """The thing of the same namespace whose name is most like that of another.

    Of very many names only those are compared that begin alike.
    """
    namespace, name = vocabularies.parted(iri)
    names = known.get(namespace, ())
    place = bisect.bisect(names, name)
    names = names[max(place - _MANY, 0) : place + _MANY]
    near = vocabularies.nearest(name, names)
    return namespace + near.name if near else None


def unlabelled(files: Sequence[File], terms: Terms) -> Iterator[Problem]:
    """Things without a name, of classes of the ontology that mostly have one."""
    labelled = _keys(file.outline.labelled for file in files)
    usual = {iri for iri in _classes(files, terms) if _is_usual(files, iri, labelled)}
    told: set[int] = set()
    for file in files:
        for kind in sorted(usual & file.outline.members.keys()):
            known = labelled | told
            for key, iri, line in _named(file, file.outline.members[kind], known):
                told.add(key)
                what = Charge(
                    "missing-label",
                    f"{file.short(iri)} has no label, as others of its class have",
                    'Add a label in each language: rdfs:label "…"@en .',
                )
                yield file.tell(what, file.on(line, iri))


def _classes(files: Sequence[File], terms: Terms) -> set[str]:
    used = {iri for file in files for iri in file.outline.members}
    return {iri for iri in used if terms.is_own(iri)}


def _is_usual(files: Sequence[File], kind: str, labelled: set[int]) -> bool:
    members = _keys(
        file.outline.members[kind] for file in files if kind in file.outline.members
    )
    named = len(members & labelled)
    return named < len(members) and named > len(members) * _USUAL


def nameless(files: Sequence[File], terms: Terms) -> Iterator[Problem]:
    """Things of a class of the ontology that have no IRI."""
    for file in files:
        for kind, line in file.outline.nameless.items():
            if file.source.role == "data" and terms.is_own(kind):
                what = Charge(
                    "nameless-node",
                    f"a {file.short(kind)} has no IRI: nobody can link to it",
                    "Give it an IRI in place of the brackets or _: name.",
                )
                yield file.tell(what, file.on(line, kind))


def undue(files: Sequence[File], today: datetime.date) -> Iterator[Problem]:
    """Days to come on which something is said to have been."""
    day = today.isoformat()
    for file in files:
        for text, line in file.outline.dated:
            length = min(len(text.rstrip("Z")), len(day))
            if text[:length] > day[:length]:
                what = Charge(
                    "future-date",
                    f"{text} is still to come, but says when something was",
                    "Correct the date.",
                )
                spots = [s for s in file.text.on(line) if s.text[1:-1] == text]
                spot = spots[0] if spots else file.text.beginning(line)
                yield file.tell(what, spot)


def vanished(
    files: Sequence[File], before: Sequence[File], base: str
) -> Iterator[Problem]:
    """What was described before and is not any more, told of where it stood.

    `before` are the files, as they were, that have changed or are gone since.
    """
    known = _keys(file.outline.described for file in files)
    now: Mapping[str, File] = {file.path: file for file in files}
    for old in before:
        file = now.get(old.path)
        new = _come(old, file) if file else {}
        here = _keys([file.outline.described]) if file else set()
        for key, iri, line in _named(old, old.outline.described, here):
            near = _nearest(iri, _by_namespace(new)) if new else None
            if file and near:
                yield _renamed(file, (iri, line), (near, new[near]))
            elif key not in known and not iri.startswith(f"{base}graph/"):
                yield _vanished(old, iri, line, file)


def _come(old: File, new: File) -> Mapping[str, int]:
    """What a file describes that it did not describe before, with the line of each."""
    before = _keys([old.outline.described])
    return {i: line for _, i, line in _named(new, new.outline.described, before)}


def _renamed(file: File, gone: tuple[str, int], come: tuple[str, int]) -> Problem:
    (old, before), (new, line) = gone, come
    what = Charge(
        "vanished-iri",
        f"{file.short(old)} was described here, on line {before}, and is not any more; "
        f"{file.short(new)} is new",
        f"Did you mean {file.short(old)}? If it got another IRI, keep the old one with "
        "dcterms:isReplacedBy.",
    )
    return file.tell(what, file.on(line, new))


def _vanished(old: File, iri: str, line: int, now: File | None) -> Problem:
    what = Charge(
        "vanished-iri",
        f"{old.short(iri)} was described here, on line {line}, and is not any more",
        "If it got another IRI, keep this one with dcterms:isReplacedBy; if it is gone "
        "for good, with owl:deprecated true.",
    )
    file = now or old
    return file.tell(what, file.text.nowhere)
