"""What reasoning costs: a build beside `oxigraph load` and owlrl, and edits of it.

Needs the oxigraph binary (PyPI: oxigraph) on PATH or named by --oxigraph. Every figure
is taken in a process of its own; the peak of memory is that of the build.

    python benchmarks/reasoning.py --sizes 10000 100000 1000000 --owlrl 10000
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent import futures
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks import organisations, university

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyoxigraph as ox

T = TypeVar("T")
DATA = {"university": university, "organisations": organisations}
PREFIX = (
    "@prefix t: <https://example.org/{name}#> . @prefix d: <https://example.org/> .\n"
)
# Ten statements about a new thing, which are added and taken away.
TEN = {
    "university": "d:new{n} a t:GraduateStudent ; t:name 'n' ; t:memberOf <{u}/d0> ; "
    "t:emailAddress 'e' ; t:telephone 't' ; t:undergraduateDegreeFrom <{u}> ; "
    "t:advisor <{u}/d0/FullProfessor0> ; t:takesCourse <{u}/d0/g0> , <{u}/d0/g1> , "
    "<{u}/d0/g2> .",
    "organisations": "d:new{n} a t:Firm ; t:name 'n' ; t:founded 2000 ; "
    "t:city <{o}city0> ; t:parent <{o}body0-1> ; t:partner <{o}body0-2> ; "
    "t:number 'x{n}' ; t:court <{o}court0> ; t:title 'n' ; t:stages <{o}event0-0> .",
}
EDITS = 20  # of ten statements each, on the store on disk
SAVES = 5  # of one file, until the version is in service


@dataclass(frozen=True)
class Run:
    """How long a command took, by the clock and of processors; its memory at most."""

    seconds: float
    processor: float
    megabytes: float


def command(*words: str | Path) -> Run:
    """Run a command to its end."""
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(list(map(str, words)), stdout=quiet, stderr=quiet)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(map(str, words))} ended with status {status}")
    taken = time.perf_counter() - began
    return Run(taken, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def apart(work: Callable[..., T], *given: object) -> T:
    """What a function gives in a fresh process."""
    with futures.ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def folder(place: Path, name: str, size: int) -> Path:
    """A folder with so many generated statements and their ontology."""
    made = place / f"{name}-{size}"
    for part in ("graph", "ontology"):
        (made / part).mkdir(parents=True)
    with (made / "graph" / "data.nt").open("w") as file:
        file.writelines(DATA[name].lines(size))
    shutil.copy(DATA[name].ONTOLOGY, made / "ontology" / "ontology.ttl")
    return made


def stages(place: Path) -> dict[str, float]:
    """Seconds of each step of reasoning, one after the other."""
    from kgserver.load import inputs, turtle
    from kgserver.load.reason import compilation, extract
    from kgserver.load.reason.rows import closure, outcome
    from kgserver.load.reason.rows.encoding import Encoding
    from kgserver.load.terms.statements import Batches
    from kgserver.model import settings

    taken: dict[str, float] = {}

    def timed(name: str, work: Callable[..., T], *given: object) -> T:
        began = time.perf_counter()
        result = work(*given)
        taken[name] = time.perf_counter() - began
        return result

    found = inputs.find(settings.read(place)).sources
    readings = timed("read", lambda: [turtle.read(each, place) for each in found])
    encoding = Encoding()
    said = Batches(tuple(reading.quads for reading in readings))
    timed("encode", encoding.feed, said)
    written = extract.from_rows(encoding, encoding.rows)
    known = timed("compile", compilation.compile, written)
    closed, _ = timed("fixpoint", closure.close, encoding, known.rules)
    chosen = timed("choose", outcome.Published, closed, known)
    timed("write", chosen.written)
    return taken


def ten(name: str, number: int) -> bytes:
    """The statements of one edit, as Turtle."""
    text = TEN[name].replace("{n}", str(number))
    text = text.replace("{u}", "https://example.org/u0")
    text = text.replace("{o}", "https://example.org/o/")
    return (PREFIX.replace("{name}", name) + text).encode()


def edits(place: Path, name: str) -> tuple[list[float], list[float]]:
    """Seconds to add ten statements to the store on disk, and to take them away.

    All that follows comes and goes with them.
    """
    import pyoxigraph as ox

    from kgserver.load import inputs, versions
    from kgserver.load.reason import maintain
    from kgserver.load.reason.graph import StoreGraph
    from kgserver.load.reason.rules import record
    from kgserver.load.storage import store
    from kgserver.model import settings

    here = settings.read(place)
    serving, directory = inputs.serving(here), versions.current(here.state)
    assert serving
    assert directory
    held = store.opened(here.state / "work", serving.digest)
    assert held
    known = record.load((directory / versions.ONTOLOGY).read_bytes())
    inferred = ox.NamedNode(here.names.inferred)
    graph = StoreGraph(held, inferred)

    def placed(triples: Iterable[ox.Triple], into: ox.NamedNode) -> Iterator[ox.Quad]:
        for each in triples:
            for target in (into, ox.DefaultGraph()):
                yield ox.Quad(each.subject, each.predicate, each.object, target)

    file = ox.NamedNode(here.names.graph("edit"))
    added, deleted = [], []
    for number in range(EDITS):
        text = ten(name, number)
        said = [q.triple for q in ox.parse(input=text, format=ox.RdfFormat.TURTLE)]
        began = time.perf_counter()
        change = maintain.apply(graph, known, said, ())
        held.extend([*placed(said, file), *placed(change.added, inferred)])
        added.append(time.perf_counter() - began)
        began = time.perf_counter()
        change = maintain.apply(graph, known, (), said)
        store.amend(held, [*placed(said, file), *placed(change.removed, inferred)], ())
        deleted.append(time.perf_counter() - began)
    return added, deleted


def saves(place: Path, name: str) -> list[float]:
    """Seconds from the save of a small file until what it says is in service."""
    from kgserver.load import snapshot
    from kgserver.model import settings

    here, taken = settings.read(place), []
    snapshot.build(here)
    for number in range(SAVES):
        (place / "graph" / "edit.ttl").write_bytes(ten(name, number))
        began = time.perf_counter()
        built = snapshot.build(here)
        taken.append(time.perf_counter() - began)
        assert built.served
        assert built.fresh
    return taken


def reference(place: Path, name: str) -> tuple[float, str]:
    """Seconds that owlrl takes, and how its closure differs from ours."""
    import pyoxigraph as ox

    from kgserver.load import reason
    from kgserver.load.reason import names

    schema = ox.parse(path=DATA[name].ONTOLOGY, format=ox.RdfFormat.TURTLE)
    path = place / "graph" / "data.nt"
    said = [q.triple for q in (*schema, *ox.parse(path=path))]
    # owlrl takes the last property of a key for given; see kgserver.load.reason.
    said = [triple for triple in said if triple.predicate != names.KEY]
    ours = set(reason.infer("rules", said).triples)
    began = time.perf_counter()
    theirs = set(reason.infer("owlrl", said).triples)
    taken = time.perf_counter() - began
    missing, extra = len(theirs - ours), len(ours - theirs)
    return taken, "equal" if ours == theirs else f"{missing} missing, {extra} extra"


def closure(place: Path) -> int:
    """How many statements the built version infers."""
    from kgserver.load import inputs
    from kgserver.model import settings

    serving = inputs.serving(settings.read(place))
    assert serving
    return serving.counts.inferred


def measure(place: Path, name: str, size: int, options: argparse.Namespace) -> None:
    """Measure one graph, and print its row and its stages."""
    here, binary = folder(place, name, size), options.oxigraph
    data = here / "graph" / "data.nt"
    loaded = command(binary, "load", "--location", place / "peer", "--file", data)
    shutil.rmtree(place / "peer")
    built = command(sys.executable, "-m", "kgserver", "build", here)
    steps = apart(stages, here)
    added, deleted = apart(edits, here, name)
    served = apart(saves, here, name)
    owlrl, verdict = apart(reference, here, name) if size <= options.owlrl else (0, "")
    cells = (
        f"{name} {size:,}",
        f"{apart(closure, here):,}",
        f"{loaded.seconds:.1f} s ({loaded.processor:.1f})",
        f"{built.seconds:.1f} s ({built.processor:.1f})",
        f"{built.seconds / loaded.seconds:.1f}",
        f"{built.megabytes:,.0f} MB",
        f"{steps['fixpoint']:.2f} s",
        f"{owlrl:.0f} s, {verdict}" if verdict else "",
        *(f"{_ms(each)}" for each in (added, deleted, served)),
    )
    print(f"| {' | '.join(cells)} |", flush=True)
    told = ", ".join(f"{step} {seconds:.2f}" for step, seconds in steps.items())
    print(f"{name} {size:,}: {told}", file=sys.stderr, flush=True)
    shutil.rmtree(here)


def _ms(seconds: list[float]) -> str:
    """The median and the worst, in milliseconds."""
    return f"{statistics.median(seconds) * 1000:.0f} ({max(seconds) * 1000:.0f})"


HEAD = (
    "statements", "inferred", "`oxigraph load` (CPU)", "`kgserver build` (CPU)",
    "ratio", "memory", "fixpoint", "owlrl", "add ten, ms", "delete ten, ms",
    "save until served, ms",
)  # fmt: skip


def main() -> None:
    """Measure what the options ask for, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--graphs", nargs="+", choices=list(DATA), default=list(DATA))
    parser.add_argument("--owlrl", type=int, default=10_000, help="up to which size")
    parser.add_argument("--oxigraph", default="oxigraph", help="the oxigraph binary")
    options = parser.parse_args()
    if shutil.which(options.oxigraph) is None:
        parser.error(f"there is no {options.oxigraph}; pip install oxigraph")
    print(f"| {' | '.join(HEAD)} |\n|---|{'---:|' * (len(HEAD) - 1)}")
    with tempfile.TemporaryDirectory() as place:
        for name in options.graphs:
            for size in options.sizes:
                measure(Path(place), name, size, options)


if __name__ == "__main__":
    main()
