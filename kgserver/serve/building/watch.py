"""The builder beside the server: builds what is due, then again at every save.

It is a process of its own, so that neither rdflib nor a long build weighs on requests.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import watchfiles

from kgserver.ask.engine import memory
from kgserver.load import snapshot, sources
from kgserver.load.checking import validation
from kgserver.load.publishing import damage
from kgserver.model import problem, rule
from kgserver.model import settings as setting
from kgserver.model.settings import FILE, STATE
from kgserver.serve import processes
from kgserver.serve.building import recorder, second

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

    from kgserver.model.problem import Problem
    from kgserver.model.settings import Settings

# milliseconds: how long to gather saves that come together, and how often to look
_GATHER, _STEP, _IDLE = 40, 10, 1000
# how many findings that are mended are told one by one
_TOLD = 10
# seconds: pySHACL and the engine run side by side, and the engine waits this long each
# time that it wants Python's lock back
_TURN = 0.0002
_SUFFIXES = (*sources.FORMATS, ".rq")


def run(settings: Settings, ready: Connection) -> None:
    """Build, tell `ready` that this is done, and watch if the settings say so."""
    processes.ignore_interrupt()
    processes.end_with_parent()
    sys.setswitchinterval(_TURN)
    found = _begun(settings)
    second.ask(settings)
    ready.send(True)
    ready.close()
    if settings.watch:
        watch(settings, found)
    else:
        recorder.record(settings)


def _begun(settings: Settings) -> Sequence[Problem]:
    """What the first build finds; it is made in a process of its own.

    It may be a build of everything, which leaves memory behind that no edit needs.
    """
    context = multiprocessing.get_context("fork")
    heard, said = context.Pipe(duplex=False)
    building = context.Process(target=_begin, args=(settings, said))
    building.start()
    said.close()
    try:
        found: Sequence[Problem] = heard.recv()
    except EOFError:
        building.join()
        sys.exit(building.exitcode or 1)
    building.join()
    return found


def _begin(settings: Settings, said: Connection) -> None:
    processes.end_with_parent()
    # where it cannot be taken away, the build says why
    with contextlib.suppress(OSError):
        damaged = damage.clear(settings.state)
        if damaged:
            _say(damaged)
    said.send(build(settings))


def build(settings: Settings, before: Sequence[Problem] = ()) -> Sequence[Problem]:
    """Build, tell the terminal what came of it, and give what is wrong now.

    Of what was wrong before it tells what is mended; where nothing is different, it
    does not say the same again.
    """
    began = time.perf_counter()
    try:
        built = snapshot.build(settings)
    except OSError as fault:
        _say(f"not built: {fault}. The next save tries again.")
        return before
    mended = problem.without(rule.lasting(before), built.problems)
    for each in mended[:_TOLD]:
        _say(f"mended: {each.place}: {each.message} [{each.code}]")
    if len(mended) > _TOLD:
        _say(f"mended: {problem.counted(len(mended) - _TOLD, 'more finding')}")
    if built.fresh or (not built.served and built.problems != tuple(before)):
        _say(built.as_text(time.perf_counter() - began))
    return built.problems


def watch(settings: Settings, found: Sequence[Problem] = ()) -> None:
    """Build anew whenever a file that matters is saved, moved or taken away."""
    changes = watchfiles.watch(
        settings.folder,
        watch_filter=lambda _, path: _matters(settings.folder, Path(path)),
        debounce=_GATHER,
        step=_STEP,
        rust_timeout=_IDLE,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    looked = prepared = False
    recording = recorder.Recorder(settings)
    for change in changes:
        # The first idle look catches what was saved before the watch had begun.
        committed = recording.look() and settings.provenance
        if change or committed or not looked:
            found = build(settings, found)
            second.ask(settings)
            recording.look()
        if change and not prepared:
            validation.prepare(sources.find(settings))
        prepared = prepared or bool(change)
        if change or not looked:
            memory.give_back()
        looked = True
        if any(Path(path).name == FILE for _, path in change):
            _say(_of_settings(settings.folder))


def _of_settings(folder: Path) -> str:
    """What to say where the settings were saved; a server keeps those it began with."""
    try:
        setting.read(folder)
    except setting.SettingsError as fault:
        return f"{fault}\nUntil that is mended, kgserver does not start again."
    return f"{FILE} was saved: start kgserver again to use what it says."


def _matters(folder: Path, path: Path) -> bool:
    """Whether a change may be one of what is served.

    Of a folder that comes or goes with all that is in it, itself alone may be told.
    """
    below = path.relative_to(folder).parts if path.is_relative_to(folder) else ()
    hidden = STATE in below or any(part.startswith(".") for part in below)
    if hidden:
        return False
    file = path.suffix in _SUFFIXES or path.name == FILE
    return file or not path.is_file()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
