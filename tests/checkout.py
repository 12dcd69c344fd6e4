"""A git checkout of a test's own: files are written and committed as a person does."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_WHO = {
    "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
}  # fmt: skip


class Checkout:
    """A folder under git; commits are a day apart, from 1 January 2030 on."""

    def __init__(self, top: Path, folder: Path | None = None) -> None:
        self.top, self.folder = top, folder or top
        self.folder.mkdir(parents=True, exist_ok=True)
        self.day = 0
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, **environment: str) -> str:
        """What git prints."""
        done = subprocess.run(
            ["git", "-C", str(self.top), *arguments],
            env={**os.environ, **_WHO, **environment},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: dict[str, str | None]) -> None:
        """Write files of the folder, or take them away where there is no text."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")

    def commit(
        self, files: dict[str, str | None], message: str = "", author: str = "Ada"
    ) -> str:
        """Commit files; the commit's id."""
        self.write(files)
        self.day += 1
        when = f"2030-01-{self.day:02}T12:00:00+02:00"
        self.git("add", "-A")
        self.git(
            "commit", "-q", "--allow-empty", "-m", message or f"day {self.day}",
            GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when, GIT_AUTHOR_NAME=author,
        )  # fmt: skip
        return self.git("rev-parse", "HEAD")
