"""The scripts of the pages: their words, their own tests, how they are sent."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kgserver
from kgserver.serve.frame import assets, messages

if TYPE_CHECKING:
    from flask.testing import FlaskClient

FRONTEND = Path(kgserver.__file__).parent / "frontend"
SOURCES = [path.read_text("utf-8") for path in (FRONTEND / "src").rglob("*.js")]
ELEMENT = re.compile(r'<script type="module" src="([^"]+)" integrity="sha384-([^"]+)"')

built = pytest.mark.skipif(
    not assets.digest(), reason="no scripts are built: python hatch_build.py"
)


@pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed")
def test_what_needs_no_browser_holds() -> None:
    """Where the cursor stands in a query, what a map is told: Node's test runner."""
    done = subprocess.run(
        ["node", "--test"], cwd=FRONTEND, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert re.search(r"# tests [1-9]", done.stdout) or "tests" in done.stdout


def test_scripts_say_what_the_catalogue_holds() -> None:
    """No word without a message, no message that no script says."""
    text = "\n".join(SOURCES)
    asked = set(re.findall(r'\bsay\("([\w-]+)"', text))
    known = set(messages.room("editor", "en"))
    literal = set(re.findall(r'"([\w-]+)"', text))
    copied = {name for name in known if name.startswith("copy-")}

    assert asked - known == set()
    assert known - literal - copied == set()


def test_every_source_opens_with_a_sentence() -> None:
    """What the module is, in one line."""
    assert all(re.match(r"// [A-Z].*[.:,a-z]\n", source) for source in SOURCES)


def test_no_source_imports_itself_round_about() -> None:
    """What is imported at once and what is loaded later: no arrow leads back."""
    said = re.compile(r'(?:from |import\()"(\.[^"]+)"')
    needs = {
        path: {
            (path.parent / name).resolve() for name in said.findall(path.read_text())
        }
        for path in (FRONTEND / "src").resolve().rglob("*.js")
    }
    while free := [path for path, rest in needs.items() if not rest & needs.keys()]:
        for path in free:
            del needs[path]

    assert needs == {}


@built
def test_a_script_is_the_one_that_the_page_means(client: FlaskClient) -> None:
    """Its digest is in the page, and it may be kept for good."""
    found = ELEMENT.search(client.get("/sparql", headers={"Accept": "text/html"}).text)
    assert found
    response = client.get(found[1])
    digest = base64.b64encode(hashlib.sha384(response.data).digest()).decode()

    assert digest == found[2]
    assert "immutable" in response.headers["Cache-Control"]
    assert response.content_type.startswith("text/javascript")


def test_the_style_is_at_another_address_when_it_is_another(
    client: FlaskClient,
) -> None:
    """No browser takes the style of an earlier release for that of a page."""
    (address,) = re.findall(
        r'<link rel="stylesheet" href="([^"]+)"', client.get("/").text
    )
    digest = hashlib.blake2b(
        client.get(address, buffered=True).data, digest_size=8
    ).hexdigest()

    assert address.endswith(f"?v={digest}")


@built
def test_a_script_travels_compressed(client: FlaskClient) -> None:
    """A third of its size, to whoever reads it so, and whole to whoever does not."""
    found = ELEMENT.search(client.get("/sparql", headers={"Accept": "text/html"}).text)
    assert found
    sizes = {
        encoding: len(client.get(found[1], headers={"Accept-Encoding": encoding}).data)
        for encoding in ("br", "gzip", "identity", "br;q=0, gzip;q=0")
    }

    assert sizes["br"] < sizes["gzip"] < sizes["identity"] / 2
    assert sizes["gzip"] < 165_000
    assert sizes["br;q=0, gzip;q=0"] == sizes["identity"]


@built
@pytest.mark.parametrize("name", ["manifest.json", "nothing.js", "..%2F..%2Fapp.py"])
def test_nothing_but_what_is_built_is_sent_from_there(
    client: FlaskClient, name: str
) -> None:
    """No other file, and none outside."""
    assert client.get(f"/static/dist/{name}").status_code == 404


def test_the_packages_that_are_bundled_may_be(client: FlaskClient) -> None:
    """Their licences ask for a notice, and the notice travels along."""
    if not assets.digest():
        pytest.skip("no scripts are built")
    notices = client.get("/static/dist/THIRD_PARTY_LICENSES.txt").text

    assert "@codemirror/view" in notices
    assert set(re.findall(r"^\S+ [\d.]+ \((.+)\)$", notices, re.MULTILINE)) <= {
        "MIT",
        "ISC",
        "BSD-3-Clause",
    }
