"""A server that is asked everything at once which could bring it down, and is not.

All hostile requests of `tests/cases/hostile` go to one server with low limits, several
at a time; somebody else asks it plain queries meanwhile.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING

import pytest

from . import hostile
from .conftest import cases
from .processes import Server, serving, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from .hostile import Answer, Case

AT_ONCE = 8
AT_REST = Counter(
    {"other": 1, "web": 1, "mother": 1, "relay": 1, "worker": 4}
)  # the first process is called by its command
PLAIN = "/sparql?query=SELECT%20*%20%7B%20%3Curn%3Ax%3A{}%3E%20%3Fp%20%3Fo%20%7D"


@dataclass
class Attack:
    """What came of it: answers by case, what the bystander and the listener saw."""

    answers: dict[str, tuple[Case, Answer]] = field(default_factory=dict)
    bystander: list[int] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def attack(tmp_path_factory: pytest.TempPathFactory) -> Attack:
    """Every hostile request, put to one server."""
    held = Attack()
    with hostile.Listener() as listener:
        folder = tmp_path_factory.mktemp("attacked")
        hostile.write(folder, listener.port)
        read = [hostile.read(path, listener.port) for path in hostile.PATHS]
        with serving(folder, "--no-watch") as server:
            settled(server, AT_REST)
            stop = threading.Event()
            bystander = threading.Thread(target=ask_plainly, args=(server, held, stop))
            bystander.start()
            with ThreadPoolExecutor(AT_ONCE) as many:
                ports, patience = repeat(server.port), repeat(hostile.PATIENCE)
                answers = many.map(hostile.ask, read, ports, patience)
                for case, answer in zip(read, answers, strict=True):
                    held.answers[case.name] = case, answer
            stop.set()
            bystander.join()
            held.left = settled(server, AT_REST)
            server.stop()
            held.ended = settled(server, Counter())
        held.reached = listener.heard
    return held


def ask_plainly(server: Server, held: Attack, stop: threading.Event) -> None:
    """Ask one plain query after another, no two alike."""
    while not stop.is_set():
        try:
            held.bystander.append(server.get(PLAIN.format(len(held.bystander)))[0])
        except OSError:
            held.bystander.append(0)
        time.sleep(0.05)


def settled(server: Server, wanted: Counter[str]) -> Counter[str]:
    """How many processes do what, once they are those that are wanted, or never."""
    with contextlib.suppress(TimeoutError):
        wait_until(lambda: Counter(server.family().values()) == wanted)
    return Counter(server.family().values())


@pytest.mark.parametrize("path", cases("hostile"))
def test_a_hostile_request_gets_its_answer(path: Path, attack: Attack) -> None:
    """The one that stands in its file."""
    case, answer = attack.answers[path.stem]

    assert hostile.wrong(case, answer) == ""


def test_whoever_asks_plainly_meanwhile_is_answered(attack: Attack) -> None:
    """Every time."""
    assert len(attack.bystander) > 10
    assert set(attack.bystander) == {200}


def test_no_request_goes_where_it_must_not(attack: Attack) -> None:
    """The listener has heard nothing, though many a request named its port."""
    assert attack.reached == []


def test_no_process_is_left_behind(attack: Attack) -> None:
    """There are those of a server at rest, and none once it has ended."""
    assert attack.left == AT_REST
    assert not attack.ended
