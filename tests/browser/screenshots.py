"""Take the README's pictures: `python -m tests.browser.screenshots`.

Chromium draws them from the running server.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.processes import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "tests" / "screenshots"
ID = "https://w3id.org/cityexchange/id/"
SISTER = quote("https://w3id.org/cityexchange/ontology#sisterCity")
EXAMPLE = (ROOT / "queries/examples/05-host-cities-on-a-map.rq").read_text("utf-8")
# The query without the comments above it, so that the answer is in sight.
HOSTS = EXAMPLE[EXAMPLE.index("PREFIX") :]
_MOST = 150_000  # bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it is seen in a window; `tab` is the view of an answer to choose."""

    name: str
    path: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    tab: str = ""


PICTURES = (
    Picture("entity", "/page/changchun", 1000, 720),
    Picture("editor", f"/sparql?query={quote(HOSTS)}", 1000, 960, tab="Map"),
    Picture("why", f"/why?s={ID}wolfsburg&p={SISTER}&o={ID}changchun", 1000, 560),
    Picture("ontology", "/ontology", 1000, 800),
    Picture("phone", "/page/changchun?lang=zh-Hans", 390, 780, scheme="dark"),
)


def take() -> None:
    """Serve the shipped graph and write each picture to `tests/screenshots/`."""
    with serving(ROOT, "--no-watch") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for picture in PICTURES:
            drawn = _draw(browser, server.base, picture)
            if len(drawn) > _MOST:
                message = (
                    f"{picture.name} has {len(drawn)} bytes; {_MOST} are the limit"
                )
                raise ValueError(message)
            (PLACE / f"{picture.name}.png").write_bytes(drawn)
        browser.close()


def _draw(browser: Browser, base: str, picture: Picture) -> bytes:
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
    )
    page.goto(base + picture.path, wait_until="networkidle")
    if picture.tab:
        page.get_by_role("tab", name=picture.tab).click()
        page.get_by_role("tabpanel").locator("svg").wait_for()
    return page.screenshot()


if __name__ == "__main__":
    take()
