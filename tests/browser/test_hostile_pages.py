"""In a real browser nothing of a hostile name runs, loads or leads away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import test_hostile_pages as hostile
from tests.processes import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.processes import Server

# So many are looked at together.
SOME = 12
PATHS = [
    path
    for path in hostile.pages()
    if path in hostile.PAGES or path.startswith(("/page/t", "/resource"))
]
PARTS = [PATHS[at : at + SOME] for at in range(0, len(PATHS), SOME)]
# Whatever ran, or was kept from running, says so here.
WATCHING = """
    window.alert = window.confirm = window.prompt = () => console.error("ran");
    document.addEventListener("securitypolicyviolation", (event) =>
        console.error("policy", event.violatedDirective, event.blockedURI));
"""


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The folder whose every name is an attack, served."""
    settings = hostile.write(tmp_path_factory.mktemp("hostile"), hostile=True)
    with serving(settings.folder, "--no-watch") as running:
        yield running


@pytest.mark.parametrize("paths", PARTS, ids=lambda paths: paths[0])
def test_nothing_runs_and_nobody_else_is_asked(
    page: Page, hostile_server: Server, paths: list[str]
) -> None:
    """No script of theirs, no report of the policy, no word in the console."""
    trouble: list[str] = []
    page.add_init_script(WATCHING)
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda fault: trouble.append(str(fault)))
    page.on("dialog", lambda dialog: trouble.append(dialog.message))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(hostile_server.base)
            else trouble.append(asked.url)
        ),
    )
    for path in paths:
        busy = path in hostile.PAGES  # with scripts of ours, which ask for more
        answer = page.goto(
            hostile_server.base + path, wait_until="networkidle" if busy else "load"
        )
        assert answer
        assert answer.status == 200, path
        assert page.url.startswith(hostile_server.base + path.partition("?")[0])
        for detail in page.locator("details > summary").all()[:5]:
            detail.evaluate("it => it.parentElement.open = true")
        assert trouble == [], path
