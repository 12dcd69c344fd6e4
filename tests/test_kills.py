"""Processes of a running server are killed, each at any time, and nobody notices."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgserver.ask.engine import role

from .processes import PATIENCE, Server, serving, wait_until
from .test_envelope import ENDLESS, PLAIN, PREFIX, ask, counted, folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .processes import Answer

__all__ = ["folder"]  # a fixture, of both


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    """A server for the tests that kill its processes."""
    endpoint = {"KGSERVER_SERVICE_ENDPOINTS": "http://127.0.0.1:9/sparql"}
    with serving(folder, "--no-watch", **endpoint) as running:
        yield running


class Family:
    """The processes of a server, by what they are there for."""

    def __init__(self, server: Server) -> None:
        own = {role.read(pid): pid for pid in children(server.process.pid)}
        self.mother, self.web = own.get("mother", 0), own.get("web", 0)
        self.workers = children(self.mother)


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    path = Path(f"/proc/{process}/task/{process}/children")
    with contextlib.suppress(OSError):
        return [int(each) for each in path.read_text().split()]
    return []


KILLED: dict[str, Callable[[Family], list[int]]] = {
    "a worker": lambda family: family.workers[-1:],
    "all workers": lambda family: family.workers,
    "the mother": lambda family: [family.mother],
    "the web process": lambda family: [family.web],
    "everything but the first": lambda family: [
        family.web, family.mother, *family.workers,
    ],
}  # fmt: skip


@pytest.mark.parametrize("victims", KILLED)
def test_after_a_kill_the_next_query_is_answered(server: Server, victims: str) -> None:
    """Whichever process it was; SERVICE still goes by the relay."""
    family = grown(server)
    kill(KILLED[victims](family))

    assert server.get(f"{PLAIN}%23{time.time()}")[0] == 200
    service = ask(server, "SELECT * { SERVICE <http://127.0.0.1:9/sparql> {?s ?p ?o} }")
    assert service.status == 502
    assert b"not a public address" in service.body


def test_a_query_whose_worker_is_killed_is_put_to_another(server: Server) -> None:
    """Who asked sees nothing of it."""
    family = grown(server)
    asked = PREFIX + "ASK { ?a :next ?b . ?c :next ?d . ?e :next ?f FILTER(?a = ?f) "
    slow = asked + "FILTER(STRLEN(CONCAT(STR(?a), STR(?c), STR(?e))) < 0) }"
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(ask(server, slow)))
    thread.start()
    wait_until(lambda: counted(server)[0] == 1)
    kill(family.workers)
    thread.join()

    assert (answers[0].status, b"false" in answers[0].body) == (200, True)


def test_kills_at_any_moment_leave_no_query_without_an_answer(server: Server) -> None:
    """Ten of them, by chance, between one query and the next."""
    chance = random.Random(7)
    for number in range(10):
        family = grown(server)
        kill([chance.choice([family.web, family.mother, *family.workers])])
        time.sleep(chance.random() / 20)

        assert server.get(f"{PLAIN}%23{number}-{time.time()}")[0] == 200


def grown(server: Server) -> Family:
    """The family, once all of it is there."""

    def whole() -> Family | None:
        found = Family(server)
        return found if found.web and len(found.workers) >= 5 else None

    return wait_until(whole)


def kill(processes: list[int]) -> None:
    """Kill them at once."""
    assert processes
    for each in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_server_that_ends_amid_queries_leaves_no_process(
    folder: Path, number: int
) -> None:
    """However it ends, and whatever runs."""
    with serving(folder, "--no-watch") as server:
        threads = [
            threading.Thread(target=ask_in_vain, args=(server,)) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        wait_until(lambda: counted(server)[0] >= 2)
        server.stop(number)
        wait_until(lambda: not server.family())
        for thread in threads:
            thread.join(PATIENCE)


def ask_in_vain(server: Server) -> None:
    """Ask what will not be answered any more."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        ask(server, ENDLESS)


def test_the_status_says_what_each_process_does(server: Server) -> None:
    """By its own word, and that agrees with who has started whom."""

    def agrees() -> bool:
        family = grown(server)
        told = json.loads(server.get("/status", "application/json")[1])
        roles = {each["pid"]: each["role"] for each in told["processes"]}
        below = sorted(roles.get(pid, "") for pid in family.workers)
        own = [server.process.pid, family.web, family.mother]
        return [*map(roles.get, own), *below] == [
            "first", "web", "mother", "relay", *["worker"] * (len(below) - 1),
        ]  # fmt: skip

    # workers are replaced once their mother has read the graph
    wait_until(agrees)
