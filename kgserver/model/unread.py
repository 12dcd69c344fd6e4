"""Trouble with a request that cannot be read to its end is a Refusal, too."""

from __future__ import annotations

from kgserver.model.refusal import Refusal


class TargetTooLong(Refusal):
    """The address that is asked for is over the limit."""

    title = "The address is too long"


class HeadTooLarge(Refusal):
    """The header fields of the request are over the limit."""

    title = "The header fields are too large"


class TooLate(Refusal):
    """The request did not come to its end in time."""

    title = "The request took too long to come"
