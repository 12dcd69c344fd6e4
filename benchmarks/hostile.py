"""What a server does under attack: every answer, the bystander's latency, what is left.

The requests of `tests/cases/hostile` go to one server over and over, by chance, several
at a time, mixed with plain queries. Each must end in the answer of its file, within the
server's limit and a second. Somebody else asks a plain query ten times a second, before
and meanwhile. Nothing may reach the listener that many of the requests name.

    python benchmarks/hostile.py --requests 1000 --at-once 3 --addresses 1
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests import hostile
from tests.processes import Server, serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.synchronize import Event

    from tests.hostile import Answer, Case

_PLAIN = "/sparql?query=SELECT%20*%20%7B%20%3Curn%3Ax%3A{}%3E%20%3Fp%20%3Fo%20%7D"
_PAUSE = 0.1  # seconds between two queries of the bystander
_EVERY = 4  # of so many requests, one is plain
# What people and programs ask first, so that the memory of a server at work is known.
_VISITED = (
    "/", "/sparql", "/sparql?query=SELECT%20%2A%20%7B", "/search?q=thing", "/map",
    "/timeline", "/changes", "/status", "/ontology", "/dataset", "/page/thing-1",
    "/data/thing-1.ttl", "/page/nothing", "/fragments", "/graph/chain", "/metrics",
    "/explore?iri=http://127.0.0.1:8000/id/thing-1", "/rdf-graph-store?default",
)  # fmt: skip
_SETTLING = 3.0  # seconds that the server gets to come to rest
_BYSTANDER, _PLAINLY, _ATTACKER = "198.51.100.1", "198.51.100.2", "203.0.113.{}"
_HEAD = re.compile(rb"(\r\nHost: [^\r\n]*)", re.IGNORECASE)


@dataclass
class Seen:
    """What came of it all."""

    kinds: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    over: list[tuple[float, str]] = field(default_factory=list)
    plain: int = 0
    failed: int = 0


def main() -> None:
    """Attack, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=3)
    parser.add_argument("--addresses", type=int, default=1, help="of the attackers")
    parser.add_argument("--idle", type=float, default=10.0, help="seconds before")
    given = parser.parse_args()
    with (
        hostile.Listener() as listener,
        tempfile.TemporaryDirectory() as name,
    ):
        folder = Path(name)
        hostile.write(folder, listener.port)
        with (folder / "kgserver.toml").open("a") as settings:
            settings.write('\ntrusted_proxies = ["127.0.0.1"]\nclient_seconds = 0\n')
        cases = [hostile.read(path, listener.port) for path in hostile.PATHS]
        with serving(folder, "--no-watch") as server:
            report(server, cases, given)
        print(f"requests that reached the listener  {len(listener.heard)}")
        print(f"processes left after the end        {len(server.family())}")


def report(server: Server, cases: list[Case], given: argparse.Namespace) -> None:
    """Measure at rest, under attack, and after it."""
    time.sleep(_SETTLING)
    fresh = memory(server)
    for path in _VISITED:
        server.get(path, "text/html")
        server.get(path)
    time.sleep(_SETTLING)
    before = len(server.family()), memory(server), kept(server)
    idle = beside(server, lambda: time.sleep(given.idle))
    seen = Seen()
    began = time.monotonic()
    busy = beside(server, lambda: attack(server, cases, given, seen))
    took = time.monotonic() - began
    time.sleep(_SETTLING)
    after = len(server.family()), memory(server), kept(server)
    rest = beside(server, lambda: time.sleep(given.idle / 2))

    print(f"{given.requests} hostile requests, {given.at_once} at a time, {took:.0f} s")
    for kind, count in sorted(seen.kinds.items(), key=lambda each: -each[1]):
        print(f"  {count:5}  {kind}")
    print(f"not the documented answer           {len(seen.wrong)}")
    for each in sorted(set(seen.wrong)):
        print(f"  {each}")
    longest = max(seen.over, default=(0.0, ""))
    print(f"longest over its limit              {longest[0]:.2f} s, {longest[1]}")
    print(f"plain requests among them, failed   {seen.plain}, {seen.failed}")
    print("bystander, ms            p50    p95   count  failed")
    for name, (times, failed) in {"idle": idle, "attack": busy, "after": rest}.items():
        middle, most = (quantiles(times, n=20)[n] * 1000 for n in (9, 18))
        print(f"  {name:18} {middle:8.1f} {most:6.1f} {len(times):7} {failed:7}")
    print(f"processes before and after          {before[0]}, {after[0]}")
    print(f"memory (PSS, MB) started, at work   {fresh:.0f}, {before[1]:.0f}")
    print(f"memory (PSS, MB) after              {after[1]:.0f}")
    print(f"of which kept answers               {before[2]:.1f}, then {after[2]:.1f}")


def attack(
    server: Server, cases: list[Case], given: argparse.Namespace, seen: Seen
) -> None:
    """Send everything, by chance but the same each time."""
    chance = random.Random(1)
    chosen = [chance.choice(cases) for _ in range(given.requests)]
    lock = threading.Lock()

    def send(number: int) -> None:
        case = chosen[number]
        address = _ATTACKER.format(number % given.addresses + 1)
        answer = hostile.ask(from_(case, address), server.port, hostile.PATIENCE)
        with lock:
            note(case, answer, seen)
        if number % _EVERY == 0:
            status, _ = plainly(server, f"among:{number}", _PLAINLY)
            with lock:
                seen.plain += 1
                seen.failed += status != 200

    with ThreadPoolExecutor(given.at_once) as many:
        list(many.map(send, range(given.requests)))


def note(case: Case, answer: Answer, seen: Seen) -> None:
    """Count an answer, and how long it took beyond what it may take."""
    problem = str(answer.problem.get("type", "")).removeprefix("/problem/")
    limit = str(answer.problem.get("limit", ""))
    cut = "" if answer.whole or not answer.status else "cut"
    status = str(answer.status or "closed")
    seen.kinds[" ".join(filter(None, (status, problem, limit, cut)))] += 1
    if told := hostile.wrong(case, answer):
        seen.wrong.append(f"{case.name}: {told[:100]}")
    if "read" not in case.said and "stalls" not in case.said:
        over = answer.seconds - hostile.LIMITS["query_seconds"]
        seen.over.append((over, case.name))


def beside(server: Server, work: Callable[[], None]) -> tuple[list[float], int]:
    """How long the bystander waits while something goes on, and how often in vain."""
    # a process of its own, so as not to wait for what the attackers have to do
    context = multiprocessing.get_context("fork")
    stop = context.Event()
    near, far = context.Pipe(duplex=False)
    process = context.Process(target=watch, args=(server, stop, far))
    process.start()
    work()
    stop.set()
    times, failed = near.recv()
    process.join()
    return times, failed


def watch(server: Server, stop: Event, told: Connection) -> None:
    """The bystander: asks until told to stop, and says how it went."""
    times: list[float] = []
    failed = 0
    while not stop.wait(_PAUSE):
        status, took = plainly(server, f"{time.monotonic_ns()}", _BYSTANDER)
        times.append(took)
        failed += status != 200
    told.send((times, failed))


def plainly(server: Server, name: str, client: str) -> tuple[int, float]:
    """Ask a plain query, no two alike: the status, and how long it took."""
    began = time.perf_counter()
    status = 0
    with contextlib.suppress(OSError):
        answer = server.ask("GET", _PLAIN.format(name), {"X-Forwarded-For": client})
        status = answer.status
    return status, time.perf_counter() - began


def from_(case: Case, address: str) -> Case:
    """The request as a proxy would pass it on from an address."""
    line = rb"\1\r\nX-Forwarded-For: " + address.encode()
    return replace(case, request=_HEAD.sub(line, case.request, count=1))


def kept(server: Server) -> float:
    """The megabytes of answers that are kept, which are wanted."""
    found = re.search(r"^kgserver_kept_bytes (\S+)", server.get("/metrics")[1], re.M)
    return float(found[1]) / 1024**2 if found else 0.0


def memory(server: Server) -> float:
    """The megabytes of all processes, what they share counted once."""
    total = 0
    for pid in server.family():
        path = Path(f"/proc/{pid}/smaps_rollup")
        with contextlib.suppress(OSError):
            found = re.search(r"^Pss:\s+(\d+)", path.read_text(), re.MULTILINE)
            total += int(found[1]) if found else 0
    return total / 1024


if __name__ == "__main__":
    main()
