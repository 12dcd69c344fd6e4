"""How many queries a second: kgserver beside other servers, on the same data.

Needs wrk (Debian) and, in the environment named by --peers, the packages oxigraph and
rdflib-endpoint (PyPI); without --peers they are installed into a temporary one.

    python benchmarks/serving.py --triples 20000 --seconds 3 --clients 1 8 64
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).parent))
import university

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TERM = "PREFIX t: <https://example.org/university#> "
_JSON = "application/sparql-results+json"
_TURTLE = "text/turtle"
# what is measured: its name, the query, the format asked for
WORK = (
    ("lookup, repeated", "SELECT * { <%s> ?p ?o }", _JSON),
    ("lookup, each another", "SELECT * { <%s> ?p ?o } #", _JSON),
    (
        "join of three", _TERM + "SELECT * { ?s t:advisor ?a . ?a t:worksFor ?d . "
        "?s t:memberOf ?d } LIMIT 100 #", _JSON,
    ),
    ("aggregate", "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c #", _JSON),
    (
        "path", _TERM + "SELECT * { <%s> (t:advisor|t:worksFor|t:memberOf)+ ?x } #",
        _JSON,
    ),
    ("construct", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 100 #", _TURTLE),
    ("10,000 rows", "SELECT * { ?s ?p ?o } LIMIT 10000 #", _JSON),
)  # fmt: skip
# A query that ends in # gets a number behind it, so that no two requests are equal.
_SCRIPT = """\
local queries, count = {}, 0
for line in io.lines("%s") do queries[#queries + 1] = line end
local threads = 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
function init(args) math.randomseed(number * 7919) ; at = number * 1000000 end
request = function()
  at = at + 1
  local query = queries[at %% #queries + 1]
  if string.sub(query, -3) == "%%23" then query = query .. at end
  return wrk.format("GET", wrk.path .. "?query=" .. query)
end
"""


@dataclass(frozen=True, slots=True)
class Server:
    """One server: its name, its command, the path of its endpoint."""

    name: str
    command: Sequence[str]
    path: str
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """The address of its endpoint."""
        return f"http://127.0.0.1:{self.port}{self.path}"


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def kgserver(data: Path, room: Path, _: Path) -> Server:
    """This project's server over the data, with nothing concluded from it."""
    folder = room / "kgserver"
    folder.mkdir()
    (folder / "data.nt").hardlink_to(data)
    port = free_port()
    command = [sys.executable, "-m", "kgserver", "serve", str(folder), "--no-watch"]
    settings = {"KGSERVER_REASONING": "none", "KGSERVER_CLIENT_SECONDS": "0"}
    return Server(
        "kgserver", [*command, "--port", str(port)], "/sparql", port, settings
    )


def oxigraph(data: Path, room: Path, peers: Path) -> Server:
    """Oxigraph's own server, reading from disk."""
    binary, place, port = str(peers / "oxigraph"), str(room / "oxigraph"), free_port()
    load = [binary, "load", "--location", place, "--file", str(data)]
    subprocess.run(load, check=True, capture_output=True)
    command = [binary, "serve-read-only", "--location", place]
    return Server(
        "oxigraph", [*command, "--bind", f"127.0.0.1:{port}"], "/query", port, {}
    )


def rdflib_endpoint(data: Path, _: Path, peers: Path) -> Server:
    """rdflib-endpoint, with rdflib's store in memory."""
    port = free_port()
    command = [str(peers / "rdflib-endpoint"), "serve", str(data)]
    return Server("rdflib-endpoint", [*command, "--port", str(port)], "/", port, {})


SERVERS: dict[str, Callable[[Path, Path, Path], Server]] = {
    "kgserver": kgserver,
    "oxigraph": oxigraph,
    "rdflib-endpoint": rdflib_endpoint,
}


@contextlib.contextmanager
def running(server: Server) -> Iterator[int]:
    """The server while it runs; its process id."""
    process = subprocess.Popen(
        server.command, start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={**os.environ, **server.environment},
    )  # fmt: skip
    try:
        for _ in range(1200):
            if answers(server.url, "ASK {}", _JSON):
                break
            time.sleep(0.1)
        settle(process.pid)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def answers(url: str, query: str, accept: str) -> bool:
    """Whether a query is answered with 200."""
    asked = urllib.request.Request(
        f"{url}?{urlencode({'query': query})}", headers={"Accept": accept}
    )
    try:
        with urllib.request.urlopen(asked, timeout=60) as response:
            response.read()
            return bool(response.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def settle(session: int) -> None:
    """Wait until a server has done what it does by itself after its start."""
    for _ in range(60):
        before = processor(session)
        time.sleep(1)
        if processor(session) - before <= 2:
            return


def processor(session: int) -> int:
    """The processor time that a server's processes have used, in clock ticks."""
    return sum(int(stat[11]) + int(stat[12]) for _, stat in members(session))


def memory(session: int) -> float:
    """Megabytes that a server's processes hold, shared pages divided among them."""
    total = 0
    for place, _ in members(session):
        with contextlib.suppress(OSError):
            rollup = (place / "smaps_rollup").read_text()
            found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
            total += int(found[1]) if found else 0
    return total / 1024


def members(session: int) -> Iterator[tuple[Path, list[str]]]:
    """The processes of a session: where each is told of, and its state, proc(5)."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            stat = path.read_text().rpartition(") ")[2].split()
            if int(stat[3]) == session:
                yield path.parent, stat


def rate(url: str, script: Path, accept: str, clients: int, seconds: int) -> str:
    """Requests a second by wrk; with a mark where some were not answered well."""
    command = ["wrk", f"-t{min(clients, 2)}", f"-c{clients}", f"-d{seconds}s"]
    command += ["--timeout", "20s", "-H", f"Accept: {accept}", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return f"{float(found[1]) if found else 0:.4g}{'!' if bad else ''}"


def scripts(data: Path, room: Path) -> dict[str, Path]:
    """One script of wrk for each kind of work."""
    subjects = list(dict.fromkeys(re.findall(r"^<([^>]+)>", data.read_text(), re.M)))
    made = {}
    for number, (name, query, _) in enumerate(WORK):
        chosen = subjects[:: max(len(subjects) // 2000, 1)] if "#" in query else None
        texts = (
            [query % s for s in chosen or subjects[:1]] if "%s" in query else [query]
        )
        lines = room / f"queries-{number}.txt"
        lines.write_text("\n".join(quote(text, safe="") for text in texts))
        made[name] = room / f"work-{number}.lua"
        made[name].write_text(_SCRIPT % lines)
    return made


def measure(arguments: argparse.Namespace, count: int, room: Path, peers: Path) -> None:
    """Measure every server on so many triples, and print a table."""
    data = room / "data.nt"
    with data.open("w") as handle:
        handle.writelines(university.lines(count))
    made = scripts(data, room)
    found: dict[tuple[str, int], dict[str, str]] = {}
    held = {}
    for name in arguments.servers:
        server = SERVERS[name](data, room, peers)
        with running(server) as session:
            for work, _, accept in WORK:
                for clients in arguments.clients:
                    got = rate(
                        server.url, made[work], accept, clients, arguments.seconds
                    )
                    found.setdefault((work, clients), {})[name] = got
            held[name] = memory(session)
    table(count, arguments.servers, found, held)


def table(
    count: int,
    servers: Sequence[str],
    found: dict[tuple[str, int], dict[str, str]],
    held: dict[str, float],
) -> None:
    """The table, in Markdown: requests a second, and the ratio to Oxigraph's."""
    print(f"\n{count:,} triples; requests a second\n")
    print(f"| work | clients | {' | '.join(servers)} | kgserver / oxigraph |")
    print(f"|---|---|{'---|' * len(servers)}---|")
    for (work, clients), rates in found.items():
        cells = [rates.get(name, "") for name in servers]
        ours, theirs = (
            float(rates.get(n, "0").rstrip("!")) for n in ("kgserver", "oxigraph")
        )
        ratio = f"{ours / theirs:.2f}" if theirs else ""
        print(f"| {work} | {clients} | {' | '.join(cells)} | {ratio} |", flush=True)
    cells = [f"{held[name]:.0f}" for name in servers]
    print(f"| memory after, MB | | {' | '.join(cells)} | |")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=[20_000])
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--servers", nargs="+", default=list(SERVERS), choices=SERVERS)
    parser.add_argument("--peers", type=Path, help="bin folder of the peers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        peers = arguments.peers or Path(place, "peers", "bin")
        if not arguments.peers:
            subprocess.run([sys.executable, "-m", "venv", peers.parent], check=True)
            install = [str(peers / "pip"), "install", "-q", "oxigraph"]
            subprocess.run([*install, "rdflib-endpoint[cli]"], check=True)
        for count in arguments.triples:
            room = Path(tempfile.mkdtemp(dir=place))
            measure(arguments, count, room, peers)


if __name__ == "__main__":
    main()
