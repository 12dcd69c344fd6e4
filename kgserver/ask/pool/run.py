"""One query on its way through the pool: waiting, running, ended, and who listens."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from kgserver.ask.pool.outcome import Outcome, new_id

if TYPE_CHECKING:
    from kgserver.ask.engine.task import Finish, Task
    from kgserver.model.refusal import Refusal


class Listener(Protocol):
    """Who is told how a query goes; called in the event loop."""

    def piece(self, run: Run, data: bytes) -> None:
        """A piece of an answer that is not complete yet."""

    def ended(self, run: Run, last: bytes) -> None:
        """The last piece; the answer is complete."""

    def failed(self, run: Run, fault: Refusal | SyntaxError) -> None:
        """There is no answer, or what came of it is cut short."""


class Flow(Protocol):
    """What brings the pieces, and can be told to wait."""

    def pause(self) -> None:
        """Bring no more for now."""

    def resume(self) -> None:
        """Go on."""


@dataclass(slots=True, eq=False)
class Run:
    """A query on its way. `client` is an address, or empty for the server's own.

    `wanted` is the version of the data that has to answer it, or a later one.
    """

    task: Task
    listener: Listener
    client: str = ""
    form: str = ""
    wanted: int = 0
    id: str = field(default_factory=new_id)
    lowered: bool = False  # its client gave it less time than it might have had
    born: float = field(default_factory=time.monotonic)
    began: float = 0.0
    tries: int = 0
    version: int = 0
    pieces: bool = False
    rows: int = 0
    size: int = 0
    ending: str = ""
    flow: Flow | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended, one way or another."""
        return bool(self.ending)

    def close(self, ending: str, finish: Finish | None = None) -> None:
        """Note how it ended."""
        self.ending, self.flow = ending, None
        if finish:
            self.rows, self.size = finish.rows, finish.size

    def outcome(self, limit: str = "") -> Outcome:
        """How it ended, for metrics and logs."""
        now = time.monotonic()
        return Outcome(
            id=self.id,
            form=self.form,
            ending=self.ending,
            limit=limit,
            seconds=now - self.born,
            waited=(self.began or now) - self.born,
            rows=self.rows,
            size=self.size,
            text=self.task.text,
            client=self.client,
        )
