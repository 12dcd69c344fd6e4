"""What clients use of their query time in a helper, until that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgserver.ask.pool.budget import Budget

if TYPE_CHECKING:
    from collections.abc import Mapping


class Spending(Budget):
    """A budget that knows what was charged since it was last asked."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self._spent: dict[str, tuple[float, float]] = {}

    def charge(self, client: str, seconds: float, longest: float = 0.0) -> None:
        """Take the time that a query used, and remember it."""
        super().charge(client, seconds, longest)
        if client:
            total, most = self._spent.get(client, (0.0, 0.0))
            self._spent[client] = total + seconds, max(most, longest or seconds)

    def take(self) -> Mapping[str, tuple[float, float]]:
        """The seconds of each client's queries together, and of the longest."""
        spent, self._spent = self._spent, {}
        return spent
