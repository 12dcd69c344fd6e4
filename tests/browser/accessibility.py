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
# What the tab key stops at without being seen, or out of the order of the page.
_LOST = """() => {
  const stops = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), textarea, summary, [tabindex]");
  const lost = (each) => {
    if (each.tabIndex < 0 || each.disabled || !each.checkVisibility()) return false;
    each.focus({ focusVisible: true });
    const ringed = getComputedStyle(each).outlineStyle !== "none";
    const size = each.getBoundingClientRect();
    const seen = (ringed || each.closest(".cm-editor")) && size.width && size.height;
    return each.tabIndex > 0 || document.activeElement !== each || !seen;
  };
  return [...stops].filter(lost).map((each) => each.outerHTML.slice(0, 200));
}"""


def check(page: Page) -> None:
    """axe finds nothing in either scheme, headings are in order, whatever has the focus
    shows it, nothing moves, and at the width of a phone the page scrolls down only.
    """
    levels = page.locator("h1, h2, h3, h4").evaluate_all(
        "list => list.filter(each => !each.hidden).map(each => Number(each.tagName[1]))"
    )
    found = [_faults(page, scheme) for scheme in ("light", "dark")]
    lost = page.evaluate(_LOST)
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate("document.getAnimations().length")
    page.set_viewport_size({"width": _PHONE, "height": 800})

    assert not any(found), "\n".join(found)
    assert lost == []
    assert moving == 0
    assert [level for level in levels if level == 1] == levels[:1]
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE


def _faults(page: Page, scheme: Literal["light", "dark"]) -> str:
    """What axe finds, in words; nothing is an empty text."""
    page.emulate_media(color_scheme=scheme)
    found = Axe().run(page, options=_ASKED)
    return found.generate_report() if found.violations_count else ""
