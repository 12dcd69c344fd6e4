"""Universities with departments, teachers and students, as N-Triples of any length.

The cardinalities are those of the UBA 1.7 profile of the Lehigh University Benchmark
(http://swat.cse.lehigh.edu/projects/lubm/profile.htm); the ontology beside this file is
written after the same profile.

    python benchmarks/university.py 100000 > university.nt
"""

from __future__ import annotations

import itertools
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ONTOLOGY = Path(__file__).with_suffix(".ttl")
_TERM = "https://example.org/university#"
_DATA = "https://example.org/u"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_DEGREES = ("undergraduateDegreeFrom", "mastersDegreeFrom", "doctoralDegreeFrom")
_UNIVERSITIES = 1000

# rank, how many in a department, how many publications each
_FACULTY = (
    ("FullProfessor", (7, 10), (15, 20)),
    ("AssociateProfessor", (10, 14), (10, 18)),
    ("AssistantProfessor", (8, 11), (5, 10)),
    ("Lecturer", (5, 7), (0, 5)),
)


def lines(count: int, seed: int = 0) -> Iterator[str]:
    """The first so many triples, always the same ones for a seed."""
    chance = random.Random(seed)
    endless = (line for n in itertools.count() for line in _university(n, chance))
    return itertools.islice(endless, count)


def _university(number: int, chance: random.Random) -> Iterator[str]:
    home = f"{_DATA}{number}"
    yield from _thing(home, "University")
    for place in range(chance.randint(15, 25)):
        department = _Department(f"{home}/d{place}", home, chance)
        yield from department.lines()


def _link(subject: str, predicate: str, target: str) -> str:
    return f"<{subject}> <{_TERM}{predicate}> <{target}> .\n"


def _text(subject: str, predicate: str, text: str) -> str:
    return f'<{subject}> <{_TERM}{predicate}> "{text}" .\n'


def _kind(subject: str, kind: str) -> str:
    return f"<{subject}> {_TYPE} <{_TERM}{kind}> .\n"


def _thing(subject: str, kind: str) -> Iterator[str]:
    yield _kind(subject, kind)
    yield _text(subject, "name", subject.removeprefix(_DATA))


@dataclass
class _Department:
    """One department while it is written out."""

    iri: str
    home: str
    chance: random.Random
    courses: list[str] = field(default_factory=list)
    graduate_courses: list[str] = field(default_factory=list)
    professors: list[str] = field(default_factory=list)
    faculty: int = 0
    authors: dict[str, list[str]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield from _thing(self.iri, "Department")
        yield _link(self.iri, "subOrganizationOf", self.home)
        for rank, size, output in _FACULTY:
            for place in range(self.chance.randint(*size)):
                yield from self._teacher(rank, place, output)
        yield from self._undergraduates()
        yield from self._graduates()
        yield from self._writings()
        for group in range(self.chance.randint(10, 20)):
            iri = f"{self.iri}/group{group}"
            yield _kind(iri, "ResearchGroup")
            yield _link(iri, "subOrganizationOf", self.iri)

    def _teacher(self, rank: str, place: int, output: tuple[int, int]) -> Iterator[str]:
        iri = f"{self.iri}/{rank}{place}"
        self.faculty += 1
        yield from self._person(iri, rank, "worksFor")
        for degree in _DEGREES:
            yield _link(iri, degree, self._anywhere())
        for taught, kind in ((self.courses, "c"), (self.graduate_courses, "g")):
            for _ in range(self.chance.randint(1, 2)):
                taught.append(f"{self.iri}/{kind}{len(taught)}")
                yield _link(iri, "teacherOf", taught[-1])
        if rank != "Lecturer":
            self.professors.append(iri)
            yield _text(iri, "researchInterest", f"topic {self.chance.randrange(30)}")
        if rank == "FullProfessor" and not place:
            yield _link(iri, "headOf", self.iri)
        for number in range(self.chance.randint(*output)):
            self.authors[f"{iri}/p{number}"] = [iri]

    def _person(self, iri: str, kind: str, bond: str) -> Iterator[str]:
        yield from _thing(iri, kind)
        yield _link(iri, bond, self.iri)
        yield _text(iri, "emailAddress", f"{iri.removeprefix(_DATA)}@example.org")
        yield _text(iri, "telephone", "xxx-xxx-xxxx")

    def _anywhere(self) -> str:
        return f"{_DATA}{self.chance.randrange(_UNIVERSITIES)}"

    def _courses(self, iri: str, offer: Sequence[str], most: int) -> Iterator[str]:
        for course in self.chance.sample(offer, self.chance.randint(most - 2, most)):
            yield _link(iri, "takesCourse", course)

    def _undergraduates(self) -> Iterator[str]:
        for number in range(self.faculty * self.chance.randint(8, 14)):
            iri = f"{self.iri}/s{number}"
            yield from self._person(iri, "UndergraduateStudent", "memberOf")
            yield from self._courses(iri, self.courses, 4)
            if not self.chance.randrange(5):
                yield _link(iri, "advisor", self.chance.choice(self.professors))

    def _graduates(self) -> Iterator[str]:
        writings = sorted(self.authors)
        helpers = self.chance.sample(self.courses, len(self.courses) // 2)
        for number in range(self.faculty * self.chance.randint(3, 4)):
            iri = f"{self.iri}/t{number}"
            yield from self._person(iri, "GraduateStudent", "memberOf")
            yield from self._courses(iri, self.graduate_courses, 3)
            yield _link(iri, "undergraduateDegreeFrom", self._anywhere())
            yield _link(iri, "advisor", self.chance.choice(self.professors))
            for writing in self.chance.sample(writings, self.chance.randint(0, 5)):
                self.authors[writing].append(iri)
            if number % 4 == 0 and helpers:
                yield _kind(iri, "TeachingAssistant")
                yield _link(iri, "teachingAssistantOf", helpers.pop())
            elif number % 4 == 1:
                yield _kind(iri, "ResearchAssistant")

    def _writings(self) -> Iterator[str]:
        for writing, authors in self.authors.items():
            yield from _thing(writing, "Publication")
            for author in authors:
                yield _link(writing, "publicationAuthor", author)
        for course in self.courses:
            yield from _thing(course, "Course")
        for course in self.graduate_courses:
            yield from _thing(course, "GraduateCourse")


if __name__ == "__main__":
    sys.stdout.writelines(lines(int(sys.argv[1])))
