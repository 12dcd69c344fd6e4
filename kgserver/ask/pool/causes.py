"""Why a query has no answer, in words: from what a worker said, or what ended it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from kgserver.ask.engine import unwritable
from kgserver.model.refusal import (
    BadRequest,
    Busy,
    EvaluationFailed,
    NotAcceptable,
    OverLimit,
    ServiceFailed,
    TooBig,
    TooMany,
    TooSlow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kgserver.ask.engine.task import Fault, Task
    from kgserver.model.limits import Limits
    from kgserver.model.refusal import Refusal

_NARROW = "Ask for less: more exact patterns, a LIMIT, or no ORDER BY over many rows."
_PAGES = "Ask in parts, with LIMIT and OFFSET, or take the dump of the whole graph."
# Trouble that lies in what is asked, whoever answers.
ASKED_WRONGLY = (SyntaxError, BadRequest, NotAcceptable)
# limit: its kind, what is said, what to do
_LIMITS: Mapping[str, tuple[type[OverLimit], str, str]] = {
    "query_seconds": (TooSlow, "The query ran longer than {} s.", _NARROW),
    "timeout": (
        TooSlow,
        "The query ran longer than the {} s that it was given.",
        "Give it more with the parameter timeout, or ask for less.",
    ),
    "query_cpu_seconds": (
        TooSlow,
        "The query took more than {} s of processor time.",
        _NARROW,
    ),
    "transfer_seconds": (
        TooSlow,
        "The answer was not received within {} s.",
        "Ask in parts, with LIMIT and OFFSET.",
    ),
    "query_memory": (TooBig, "The query took more than {} MB of memory.", _NARROW),
    "result_rows": (TooBig, "The answer has more than {} rows.", _PAGES),
    "result_megabytes": (TooBig, "The answer is longer than {} MB.", _PAGES),
}
_SIGNALS: Mapping[int, str] = {
    signal.SIGALRM: "query_seconds",
    signal.SIGPROF: "query_cpu_seconds",
    signal.SIGABRT: "query_memory",
}
_CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP)


def of_fault(fault: Fault, limits: Limits, asked: Task) -> Refusal | SyntaxError:
    """What a worker's own words mean; a task may have had a lower limit of size."""
    if fault.kind == "result_megabytes":
        return over(fault.kind, asked.size // (1024 * 1024))
    if fault.kind in _LIMITS:
        return over(fault.kind, getattr(limits, fault.kind))
    if fault.kind in _MEANINGS:
        return _MEANINGS[fault.kind](fault.said, asked)
    return EvaluationFailed(
        f"The engine gave up: {fault.said}", "Ask in another way, or for less."
    )


def of_status(
    status: int, task: Task, limits: Limits, *, lowered: bool
) -> Refusal | None:
    """What ended a worker, from its wait status; None where the query did not."""
    if not os.WIFSIGNALED(status):
        return None
    number = os.WTERMSIG(status)
    limit = _SIGNALS.get(number, "")
    if limit == "query_seconds" and lowered:
        return over("timeout", task.seconds)
    if limit:
        return over(limit, getattr(limits, limit))
    if number in _CRASHES:
        return EvaluationFailed(
            "The engine's process broke down over this query.",
            "Write it flatter, or ask in several queries.",
        )
    return None


def unanswered(said: str) -> ServiceFailed:
    """That an endpoint did not answer; what is said begins with its IRI."""
    return ServiceFailed(
        f"SERVICE did not get an answer from {said}",
        "Ask later, or write SERVICE SILENT to go on without that endpoint.",
    )


_MEANINGS: Mapping[str, Callable[[str, Task], Refusal | SyntaxError]] = {
    "syntax": lambda said, _: SyntaxError(said),
    "service": lambda said, _: unanswered(said),
    "format": lambda said, asked: unwritable.refusal(asked.form, said.split("\n")[0]),
    "graph": lambda said, _: BadRequest(*said.split("\n", 1)),
}


def over(limit: str, value: float) -> OverLimit:
    """The refusal that names a limit and its value."""
    kind, said, hint = _LIMITS[limit]
    return kind(limit, value, said.format(f"{value:g}" if value < 1e6 else value), hint)


def busy(limits: Limits) -> Busy:
    """That as many queries run and wait as may."""
    return Busy(
        f"{limits.engine_workers} queries run, and up to {limits.queue_length} wait.",
        "Ask again in some seconds.",
        limits.queue_seconds / 3,
    )


def too_many(limits: Limits, seconds: float) -> TooMany:
    """That a client has to wait so many seconds."""
    return TooMany(
        f"Your address has used its {limits.client_seconds} s of query time a minute.",
        "Ask more slowly, or for less.",
        seconds,
    )
