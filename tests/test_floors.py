"""The stair holds: arrows point down, foreign libraries stay behind their doors."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kgserver

PACKAGE = Path(kgserver.__file__).parent
ROOMS = ("model", "load", "ask", "serve", "commands", "cli")

# library: the modules or rooms that may import it
DOORS: dict[str, tuple[str, ...]] = {
    "rdflib": ("load.bridge", "load.checking.shapes"),
    "pyshacl": ("load.checking.shapes",),
    "owlrl": ("load.reason",),
    "numpy": ("load.doctor", "load.reason", "load.publishing.survey"),
    "pyoxigraph": ("load", "ask", "serve"),
    "flask": ("serve",),
    "httptools": ("serve.wire",),
    "uvloop": ("serve.web", "serve.helping"),
    "markupsafe": ("serve",),
    "prometheus_client": ("serve.operations",),
    "watchfiles": ("serve.building.watch",),
    "werkzeug": ("model.media", "serve"),
    "click": ("cli", "commands"),
    "brotli": ("serve.front",),
    "zstandard": ("serve.front", "ask.documents.dumps"),
}
MODULES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py")
    and "frontend" not in path.parts  # built from by hatchling, no part of the package
)


def name_of(path: Path) -> str:
    """The module's name below the package, e.g. `load.turtle`."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def imports(path: Path) -> set[str]:
    """Every module that a file imports anywhere, ours without the package's name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("kgserver.") for name in found}


def floors() -> dict[str, int]:
    """The height of each module, read from the stair in the package's docstring."""
    lines = (kgserver.__doc__ or "").splitlines()
    stair = [
        line.partition("—")[0].split() for line in lines if line.startswith("    ")
    ]
    room, heights = "", {}
    for depth, words in enumerate(stair):
        for word in words:
            if word.endswith("/"):
                room = word[:-1] + "."
            else:
                heights[room + word] = -depth
    return heights


def floor_name(name: str) -> str:
    """The name under which the stair has a module; a folder of a room is one place."""
    return ".".join(name.split(".")[:2])


def own_imports(path: Path) -> set[str]:
    """The modules of ours that a file imports."""
    known = {name_of(module) for module in MODULES}
    packages = {name.rpartition(".")[0] for name in known} - {""}
    named = imports(path)
    exact = {name for name in named if name in known}
    values = {name.rpartition(".")[0] for name in named} & (known | packages)
    return (exact | values) - set(ROOMS)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_room_imports_only_from_rooms_below(path: Path) -> None:
    """`model`, `load`, `ask`, `serve` and the commands stand in this order."""
    room = ROOMS.index(name_of(path).partition(".")[0])
    above = {
        name for name in own_imports(path) if ROOMS.index(name.partition(".")[0]) > room
    }
    assert not above


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_within_a_room_arrows_point_down_the_stair(path: Path) -> None:
    """A module imports only from floors below its own."""
    heights = floors()
    own = floor_name(name_of(path))
    below = {floor_name(name) for name in own_imports(path)} - {own}

    assert not {name for name in below if heights[name] >= heights[own]}


def test_the_stair_names_every_module() -> None:
    """No module without a floor, no floor without a module."""
    assert floors().keys() == {floor_name(name_of(path)) for path in MODULES}


def test_imports_make_no_circle() -> None:
    """Following imports from any module never leads back to it."""
    graph = {name_of(path): own_imports(path) for path in MODULES}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " → ".join((*trail, name))
        if name not in done:
            for target in graph.get(name, ()):
                visit(target, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_foreign_libraries_stay_behind_their_doors(path: Path) -> None:
    """A library of the table is imported only where its door is."""
    own = name_of(path)
    heads = {name.partition(".")[0] for name in imports(path)}
    wrong = {
        library
        for library, doors in DOORS.items()
        if library in heads
        and not any(own == door or own.startswith(f"{door}.") for door in doors)
    }
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_keep_to_their_budgets(path: Path) -> None:
    """One sentence opens a module; it and its functions stay small."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    caption = (ast.get_docstring(tree) or "").split("\n\n")[0]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 40]
    wide = [f.name for f in functions if len(f.args.args + f.args.kwonlyargs) > 6]

    assert caption.endswith(".")
    assert text.count("\n") <= 260
    assert not long
    assert not wide
    assert "noqa" not in text


def test_the_web_process_does_without_the_builders_libraries() -> None:
    """Importing the application loads neither rdflib nor owlrl, pySHACL or numpy."""
    heavy = ["rdflib", "owlrl", "pyshacl", "numpy"]
    code = (
        "import sys, kgserver.serve.server;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
