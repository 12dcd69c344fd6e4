"""Random edits of Turtle files, one character or one token each, and what they did.

The same seed makes the same edits of the same files. What an edit did is told by
parsing the file before and after it, without anything of what is tested.

    python -m tests.mutation 500     what `kgserver check` makes of so many, as a table
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.load import snapshot
from kgserver.load.layout import tokens
from kgserver.model import names

from .conftest import build_shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kgserver.load.layout.tokens import Token
    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
    Said = tuple[Term, str, Term]

_TEXTS = frozenset((names.XSD + "string", names.RDF + "langString"))
_NAMELESS = ox.BlankNode("alike")
SEED = 7
# What is struck by mistake, beside the characters that the file has anyway.
_STRUCK = "abcxyzABCXYZ0189 \t\n.;,:@^\"'<>()[]{}_-+#\\/|%äß城\u00a0\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what was done where, and the file's text then.

    `first` and `last` are the lines of the new text that it touches.
    """

    file: str
    what: str
    first: int
    last: int
    text: str
    before: str
    after: str

    def __str__(self) -> str:
        change = f"{self.before!r} became {self.after!r}"
        return f"{self.file}:{self.first}: {self.what}: {change}"


def edits(files: Mapping[str, str], count: int, seed: int) -> Iterator[Edit]:
    """So many edits of files; each character of any file is as likely as another.

    An edit that would leave the text as it was is not counted.
    """
    chance = random.Random(seed)
    paths = sorted(files)
    sizes = [len(files[path]) for path in paths]
    read = {path: tokens.tokenise(files[path]) for path in paths}
    while count:
        path = chance.choices(paths, sizes)[0]
        if chance.random() < 0.5:
            edit = _of_character(path, files[path], chance)
        else:
            edit = _of_token(path, files[path], read[path], chance)
        if edit.text != files[path]:
            count -= 1
            yield edit


def _of_character(path: str, text: str, chance: random.Random) -> Edit:
    """A character that is missing, one too many, another one, or two in wrong order."""
    at = chance.randrange(len(text))
    what = chance.choice(("missing", "added", "another", "swapped"))
    struck = chance.choice(chance.choice((_STRUCK, text)))
    before, after = {
        "missing": (text[at], ""),
        "added": ("", struck),
        "another": (text[at], struck),
        "swapped": (text[at : at + 2], text[at : at + 2][::-1]),
    }[what]
    return _edit(path, text, f"character {what}", (at, before, after))


def _of_token(
    path: str, text: str, read: Sequence[Token], chance: random.Random
) -> Edit:
    """A token missing, doubled, another of its kind, or swapped with the next."""
    said = [token for token in read if token.kind != "space"]
    place = chance.randrange(len(said) - 1)
    token, follower = said[place], said[place + 1]
    like = [each.text for each in said if each.kind == token.kind]
    what = chance.choice(("missing", "doubled", "another", "swapped"))
    between = text[token.end : follower.start]
    before, after = {
        "missing": (token.text, ""),
        "doubled": (token.text, f"{token.text} {token.text}"),
        "another": (token.text, chance.choice(like)),
        "swapped": (
            text[token.start : follower.end],
            f"{follower.text}{between}{token.text}",
        ),
    }[what]
    return _edit(path, text, f"{token.kind} {what}", (token.start, before, after))


def _edit(path: str, text: str, what: str, change: tuple[int, str, str]) -> Edit:
    at, before, after = change
    edited = text[:at] + after + text[at + len(before) :]
    first = text.count("\n", 0, at) + 1
    last = first + after.count("\n")
    return Edit(path, what, first, last, edited, before, after)


def meaning(text: str) -> frozenset[ox.Quad] | None:
    """The statements of a file, nameless nodes named alike; None where it is broken."""
    base = "http://localhost/"
    try:
        quads = ox.parse(text.encode(), ox.RdfFormat.TURTLE, base_iri=base)
        held = ox.Dataset(quads)
    except SyntaxError:
        return None
    held.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(held)


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit did to the graph, in one word, and the property it did it to.

    `text`, `value`, `tag` and `object` altered the object of one statement: its text,
    a typed value, its language or datatype, the thing it links to; `predicate` and
    `subject` those; `lost` and `added` took statements away or brought them. What is
    none of these is `several`. Without one property alone, `predicate` is empty.
    """

    kind: str
    predicate: str


def change(before: frozenset[ox.Quad], after: frozenset[ox.Quad]) -> Change:
    """The change from one graph to the other; nameless nodes count as all alike."""
    was, now = _counted(before), _counted(after)
    gone, come = [*(was - now).elements()], [*(now - was).elements()]
    return Change(_kind(gone, come), _only({each[1] for each in gone or come}))


def _kind(gone: Sequence[Said], come: Sequence[Said]) -> str:
    if not gone or not come:
        return "lost" if gone else "added" if come else "structure"
    same = [
        Counter(each[n] for each in gone) == Counter(each[n] for each in come)
        for n in range(3)
    ]
    if same[1] and same[2]:
        return "subject"
    if len(gone) > 1 or len(come) > 1 or not same[0]:
        return "several"
    if same[2]:
        return "predicate"
    return _of_object(gone[0][2], come[0][2]) if same[1] else "several"


def _of_object(was: Term, now: Term) -> str:
    if not isinstance(was, ox.Literal) or not isinstance(now, ox.Literal):
        return "object"
    if (was.datatype, was.language) == (now.datatype, now.language):
        return "text" if was.datatype.value in _TEXTS else "value"
    return "tag" if was.value == now.value else "several"


def _counted(quads: frozenset[ox.Quad]) -> Counter[Said]:
    return Counter(
        (_alike(q.subject), q.predicate.value, _alike(q.object)) for q in quads
    )


def _alike(term: Term) -> Term:
    return _NAMELESS if isinstance(term, ox.BlankNode) else term


def _only(found: set[str]) -> str:
    return found.pop() if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An edit, and what a check found that it had not found before.

    `did` is None for a syntax fault, and has an empty kind where nothing has changed.
    """

    edit: Edit
    did: Change | None
    found: tuple[Problem, ...]

    @property
    def caught(self) -> bool:
        """Whether a person is told of it."""
        return any(each.severity != "note" for each in self.found)


def outcomes(settings: Settings, count: int, seed: int) -> Iterator[Outcome]:
    """What a check says of so many edits of the Turtle files of a built folder.

    Each is checked as a save is: only the saved file is looked at where that is enough.
    """
    folder = settings.folder
    paths = [*folder.glob("graph/**/*.ttl"), *folder.glob("ontology/*.ttl")]
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
    before = snapshot.check(settings)
    meanings: dict[str, frozenset[ox.Quad]] = {}
    for edit in edits(files, count, seed):
        said = meanings.setdefault(edit.file, meaning(files[edit.file]) or frozenset())
        says = meaning(edit.text)
        did = None if says is None else Change("", "")
        if says is not None and says != said:
            did = change(said, says)
        path = folder / edit.file
        path.write_text(edit.text, "utf-8")
        found = snapshot.check(settings)
        path.write_text(files[edit.file], "utf-8")
        yield Outcome(edit, did, tuple(each for each in found if each not in before))


def report(found: Sequence[Outcome]) -> str:
    """How many edits were of each kind, and by which rules they were caught."""
    syntax = [each for each in found if each.did is None]
    changed = [each for each in found if each.did and each.did.kind]
    caught = [each for each in changed if each.caught]
    by_rule = Counter(code for e in caught for code in {p.code for p in e.found})
    missed = Counter(
        f"{e.did.kind} of {names.shorten(e.did.predicate, names.WELL_KNOWN)}"
        for e in changed
        if e.did and not e.caught
    )
    rows = [
        (len(found), "edits"),
        (len(syntax), "are syntax faults"),
        (len(found) - len(syntax) - len(changed), "change no meaning"),
        (len(caught), "change the meaning and are caught"),
        *((number, f"  by {code}") for code, number in by_rule.most_common()),
        (missed.total(), "change the meaning and are not caught"),
        *((number, f"  {kind}") for kind, number in missed.most_common()),
    ]
    return "\n".join(f"{number:>5}  {what}" for number, what in rows)


def _main() -> None:
    """Edit a copy of the shipped graph and print what came of it."""
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as made:
        settings = build_shipped(Path(made))
        found = []
        for each in outcomes(settings, count, SEED):
            found.append(each)
            if each.did and each.did.kind and not each.caught:
                print(f"{each.did}: {each.edit}", flush=True)
    print(report(found))


if __name__ == "__main__":
    _main()
