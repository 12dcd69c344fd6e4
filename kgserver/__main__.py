"""Run the commands as `python -m kgserver`."""

from __future__ import annotations

from kgserver.cli import main

main()
