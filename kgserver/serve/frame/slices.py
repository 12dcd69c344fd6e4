"""Slices of what is too long for one page, by the parameter `page`."""

from __future__ import annotations

from dataclasses import dataclass

import flask

from kgserver.model.refusal import BadRequest


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of `size` out of `total`; `most` is where counting stopped, or 0."""

    page: int
    size: int
    total: int
    most: int = 0

    @classmethod
    def asked(cls, total: int, size: int, *, most: int = 0) -> Slice:
        """The slice that the request asks for; raises BadRequest for no number."""
        text = flask.request.args.get("page", "1")
        if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) < 10**8):
            raise BadRequest(f"page={text!r} is no number of a page.", "Count from 1.")
        return cls(int(text), size, total, most)

    @property
    def first(self) -> int:
        """The number of the first one in it, from 1."""
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of the last one in it."""
        return min(self.page * self.size, self.total)
