"""Things by what they are called, in any language: prefix, substring, typing errors.

The index of a dataset is one text: every name on a line of its own, folded (no case, no
diacritics, full and half width alike). Words are found in it by plain text search,
which is quicker on a million names than any structure that Python could walk. For a
word with a mistake, its halves or thirds are sought: where at most one or two letters
are wrong, one of the parts is right (the pigeonhole principle; Navarro, "A guided tour
to approximate string matching", 2001, §8).
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgserver.ask.browse.thing import parts
from kgserver.ask.dataset import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kgserver.ask.dataset import Dataset

    Finder = Callable[["Index", str, int], Mapping[int, int]]

# The names that are kept, so that memory has a bound: about 100 bytes each.
_NAMES = 2_000_000
# How many names with a word are looked at: of one word the best come first, so that
# fewer are enough; those that have others too may be among the last.
_HITS, _ENOUGH = 20_000, 2_000
_WORDS = 8  # of a query
_LONGEST = 200  # characters of a query
# A quality is a sum over the words; less is better.
_WHOLE, _BEGINS, _WORD, _INSIDE, _WRONG = range(5)


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing, and the name by which it was found."""

    node: ox.NamedNode
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Index:
    """Every name, folded, a line each behind a break; their things and names."""

    text: str
    starts: array[int]
    nodes: Sequence[ox.NamedNode]
    names: Sequence[tuple[str, str]]
    ranks: bytes

    def line(self, place: int) -> int:
        """The line that a place in the text is on."""
        return bisect_right(self.starts, place) - 1

    def end(self, line: int) -> int:
        """Where the text of a line ends."""
        return self.starts[line + 1] - 1


def of(dataset: Dataset) -> Index:
    """The index of a dataset, made at the first search."""
    return dataset.once("search", lambda: _build(dataset))


def find(dataset: Dataset, words: str, language: str, most: int = 1000) -> list[Hit]:
    """The things that a query names, the best first; at most `most` of them.

    Each word must be in the name. Where no name has them all, words with a typing error
    are taken too.
    """
    index = of(dataset)
    asked = fold(words[:_LONGEST]).split()[:_WORDS]
    if not asked:
        return []
    found = _all(index, asked, _exact) or _all(index, asked, _near)
    best: dict[ox.NamedNode, tuple[tuple[object, ...], int]] = {}
    whole = " ".join(asked)
    for line, quality in found.items():
        name, tag = index.names[line]
        text = index.text[index.starts[line] : index.end(line)]
        other = tag.partition("-")[0] != language.partition("-")[0].lower()
        order = (
            text != whole, not text.startswith(whole), quality, index.ranks[line],
            other, len(name), name,
        )  # fmt: skip
        node = index.nodes[line]
        if node not in best or order < best[node][0]:
            best[node] = order, line
    ranked = sorted(best.items(), key=lambda each: (each[1][0], each[0].value))
    return [Hit(node, *index.names[line]) for node, (_, line) in ranked[:most]]


def fold(text: str) -> str:
    """A text without case, diacritics, width and line breaks, to compare by."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = (c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def _build(dataset: Dataset) -> Index:
    texts: list[str] = []
    nodes: list[ox.NamedNode] = []
    called: list[tuple[str, str]] = []
    ranks = bytearray()
    starts = array("Q", [1])
    for rank, node, name in islice(_names(dataset), _NAMES):
        text = fold(name.value)
        texts.append(text)
        starts.append(starts[-1] + len(text) + 1)
        nodes.append(node)
        called.append((name.value, name.language or ""))
        ranks.append(rank)
    text = "".join(f"\n{each}" for each in texts) + "\n"
    return Index(text, starts, nodes, called, bytes(ranks))


def _names(dataset: Dataset) -> Iterator[tuple[int, ox.NamedNode, ox.Literal]]:
    """Every name of everything, with how good a kind of name it is."""
    seen = set()
    for rank, prop in enumerate(parts.PARTS["names"]):
        for quad in dataset.store.quads_for_pattern(None, prop, None, DEFAULT):
            node, name = quad.subject, quad.object
            if not isinstance(node, ox.NamedNode) or not isinstance(name, ox.Literal):
                continue
            if (key := hash((node, name))) not in seen:
                seen.add(key)
                yield rank, node, name


def _all(index: Index, words: Sequence[str], look: Finder) -> Mapping[int, int]:
    """The lines that have every word, each with the sum of the words' qualities."""
    longest, *others = sorted(words, key=len, reverse=True)
    found = dict(look(index, longest, _HITS if others else _ENOUGH))
    for word in others:
        these = _within(index, word, found)
        if not these and look is _near:
            these = dict(_near(index, word, _HITS))
        found = {n: q + these[n] for n, q in found.items() if n in these}
    return found


def _within(index: Index, word: str, lines: Iterable[int]) -> dict[int, int]:
    """Those of the lines that have a word."""
    found = {}
    for line in lines:
        place = index.text.find(word, index.starts[line], index.end(line))
        if place >= 0:
            found[line] = _place(index, line, place, word)
    return found


def _exact(index: Index, word: str, most: int) -> Mapping[int, int]:
    """The lines that have a word: as a whole, at the begin, of a word, elsewhere."""
    found: dict[int, int] = {}
    for before, after in (("\n", "\n"), ("\n", ""), (" ", ""), ("", "")):
        sought = f"{before}{word}{after}"
        place = index.text.find(sought)
        while place >= 0 and len(found) < most:
            at = place + len(before)
            line = index.line(at)
            if line not in found or not before:
                quality = _place(index, line, at, word)
                found[line] = min(quality, found.get(line, _WRONG))
            place = index.text.find(sought, place + 1)
    return found


def _place(index: Index, line: int, place: int, word: str) -> int:
    start = place == index.starts[line]
    before = index.text[place - 1] if place else "\n"
    if start and place + len(word) == index.end(line):
        return _WHOLE
    if start:
        return _BEGINS
    return _INSIDE if before.isalnum() and before.isascii() else _WORD


def _near(index: Index, word: str, most: int) -> Mapping[int, int]:
    """The lines with a word that one or two letters make into this one."""
    exact = _exact(index, word, most)
    wrong = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
    if exact or not wrong:
        return exact
    found: dict[int, int] = {}
    size = len(word) // (wrong + 1)
    pieces = {word[at : at + size] for at in range(0, size * (wrong + 1), size)}
    judged: dict[str, int] = {}
    for piece in pieces:
        place = index.text.find(piece)
        tries = 0
        while place >= 0 and tries < most:
            other = _word_at(index.text, place)
            if other not in judged:
                judged[other] = _distance(word, other, wrong)
            if judged[other] <= wrong:
                line = index.line(place)
                far = _WRONG + judged[other]
                found[line] = min(far, found.get(line, far))
            place = index.text.find(piece, place + 1)
            tries += 1
    return found


def _word_at(text: str, place: int) -> str:
    """The word that a place is in, with at most 40 letters to each side."""
    first = last = place
    while first > max(0, place - 40) and text[first - 1].isalnum():
        first -= 1
    while last < min(len(text), place + 40) and text[last].isalnum():
        last += 1
    return text[first:last]


def _distance(one: str, other: str, most: int) -> int:
    """How many letters are wrong, left out, put in or swapped; `most` + 1 is too many.

    The optimal string alignment distance; a longer other word may go on after the end.
    """
    if len(other) < len(one) - most:
        return most + 1
    other = other[: len(one) + most]
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            same = letter != against
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + same)
            swapped = i > 1 and j > 1 and letter == other[j - 2] != against
            if swapped and one[i - 2] == against:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        rows.append(row)
    return min(rows[-1][max(0, len(one) - most) :])
