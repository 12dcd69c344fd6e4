"""A real Chromium on the real server; without one these tests are left out, loudly."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.processes import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.processes import Server

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
REQUIRED = os.environ.get("KGSERVER_REQUIRE_BROWSER") == "1"
HOW = "no Chromium was found; apt-get install chromium fonts-noto-cjk, or set CHROMIUM"
# Any name but loopback fails to resolve, so that a request elsewhere cannot hide.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

# No test measures time: what is expected may take long on a machine with much to do.
expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session", autouse=True)
def browser_is_there() -> None:
    """Leave the tests out where there is no browser; fail where one must be."""
    if not CHROMIUM and REQUIRED:
        pytest.fail(HOW)
    if not CHROMIUM:
        pytest.skip(HOW)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
) -> dict[str, Any]:
    """The Chromium of the system."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def base_url(server: Server) -> str:
    """Where the pages are."""
    return server.base


@pytest.fixture
def here(base_url: str) -> str:
    """The server that a test's pages are of; a module may have another of its own."""
    return base_url


@pytest.fixture
def clean(page: Page, here: str) -> Iterator[Page]:
    """A page that must ask no other host and write nothing to the console."""
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda fault: trouble.append(str(fault)))
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(here) else trouble.append(asked.url),
    )
    yield page
    assert trouble == []
