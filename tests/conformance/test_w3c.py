"""Nothing of the W3C's SPARQL tests fails but what `known.txt` gives a reason for.

The harness and the W3C's data lie outside this project: `make conformance W3C=…` names
the folder that holds `tools/conformance.py` and `w3c/`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DATA = Path(os.environ.get("W3C", HERE.parents[2] / "shared"))
HARNESS = DATA / "tools" / "conformance.py"
# The endpoint reads only; SERVICE asks no other endpoint unless it is allowed to.
OPTIONS = (
    "--mode", "local", "--app", "tests.conformance.application:make_app",
    "--load", "dir", "--suite", "query,results,protocol,sd", "--no-service",
    "--query-url", "http://localhost/sparql",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not HARNESS.exists(), reason=f"{HARNESS} is not at hand"
)


def test_only_what_is_known_fails(tmp_path: Path) -> None:
    """What fails is what is known: no test more, and none less."""
    report = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, str(HARNESS), *OPTIONS, "--json", str(report)],
        cwd=HERE.parents[1], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )  # fmt: skip
    outcomes = json.loads(report.read_text("utf-8"))["tests"]
    failed = {each["id"] for each in outcomes if each["outcome"] == "failed"}
    passed = sum(each["outcome"] == "passed" for each in outcomes)
    listed = (HERE / "known.txt").read_text("utf-8").splitlines()
    known = {line for line in listed if line and not line.startswith("#")}

    assert failed == known
    assert passed >= 1150
