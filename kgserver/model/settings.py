"""The settings of one folder: defaults, then `kgserver.toml`, then the environment.

The last one wins. A key that is not known is an error, with the nearest known one
named.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgserver.model import names, rule
from kgserver.model.limits import Limits, setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Value = str | int | bool | tuple[str, ...]

FILE = "kgserver.toml"
PREFIX = "KGSERVER_"
STATE = ".kgserver"

_TRUTHS = {
    "true": True,
    "yes": True,
    "1": True,
    "false": False,
    "no": False,
    "0": False,
}
_CHOICES = {
    "reasoning": ("rules", "owlrl", "rdfs", "none"),
    "default_graph": ("merged", "own"),
    "dereference": ("303", "200"),
}
_WEB = r"https?://[^\s<>\"{}|^`\\#?]+"
_KINDS = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    tuple: "a list of texts",
}


class SettingsError(Exception):
    """A setting or folder that cannot be used: which, where, and what to do."""


@dataclass(frozen=True)
class Settings(Limits):
    """Everything that may be set; the folder alone has no default."""

    folder: Path
    base_iri: str = setting(
        "http://127.0.0.1:8000/",
        "what every IRI of this graph begins with; ends in a slash",
    )
    title: str = setting("Knowledge graph", "the name of the graph on its pages")
    description: str = setting(
        "", "one or two sentences about the graph, in plain text"
    )
    licence: str = setting("", "the IRI of the licence that the data is under")
    creators: tuple[str, ...] = setting((), "who made the data: IRIs, or names")
    publisher: str = setting("", "who publishes the data: an IRI, or a name")
    contact: str = setting("", "where questions go: a mailto: or web address")
    public_url: str = setting(
        "", "where the world reaches this server; none is where it is asked"
    )
    dereference: str = setting(
        "303", "how `/id/` answers: 303 (leads to a document) or 200 (is one)"
    )
    host: str = setting("127.0.0.1", "the address to listen on; 0.0.0.0 is all")
    port: int = setting(8000, "the port to listen on; 0 is any that is free")
    watch: bool = setting(True, "build anew when a file of the folder is saved")
    reasoning: str = setting(
        "rules", "what draws conclusions: rules, owlrl (slow), rdfs or none"
    )
    reasoning_excludes: tuple[str, ...] = setting(
        (), "files that no conclusion is drawn from, as globs"
    )
    ignore: tuple[str, ...] = setting(
        (), "rules of `check` that are switched off: rule, or rule:glob of files"
    )
    default_graph: str = setting(
        "merged", "merged (asserted and inferred) or own (what .nq and .trig put there)"
    )
    provenance: bool = setting(
        False,
        "put who wrote each statement (file, line, commit, author, date) into the "
        "graph {base_iri}graph/provenance",
    )
    keep_versions: int = setting(10, "how many versions stay on disk and can be asked")
    kept_responses: int = setting(
        64, "MiB of finished responses kept in memory; 0 keeps none"
    )
    helpers: int = setting(
        7,
        "processes, one for each further processor, that answer lookups and what is "
        "kept while much of that is asked; 0 has none",
    )
    access_log: str = setting(
        "", "file in the folder that notes each request; - is stderr"
    )
    slow_query_seconds: int = setting(
        10, "from when on a query is noted as slow; 0 notes none"
    )
    log_queries: bool = setting(False, "write the text of queries into the log")

    @property
    def names(self) -> names.Names:
        """How the IRIs of this graph and the paths of the server answer each other."""
        return names.Names(self.base_iri)

    @property
    def state(self) -> Path:
        """Where built state lives: in the folder, or in the user's cache."""
        if (self.folder / STATE).is_dir() or os.access(self.folder, os.W_OK):
            return self.folder / STATE
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return cache / "kgserver" / re.sub(r"\W+", "-", str(self.folder)).strip("-")


# those of the folder first, then those of its queries
KEYS: Mapping[str, Value] = {
    f.name: f.default
    for f in sorted(fields(Settings), key=lambda f: bool(f.kw_only))
    if isinstance(f.default, str | int | tuple)
}
MEANINGS: Mapping[str, str] = {
    f.name: f.metadata["means"] for f in fields(Settings) if f.name in KEYS
}


def read(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a folder.

    Raises SettingsError for a folder that is not there and for any key or value that
    cannot be used.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        msg = f"{folder} {what}. Name a folder that holds Turtle files."
        raise SettingsError(msg)
    given: dict[str, Any] = {
        **_from_file(folder / FILE),
        **_from_environment(environment),
    }
    return _checked(Settings(folder=folder.resolve(), **given))


def _from_file(path: Path) -> dict[str, Value]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        msg = f"{path} is not valid TOML: {fault}."
        raise SettingsError(msg) from fault
    return {key: _fitted(key, value, str(path)) for key, value in table.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Value]:
    found = {}
    for variable in sorted(environment):
        key = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and key in KEYS:
            found[key] = _fitted(key, _read_text(key, environment[variable]), variable)
    return found


def _read_text(key: str, text: str) -> object:
    """What a variable's text means for a key; a text that does not fit stays a text."""
    kind = type(KEYS[key])
    if kind is bool:
        return _TRUTHS.get(text.lower(), text)
    if kind is int:
        return int(text) if text.isdecimal() else text
    return [part for part in text.split(",") if part] if kind is tuple else text


def _fitted(key: str, value: object, where: str) -> Value:
    """The value as its key's type; raises SettingsError that says where it stands."""
    if key not in KEYS:
        near = names.nearest(key, KEYS)
        hint = f"Did you mean {near}?" if near else f"Known: {', '.join(KEYS)}."
        msg = f"{where}: unknown setting {key!r}. {hint}"
        raise SettingsError(msg)
    kind = type(KEYS[key])
    if (
        kind is tuple
        and isinstance(value, list)
        and all(isinstance(v, str) for v in value)
    ):
        return tuple(value)
    if type(value) is not kind or kind is tuple:
        msg = f"{where}: {key} must be {_KINDS[kind]}, not {value!r}."
        raise SettingsError(msg)
    choices = _CHOICES.get(key)
    if choices and value not in choices:
        msg = f"{where}: {key} must be one of {', '.join(choices)}, not {value!r}."
        raise SettingsError(msg)
    return value


def _checked(settings: Settings) -> Settings:
    """The settings, if their values make sense together."""
    for fault in _faults(settings):
        raise SettingsError(fault)
    return settings


def _faults(settings: Settings) -> Iterator[str]:
    base, public = settings.base_iri, settings.public_url
    if not re.fullmatch(_WEB + "/", base):
        yield f"base_iri must be an http(s) IRI that ends in a slash, not {base!r}."
    if public and not re.fullmatch(_WEB + "/", public):
        yield f"public_url must be an http(s) address that ends in /, not {public!r}."
    if not 0 <= settings.port <= 65535:
        yield f"port must be between 0 and 65535, not {settings.port}."
    if settings.engine_workers < 1:
        yield "engine_workers must be at least 1: something has to answer queries."
    if settings.keep_versions < 2:
        yield "keep_versions must be at least 2: the one in service, and one before."
    checks = {path.stem for path in settings.folder.glob("queries/checks/*.rq")}
    yield from (f"ignore: {fault}" for fault in rule.faults(settings.ignore, checks))
