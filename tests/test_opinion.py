"""The second opinion: owlrl is asked about an ontology once, and nobody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from kgserver.cli import main
from kgserver.load import opinion, snapshot, versions
from tests.processes import serving, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgserver.model.settings import Settings

HEAD = """
@prefix : <http://127.0.0.1:8000/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
# owlrl takes no account of the last property of a key, and so makes these two one.
KEY = f"""{HEAD}@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
owl:ObjectProperty owl:hasKey ( rdfs:domain ) .
:in a owl:ObjectProperty ; rdfs:domain :City .
:near a owl:ObjectProperty ; rdfs:domain :Village ."""
AGREED = f"{HEAD}:in a owl:TransitiveProperty ; owl:inverseOf :holds ."


def codes(settings: Settings) -> list[str]:
    """The opinion among what the last build found, as the pages show it."""
    found = versions.last_attempt(settings.state)[1]
    return [each.code for each in found if each.code == "schema-second-opinion"]


def test_a_difference_is_a_warning_that_names_the_triples(
    make_folder: Callable[..., Settings],
) -> None:
    """It comes after the version, stays through later saves, and keeps nothing out."""
    settings = make_folder({"ontology/o.ttl": KEY, "graph/a.ttl": f"{HEAD}:a :in :b ."})
    assert snapshot.build(settings).served
    before = codes(settings)
    opinion.note(settings.state)
    told = versions.last_attempt(settings.state)[1][-1]
    make_folder({"graph/a.ttl": f"{HEAD}:a :in :c ."})
    built = snapshot.build(settings)

    assert before == []
    assert told.severity == "warning"
    assert "only owlrl derives" in told.message
    assert "in sameAs near" in told.message
    assert built.served
    assert codes(settings) == ["schema-second-opinion"]


def test_an_ontology_is_asked_about_once(make_folder: Callable[..., Settings]) -> None:
    """What was found is remembered until the ontology is another one."""
    settings = make_folder({"ontology/o.ttl": AGREED, "graph/a.ttl": HEAD})
    snapshot.build(settings)
    first = opinion.recalled(settings)
    opinion.note(settings.state)
    make_folder({"graph/a.ttl": f"{HEAD}:a :in :c ."})
    snapshot.build(settings)
    second = opinion.recalled(settings)
    make_folder({"ontology/o.ttl": KEY})
    snapshot.build(settings)

    assert first is None
    assert second == ()
    assert opinion.recalled(settings) is None


def test_other_engines_are_not_compared(make_folder: Callable[..., Settings]) -> None:
    """RDFS draws fewer conclusions, and is meant to."""
    environment = {"KGSERVER_REASONING": "rdfs"}
    settings = make_folder({"ontology/o.ttl": KEY, "graph/a.ttl": HEAD}, environment)
    snapshot.build(settings)

    assert opinion.recalled(settings) == ()
    assert opinion.asked(settings) == ()


def test_build_and_check_tell_the_difference(
    make_folder: Callable[..., Settings],
) -> None:
    """The build when its version is in service; the check with all other findings."""
    settings = make_folder({"ontology/o.ttl": KEY, "graph/a.ttl": HEAD})
    folder = str(settings.folder)
    checked = CliRunner().invoke(main, ["check", folder])
    built = CliRunner().invoke(main, ["build", folder])

    assert "schema-second-opinion" in checked.output
    assert checked.exit_code == 0
    assert "schema-second-opinion" in built.output
    assert built.output.index("is in service") < built.output.index("second-opinion")


def test_the_server_asks_by_a_process_of_its_own(
    make_folder: Callable[..., Settings],
) -> None:
    """What it found is noted a while after the version is in service."""
    settings = make_folder({"ontology/o.ttl": KEY, "graph/a.ttl": HEAD})
    with serving(settings.folder):
        wait_until(lambda: codes(settings) == ["schema-second-opinion"])


def test_whoever_switches_the_rule_off_is_not_told(
    make_folder: Callable[..., Settings],
) -> None:
    """Then nobody is asked either."""
    environment = {"KGSERVER_IGNORE": "schema-second-opinion"}
    settings = make_folder({"ontology/o.ttl": KEY, "graph/a.ttl": HEAD}, environment)
    snapshot.build(settings)

    assert opinion.recalled(settings) == ()
    assert opinion.asked(settings) == ()
    assert "schema-second-opinion" not in {
        problem.code for problem in snapshot.check(settings)
    }
