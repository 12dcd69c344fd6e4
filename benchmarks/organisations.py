"""Cities with firms, venues, events and people, some recorded twice, as N-Triples.

Unlike the universities they use inverses, chains, keys and the sameAs that keys bring.

    python benchmarks/organisations.py 10000 > organisations.nt
"""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ONTOLOGY = Path(__file__).with_suffix(".ttl")
_TERM = "https://example.org/organisations#"
_DATA = "https://example.org/o/"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"

_Row = tuple[str, str, str | int]
"""Subject, predicate, and a name to link to, a number, or a text after a quote."""


def lines(count: int, seed: int = 0) -> Iterator[str]:
    """The first so many triples, always the same ones for a seed."""
    chance = random.Random(seed)
    endless = (row for n in itertools.count() for row in _city(n, chance))
    return itertools.islice(map(_line, endless), count)


def _line(row: _Row) -> str:
    subject, predicate, value = row
    if isinstance(value, int):
        target = f'"{value}"^^<{_INTEGER}>'
    elif value.startswith('"'):
        target = f'{value}"'
    elif predicate == "a" or value in ("everyone", "home"):
        target = f"<{_TERM}{value}>"
    else:
        target = f"<{_DATA}{value}>"
    link = _TYPE if predicate == "a" else f"{_TERM}{predicate}"
    return f"<{_DATA}{subject}> <{link}> {target} .\n"


def _city(n: int, chance: random.Random) -> Iterator[_Row]:
    city, region, country = f"city{n}", f"region{n // 8}", f"country{n // 40}"
    if n % 40 == 0:
        yield from ((country, "a", "Country"), (country, "capital", city))
    if n % 8 == 0:
        yield from ((region, "a", "Region"), (region, "country", country))
    yield city, "a", "HomeCity" if n % 7 == 3 else "City"
    yield city, "within", region
    for district in range(3):
        yield f"{city}-{district}", "within", city
    for i in range(4):
        yield from _body(n, i, chance)
    for i in range(3):
        yield from _event(n, i, chance)
    for i in range(6):
        yield from _person(n, i, chance)


def _body(n: int, i: int, chance: random.Random) -> Iterator[_Row]:
    body = f"body{n}-{i}"
    yield body, "a", chance.choice(("Firm", "Charity", "Club", "MusicClub"))
    yield body, "city", f"city{n}"
    yield body, "name", f'"Body {n} {i}'
    yield body, "founded", 1900 + chance.randrange(120)
    yield from _register(body, n, i)
    if i:
        yield body, "parent", f"body{n}-{i - 1}"
    if chance.random() < 0.3:
        yield body, "partner", f"body{chance.randrange(n + 1)}-{chance.randrange(4)}"
    if chance.random() < 0.1:
        again = f"{body}-again"
        yield from ((body, "a", "Firm"), (again, "a", "Firm"))
        yield again, "title", f'"Body {n} {i} Ltd'
        yield from _register(again, n, i)
    if chance.random() < 0.05:
        yield body, "taxNumber", f'"T{n}-{i}'
        yield f"{body}-tax", "taxNumber", f'"T{n}-{i}'


def _register(body: str, n: int, i: int) -> Iterator[_Row]:
    yield body, "number", f'"{n}-{i}'
    yield body, "court", f"court{n % 5}"


def _event(n: int, i: int, chance: random.Random) -> Iterator[_Row]:
    event, hall = f"event{n}-{i}", f"hall{n}-{i % 2}"
    yield event, "a", chance.choice(("Concert", "Event"))
    yield (hall, "stages", event) if i % 2 else (event, "at", hall)
    yield from ((hall, "city", f"city{n}"), (hall, "a", "Hall"))
    yield event, "organisedBy", f"body{n}-{chance.randrange(4)}"
    if chance.random() < 0.3:
        yield event, "openTo", "everyone"


def _person(n: int, i: int, chance: random.Random) -> Iterator[_Row]:
    person = f"person{n}-{i}"
    near = chance.randint(max(0, n - 5), n)
    yield person, "a", "Person"
    yield person, "name", f'"Person {n} {i}'
    yield person, "employer", f"body{n}-{chance.randrange(4)}"
    yield person, "attends", f"event{near}-{chance.randrange(3)}"
    if i == 0:
        yield person, "spouse", f"person{n}-1"


if __name__ == "__main__":
    sys.stdout.writelines(lines(int(sys.argv[1])))
