"""Take the README's pictures: `python -m tests.browser.screenshots`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.processes import serving

ROOT = Path(__file__).parents[2]
# file, page, width and height in pixels
PICTURES = (("entity", "/page/changchun", 1080, 900),)


def take() -> None:
    """Serve the shipped graph and write each picture to `tests/screenshots/`."""
    with serving(ROOT, "--no-watch") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, path, width, height in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(server.base + path)
            page.screenshot(path=ROOT / "tests" / "screenshots" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    take()
