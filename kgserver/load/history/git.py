"""The one door to git: which program is run, how, and what its refusals mean.

Only plumbing that reads is used. What a user's or a checkout's configuration may have
git run beside it (pagers, diff and text converters, file-system monitors, signature
checks, filters of the working tree, fetches of a partial clone) is turned off or not
asked for: files of the working tree are read by us, and only blobs by git.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_LINK = "120000"  # the mode of a symbolic link
_PATIENCE = 300  # seconds that one call may take
_OPTIONS = (
    "--no-pager", "--no-optional-locks", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false",
    "-c", "log.showSignature=false", "-c", "protocol.allow=never",
    "-c", "diff.external=", "-c", "core.quotePath=false", "-c", "log.mailmap=true",
    "-c", "diff.renames=false", "-c", "core.commitGraph=true",
    "-c", "blame.ignoreRevsFile=", "-c", "diff.orderFile=/dev/null",
)  # fmt: skip
# What a hook that runs kgserver leaves behind, and what names other programs.
_ELSEWHERE = re.compile(
    r"GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|NAMESPACE|PREFIX|CEILING_DIRECTORIES"
    r"|EXTERNAL_DIFF|PAGER|EDITOR|ASKPASS|SSH|SSH_COMMAND|PROXY_COMMAND|TRACE\w*"
    r"|LITERAL_PATHSPECS|GLOB_PATHSPECS|NOGLOB_PATHSPECS|ICASE_PATHSPECS)"
)
_SET = {
    "LC_ALL": "C",
    "TZ": "UTC",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}


class NoHistory(Exception):
    """There is no history to read: why, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout, and where in it the folder is that kgserver was given.

    `prefix` is the folder's path below `top`, with a slash at its end or empty; `head`
    is the id of the commit that is checked out.
    """

    top: Path
    prefix: str
    head: str
    shallow: bool

    def run(self, *arguments: str, given: bytes | None = None) -> bytes:
        """What git prints; raises NoHistory with its own words where it fails."""
        return _run(self.top, arguments, given)

    def blobs(self, ids: Iterable[str]) -> Iterator[bytes]:
        """The contents of blobs, in the order of their ids, one after the other."""
        command = _command(self.top, ("cat-file", "--batch"))
        with subprocess.Popen(
            command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin
            assert process.stdout
            for each in ids:
                process.stdin.write(f"{each}\n".encode())
                process.stdin.flush()
                head = process.stdout.readline().split()
                if len(head) != 3:
                    process.stdin.close()
                    msg = f"The object {each} is not in this checkout."
                    raise NoHistory(msg)
                yield process.stdout.read(int(head[2]))
                process.stdout.read(1)

    def files(self, commit: str) -> Iterator[tuple[str, str]]:
        """The files of the folder in a commit: paths below it, and blobs.

        Links and submodules are left out.
        """
        where = [self.prefix] if self.prefix else []
        listed = self.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *where)
        for line in os.fsdecode(listed).split("\0")[:-1]:
            about, _, path = line.partition("\t")
            mode, kind, blob = about.split()
            if kind == "blob" and mode != _LINK:
                yield path.removeprefix(self.prefix), blob

    def is_ancestor(self, earlier: str) -> bool:
        """Whether a commit, which may be unknown, lies behind the one checked out."""
        try:
            self.run("merge-base", "--is-ancestor", earlier, self.head)
        except NoHistory:
            return False
        return True


def find(folder: Path) -> Repository:
    """The checkout that a folder is in; raises NoHistory where it is in none."""
    asked = ("rev-parse", "--is-inside-work-tree", "--is-shallow-repository")
    inside, shallow = _run(folder, asked).decode().split()
    if inside != "true":
        msg = f"{folder} is in a bare repository, which has no files to compare with."
        raise NoHistory(msg)
    top, prefix = _paths(folder)
    try:
        head = _run(folder, ("rev-parse", "--verify", "--quiet", "HEAD^{commit}"))
    except NoHistory as fault:
        msg = f"{folder} is in a checkout without any commit yet."
        raise NoHistory(msg) from fault
    return Repository(top, prefix, head.decode().strip(), shallow == "true")


def directory(folder: Path) -> Path | None:
    """Where git keeps what it knows of a folder, looked up without running git.

    A file `.git` names it where the checkout is a worktree or a submodule.
    """
    for above in (folder, *folder.parents):
        marker = above / ".git"
        if marker.is_dir():
            return marker
        if marker.is_file():
            named = marker.read_text("utf-8", "replace").removeprefix("gitdir:").strip()
            return (above / named).resolve()
    return None


def marker(folder: Path) -> tuple[object, ...]:
    """What tells, without running git, whether a commit was made or checked out."""
    held = directory(folder)
    if held is None:
        return ()
    return tuple(
        (path.stat().st_mtime_ns, path.stat().st_size)
        for path in (held / "HEAD", held / "logs" / "HEAD")
        if path.is_file()
    )


def _paths(folder: Path) -> tuple[Path, str]:
    """The checkout's folder, and the folder's path in it; either may hold any byte."""
    top = _run(folder, ("rev-parse", "--show-toplevel"))
    prefix = _run(folder, ("rev-parse", "--show-prefix"))
    return Path(os.fsdecode(top[:-1])), os.fsdecode(prefix[:-1])


def _run(folder: Path, arguments: Iterable[str], given: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(
            _command(folder, arguments), input=given, capture_output=True,
            env=_environment(), timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except FileNotFoundError as fault:
        msg = "git is not installed, so nothing is known of earlier states."
        raise NoHistory(msg) from fault
    except subprocess.TimeoutExpired as fault:
        msg = f"git took longer than {_PATIENCE} s and was ended."
        raise NoHistory(msg) from fault
    if done.returncode:
        raise NoHistory(_why(folder, done.stderr.decode("utf-8", "replace").strip()))
    return done.stdout


def _command(folder: Path, arguments: Iterable[str]) -> list[str]:
    return ["git", *_OPTIONS, "-C", str(folder), *arguments]


def _environment() -> Mapping[str, str]:
    kept = {k: v for k, v in os.environ.items() if not _ELSEWHERE.fullmatch(k)}
    return {**kept, **_SET}


def _why(folder: Path, said: str) -> str:
    """What git's refusal means, for a person."""
    if "dubious ownership" in said:
        return (
            f"git does not read {folder}, since the checkout belongs to another user. "
            f"If you trust it: git config --global --add safe.directory {folder}"
        )
    if "not a git repository" in said:
        return f"{folder} is not in a git checkout, so nothing is known of its past."
    if "unknown revision" in said or "Needed a single revision" in said:
        return f"git knows no revision of that name: {said.splitlines()[-1]}"
    return f"git could not answer: {said or 'it gave no reason'}"
