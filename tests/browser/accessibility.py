"""What each page must pass: axe in both schemes, headings in order, a narrow window."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Only what fails is told in full, which takes half the time.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ASKED = {"resultTypes": ["violations"], "runOnly": _RULES}
_PHONE = 390  # pixels


def check(page: Page) -> None:
    """axe finds nothing in either scheme, headings are in order, and at the width of a
    phone the page scrolls down only.
    """
    levels = page.locator("h1, h2, h3, h4").evaluate_all(
        "list => list.filter(each => !each.hidden).map(each => Number(each.tagName[1]))"
    )
    found = [_faults(page, scheme) for scheme in ("light", "dark")]
    page.set_viewport_size({"width": _PHONE, "height": 800})

    assert not any(found), "\n".join(found)
    assert [level for level in levels if level == 1] == levels[:1]
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE


def _faults(page: Page, scheme: Literal["light", "dark"]) -> str:
    """What axe finds, in words; nothing is an empty text."""
    page.emulate_media(color_scheme=scheme)
    found = Axe().run(page, options=_ASKED)
    return found.generate_report() if found.violations_count else ""
