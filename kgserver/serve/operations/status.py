"""`/status`: what is in service, how it came to be, and under which limits, as data."""

from __future__ import annotations

import datetime
import os
from dataclasses import asdict, fields
from pathlib import Path

import flask

from kgserver import __version__
from kgserver.ask.engine import role
from kgserver.ask.sparql.gate import guard
from kgserver.model import media
from kgserver.model.limits import Limits
from kgserver.model.refusal import NotAcceptable
from kgserver.serve.frame import site

status_page = flask.Blueprint("status_page", __name__)
_STARTED = datetime.datetime.now(datetime.UTC)
_JSON = media.Media("application/json", "json", "JSON", "page")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@status_page.route("/status")
def status() -> flask.Response:
    """The state of the server, for people and for programs."""
    accept = flask.request.headers.get("Accept", "")
    form = media.choose(accept, (_JSON, media.HTML))
    if form is None:
        raise NotAcceptable(accept, [_JSON.type, media.HTML.type])
    found = _found()
    if form is media.HTML:
        return site.page("status.html", status=found)
    response: flask.Response = flask.jsonify(found)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _found() -> dict[str, object]:
    snapshot, settings = site.dataset().snapshot, site.settings()
    served, problems = site.live().last_attempt()
    now = datetime.datetime.now(datetime.UTC)
    limits = {each.name: getattr(settings, each.name) for each in fields(Limits)}
    limits.pop("trusted_proxies")
    guarded = {each.name: each.most for each in (guard.LENGTH, *guard.LIMITS.values())}
    return {
        "software": f"kgserver {__version__}",
        "title": settings.title,
        "version": snapshot.version,
        "digest": snapshot.digest,
        "created": snapshot.created,
        "uptime_seconds": int((now - _STARTED).total_seconds()),
        "triples": asdict(snapshot.counts),
        "last_build": {
            "served": served,
            "errors": sum(problem.fatal for problem in problems),
            "findings": len(problems),
        },
        "processes": _processes(),
        "limits": limits,
        "query_limits": guarded,
    }


def _processes() -> list[dict[str, object]]:
    """The processes of this server: the first one, and all that it has started."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields_ = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = int(fields_[1])
    top = os.getppid() if parents.get(os.getppid(), 1) != 0 else os.getpid()
    family = {os.getpid()}
    if "kgserver" in _command(top):
        family.add(top)
        while more := {p for p, up in parents.items() if up in family} - family:
            family |= more
    own = {top: "first", os.getpid(): "web"}
    return [
        {
            "pid": pid,
            "role": own.get(pid) or role.read(pid),
            "memory_bytes": _memory(pid),
        }
        for pid in sorted(family)
    ]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def _memory(pid: int) -> int:
    """Bytes that a process holds in memory, those that it shares among them."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
