"""Time to first byte of every page about a thing, over HTTP on one connection.

    python benchmarks/pages.py [FOLDER]

Each page is asked for by a server that keeps no finished response and has shown another
language of it before (warm), then by one that keeps them (kept). Of several rounds each
page's median counts, so that what else the machine does is not measured.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[1]
_SHIPPED = ("graph", "ontology", "queries", "kgserver.toml")
_LOC = re.compile(r"<loc>([^<]+)</loc>")
_SLOWEST = 10


@contextlib.contextmanager
def served(folder: Path, **environment: str) -> Iterator[str]:
    """The address of a server of a folder, that ends behind the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kgserver", "serve", str(folder), "--no-watch"]
    server = subprocess.Popen(
        [*command, "--port", str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{base}/health").close()
                break
            time.sleep(0.1)
        yield base
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def pages(base: str) -> list[str]:
    """The path of every page about a thing, by the sitemap."""
    found = []
    for part in _locations(f"{base}/sitemap.xml"):
        if not part.endswith("/pages.xml"):
            found += [_target(each) for each in _locations(part)]
    return found


def _target(address: str) -> str:
    """The path and query of an address as XML has it."""
    parts = urlsplit(html.unescape(address))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _locations(address: str) -> list[str]:
    with urllib.request.urlopen(address) as response:
        return _LOC.findall(response.read().decode())


def first_bytes(base: str, targets: Sequence[str]) -> dict[str, float]:
    """Milliseconds from sending a request until the head of its answer is there."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc)
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    taken = {}
    for target in targets:
        begin = time.perf_counter()
        connection.request("GET", target, headers=headers)
        response = connection.getresponse()
        taken[target] = (time.perf_counter() - begin) * 1000
        response.read()
        if response.status != 200:
            raise ValueError(f"{target} answers {response.status}")
    connection.close()
    return taken


def medians(base: str, targets: Sequence[str], rounds: int) -> dict[str, float]:
    """Each page's median of so many rounds through all of them."""
    taken = [first_bytes(base, targets) for _ in range(rounds)]
    return {each: statistics.median(one[each] for one in taken) for each in targets}


def _in_german(target: str) -> str:
    return f"{target}{'&' if '?' in target else '?'}lang=de"


def told(name: str, taken: dict[str, float]) -> None:
    """Print the median, the 95th percentile and the slowest."""
    values = sorted(taken.values())
    cut = statistics.quantiles(values, n=100)
    print(
        f"{name}: {len(values)} pages, p50 {cut[49]:.1f} ms, p95 {cut[94]:.1f} ms, "
        f"max {values[-1]:.1f} ms"
    )
    for target, value in sorted(taken.items(), key=lambda each: -each[1])[:_SLOWEST]:
        print(f"  {value:6.1f}  {target}")


def main() -> None:
    """Measure a copy of the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name in _SHIPPED:
            source = given.folder / name
            if source.is_dir():
                shutil.copytree(source, folder / name)
            elif source.is_file():
                shutil.copy(source, folder / name)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        with served(folder, KGSERVER_KEPT_RESPONSES="0") as base:
            targets = pages(base)
            first_bytes(base, [_in_german(each) for each in targets])
            told("warm", medians(base, targets, given.rounds))
        with served(folder) as base:
            first_bytes(base, targets)
            told("kept", medians(base, targets, given.rounds))


if __name__ == "__main__":
    main()
