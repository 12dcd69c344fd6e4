"""Settings: defaults, then the file, then the environment; what is wrong is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgserver.model import settings as setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings


def test_every_key_has_a_default(make_folder: Callable[..., Settings]) -> None:
    """A folder without kgserver.toml can be served."""
    settings = make_folder({"graph/a.ttl": ""})

    assert {key: getattr(settings, key) for key in setting.KEYS} == dict(setting.KEYS)


def test_the_environment_wins_over_the_file(
    make_folder: Callable[..., Settings],
) -> None:
    """Numbers, truths and lists are read from text."""
    toml = 'port = 1\nwatch = true\ntitle = "file"\nreasoning_excludes = ["a"]\n'
    settings = make_folder(
        {setting.FILE: toml},
        {
            "KGSERVER_PORT": "2",
            "KGSERVER_WATCH": "no",
            "KGSERVER_REASONING_EXCLUDES": "b,c",
            "KGSERVER_UNRELATED": "x",
        },
    )

    assert (settings.port, settings.watch, settings.title) == (2, False, "file")
    assert settings.reasoning_excludes == ("b", "c")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (
            'base_irl = "http://e/"',
            "unknown setting 'base_irl'. Did you mean base_iri?",
        ),
        ("zzz = 1", "unknown setting 'zzz'. Known: base_iri, title,"),
        ('port = "x"', "port must be a whole number, not 'x'."),
        ("port = true", "port must be a whole number, not True."),
        ("port = 70000", "port must be between 0 and 65535, not 70000."),
        ("watch = 1", "watch must be true or false, not 1."),
        ("title = 7", "title must be text, not 7."),
        ('reasoning_excludes = "a"', "must be a list of texts, not 'a'."),
        ('reasoning = "magic"', "reasoning must be one of rules, owlrl, rdfs, none"),
        (
            'base_iri = "http://e"',
            "base_iri must be an http(s) IRI that ends in a slash",
        ),
        (
            'base_iri = "ftp://e/"',
            "base_iri must be an http(s) IRI that ends in a slash",
        ),
        ("keep_versions = 1", "keep_versions must be at least 2"),
        ("port = ", "is not valid TOML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(
    make_folder: Callable[..., Settings], toml: str, said: str
) -> None:
    """Which key, what it must be, and where an unknown one was meant."""
    with pytest.raises(setting.SettingsError) as raised:
        make_folder({setting.FILE: toml})

    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [("nowhere", "does not exist"), ("file", "is a file, not a folder")],
)
def test_a_folder_that_is_none_is_told(tmp_path: Path, path: str, said: str) -> None:
    """A missing folder and a file in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(setting.SettingsError, match=said):
        setting.read(tmp_path / path)
