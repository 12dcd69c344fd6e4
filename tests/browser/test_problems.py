"""An open page of problems shows the next build without being loaded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.processes import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from kgserver.model.settings import Settings


def test_a_broken_save_and_its_mending_are_shown(
    page: Page, make_folder: Callable[..., Settings]
) -> None:
    """The finding comes with the save, and goes with the next one, which is named."""
    good = "<http://e/a> <http://e/p> 1 .\n"
    folder = make_folder({"graph/a.ttl": good}).folder
    with serving(folder) as server:
        page.goto(f"{server.base}/problems")
        (folder / "graph/a.ttl").write_text("ex:a ex:p 1 .\n")
        page.get_by_text("graph/a.ttl:1:1").wait_for()
        (folder / "graph/a.ttl").write_text(good + good.replace("1", "2"))
        page.get_by_text("graph/a.ttl:1:1").wait_for(state="detached")
        page.get_by_role("contentinfo").get_by_text("Version 2").wait_for()
