"""History: what changed of an entity, by whom, as git knows it; and nothing is run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from kgserver import cli
from kgserver.load import snapshot, sources
from kgserver.load.history import blame, chronicle, git, ledger
from kgserver.model import settings as setting
from kgserver.serve.app import create_app
from kgserver.serve.building import recorder

from .checkout import Checkout
from .conftest import ROOT

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from kgserver.load.history.entries import Entry

A = "http://e/a"
HEAD = "@prefix : <http://e/> .\n"


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def past(checkout: Checkout, iri: str = A, **limits: int | str) -> tuple[Entry, ...]:
    """What is known of an entity, brought up to date first."""
    settings = setting.read(checkout.folder, {})
    chronicle.bring(settings)
    return chronicle.of(settings.state, iri, **limits)  # type: ignore[arg-type]


def told(entries: tuple[Entry, ...]) -> list[tuple[str, str]]:
    """Each change as its message and its statements, marked."""
    return [
        (
            entry.commit.summary if entry.commit else "",
            " ".join(
                [
                    *(f"-{triple.object}" for triple in entry.removed),
                    *(f"+{triple.object}" for triple in entry.added),
                ]
            ),
        )
        for entry in entries
    ]


def run(*arguments: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(cli.main, ["history", *arguments])


def test_statements_that_come_and_go_are_told(checkout: Checkout) -> None:
    """The newest first; what is not of the entity is not told."""
    checkout.commit({"graph/a.ttl": f'{HEAD}:a :p "1" .\n'}, "came")
    checkout.commit({"graph/a.ttl": f'{HEAD}:a :p "2" .\n:b :p "1" .\n'}, "changed")
    checkout.commit({"graph/a.ttl": f'{HEAD}:a :p "2" .\n:b :p "2" .\n'}, "of another")
    checkout.commit({"graph/a.ttl": None}, "went")

    assert told(past(checkout)) == [
        ("went", '-"2"'), ("changed", '-"1" +"2"'), ("came", '+"1"'),
    ]  # fmt: skip


def test_only_what_is_new_is_read(checkout: Checkout) -> None:
    """And comes to the same as reading all at once."""
    for number in range(4):
        checkout.commit({"graph/a.ttl": f"{HEAD}:a :p {number} .\n"})
        step = past(checkout)
    (setting.read(checkout.folder, {}).state / ledger.FILE).unlink()

    assert len(step) == 4
    assert past(checkout) == step


def test_a_renamed_file_and_a_moved_statement_are_no_change(checkout: Checkout) -> None:
    """A commit's files are looked at together."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 ; :q 2 .\n"}, "came")
    checkout.commit(
        {"graph/a.ttl": None, "graph/deep/b.ttl": f"{HEAD}:a :p 1 ; :q 2 .\n"},
        "renamed",
    )
    checkout.commit(
        {
            "graph/deep/b.ttl": f"{HEAD}:a :p 1 .\n",
            "graph/c.ttl": f"{HEAD}:a :q 2 .\n",
        },
        "moved",
    )

    assert [summary for summary, _ in told(past(checkout))] == ["came"]


def test_a_blank_node_is_known_by_what_is_said_of_it(checkout: Checkout) -> None:
    """One that comes before it changes nothing; what changes in it is the entity's."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p [ :q 1 ; :r [ :s 2 ] ] .\n"}, "came")
    checkout.commit(
        {"graph/a.ttl": f"{HEAD}:b :p [] .\n:a :p [ :q 1 ; :r [ :s 2 ] ] .\n"}, "before"
    )
    checkout.commit(
        {"graph/a.ttl": f"{HEAD}:b :p [] .\n:a :p [ :q 1 ; :r [ :s 3 ] ] .\n"}, "within"
    )

    assert [summary for summary, _ in told(past(checkout))] == ["within", "came"]


def test_a_merge_brings_its_commits(checkout: Checkout) -> None:
    """Each once, under the name of who wrote it."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"}, "came")
    past(checkout)
    checkout.git("checkout", "-q", "-b", "side")
    checkout.commit({"graph/b.ttl": f"{HEAD}:a :q 2 .\n"}, "aside", author="Bea")
    checkout.git("checkout", "-q", "main")
    checkout.commit({"graph/c.ttl": f"{HEAD}:a :q 3 .\n"}, "on")
    checkout.git("merge", "-q", "--no-edit", "side")

    assert sorted(told(past(checkout)))[0][0] == "aside"
    assert sorted(s for s, _ in told(past(checkout))) == ["aside", "came", "on"]


def test_a_past_that_was_rewritten_is_read_anew(checkout: Checkout) -> None:
    """What was taken back is not told."""
    first = checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"}, "came")
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 2 .\n"}, "regretted")
    assert len(past(checkout)) == 2
    checkout.git("reset", "-q", "--hard", first)
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 3 .\n"}, "instead")

    assert [summary for summary, _ in told(past(checkout))] == ["instead", "came"]


def test_limits_are_kept(checkout: Checkout) -> None:
    """How many, from which day on, how many newer ones are passed over."""
    for number in range(5):
        checkout.commit({"graph/a.ttl": f"{HEAD}:a :p {number} .\n"})

    assert [s for s, _ in told(past(checkout, limit=2))] == ["day 5", "day 4"]
    assert [s for s, _ in told(past(checkout, limit=2, before=2))] == ["day 3", "day 2"]
    assert len(past(checkout, since="2030-01-04")) == 2


def test_a_broken_past_is_read_as_far_as_it_goes(checkout: Checkout) -> None:
    """A commit with a fault in it says what can be read."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n:a :q ; .\n"}, "broken")
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"}, "mended")

    assert told(past(checkout))[-1][0] == "broken"


def test_the_folder_may_lie_deep_in_the_checkout(tmp_path: Path) -> None:
    """Files beside it are none of its past."""
    checkout = Checkout(tmp_path / "top", tmp_path / "top" / "data" / "ours")
    (checkout.top / "graph").mkdir()
    (checkout.top / "graph" / "a.ttl").write_text(f"{HEAD}:a :p 9 .\n")
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"}, "came")

    assert [len(entry.added) for entry in past(checkout)] == [1]


def test_the_command_tells_changes_and_what_is_not_committed(
    checkout: Checkout,
) -> None:
    """As text with prefixed names, or as objects with lines of N-Triples."""
    name = checkout.commit({"graph/a.ttl": f'{HEAD}:a :p "长春"@zh-Hans .\n'}, "came")
    checkout.write({"graph/a.ttl": f'{HEAD}:a :p "长春"@zh-Hans ; a :C .\n'})
    text = run(str(checkout.folder), f"<{A}>")
    objects = json.loads(run(str(checkout.folder), A, "--json").stdout)
    checkout.commit({}, "more")
    cut = run(str(checkout.folder), A, "--limit", "1")

    assert text.stdout.splitlines() == [
        "not committed yet",
        "  + a <http://e/C>",
        f"{name[:10]} 2030-01-01 Ada: came",
        '  + <http://e/p> "长春"@zh-Hans',
    ]
    assert "2 changes of <http://e/a>\n" in text.stderr
    assert "1 change of <http://e/a>; --limit tells how many" in cut.stderr
    assert [each["commit"] for each in objects] == [None, name]
    assert objects[1]["added"] == [f'<{A}> <http://e/p> "长春"@zh-hans .']


def test_a_shallow_checkout_says_that_it_is(checkout: Checkout, tmp_path: Path) -> None:
    """What it has is told, and that older changes are not in it."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"})
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 2 .\n"})
    checkout.git(
        "clone", "-q", "--depth", "1", checkout.top.as_uri(), str(tmp_path / "clone")
    )
    done = run(str(tmp_path / "clone"), A)

    assert done.exit_code == 0
    assert "1 change of <http://e/a>; the checkout is shallow" in done.stderr


def test_without_history_it_is_said_why(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No checkout, no commit, no git: a sentence each, exit status 2."""
    (tmp_path / "plain").mkdir()
    checkout.write({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"})
    none, empty = run(str(tmp_path / "plain"), A), run(str(checkout.folder), A)
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = run(str(checkout.folder), A)

    assert "plain is not in a git checkout" in none.stderr
    assert "without any commit yet" in empty.stderr
    assert "git is not installed" in missing.stderr
    assert {none.exit_code, empty.exit_code, missing.exit_code} == {2}


def test_an_entity_without_a_change_is_told_with_one_that_is_like_it(
    checkout: Checkout,
) -> None:
    """A word that is misspelt ends with 1; days on which nothing changed do not."""
    folder = str(checkout.folder)
    checkout.commit({"graph/a.ttl": f"{HEAD}:Changchun :p 1 .\n"})
    misspelt = run(folder, "http://e/Changchin")
    later = run(folder, "http://e/Changchun", "--since", "2099-01-01")
    undated = run(folder, "http://e/Changchun", "--since", "yesterday")

    assert "No commit says anything of <http://e/Changchin>" in misspelt.stderr
    assert "Did you mean <http://e/Changchun>?" in misspelt.stderr
    assert "No commit since 2099-01-01 says anything" in later.stderr
    assert "Write --since 2030-01-31, not yesterday." in undated.stderr
    assert [each.exit_code for each in (misspelt, later, undated)] == [1, 0, 2]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_checkout_of_another_user_is_told(checkout: Checkout) -> None:
    """With the command that trusts it."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"})
    for path in (checkout.top, checkout.top / ".git"):
        os.chown(path, 12345, 12345)

    with pytest.raises(git.NoHistory, match=r"config --global --add safe\.directory"):
        git.find(checkout.folder)


def test_nothing_that_a_configuration_names_is_run(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Monitors, pagers, converters, filters, hooks, signature checks: none of them."""
    ran = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho run >> {ran}\ncat\n")
    program.chmod(0o755)
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"})
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 2 .\n"})
    (checkout.top / ".gitattributes").write_text("*.ttl filter=bad diff=bad\n")
    for key in (
        "core.fsmonitor", "core.pager", "diff.external", "diff.bad.textconv",
        "diff.bad.command", "filter.bad.clean", "filter.bad.smudge", "gpg.program",
        "pager.log", "pager.blame", "core.sshCommand", "core.editor",
    ):  # fmt: skip
        checkout.git("config", key, str(program))
    checkout.git("config", "log.showSignature", "true")
    hook = checkout.top / ".git" / "hooks" / "post-index-change"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(program, hook)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(program))
    ran.unlink(missing_ok=True)
    checkout.write({"graph/a.ttl": f"{HEAD}:a :p 3 .\n"})
    settings = setting.read(checkout.folder, {})
    blame.bring(settings, chronicle.bring(settings))

    assert run(str(checkout.folder), A).exit_code == 0
    assert not ran.exists()


def test_names_and_messages_of_any_kind_mislead_nobody(checkout: Checkout) -> None:
    """Dashes, quotes, line ends, other scripts; what moves the cursor is taken out."""
    names = ["-rf", "a b", 'q"uote', "grüße", "长春", "x;touch y", ":(top)z", "*"]
    checkout.commit(
        {f"graph/{name}.ttl": f"{HEAD}:a :p {n} .\n" for n, name in enumerate(names)},
        "\x01" + "0" * 40 + " \x1b[31mred",
        author="\x01Bob\x1b[2J",
    )
    settings = setting.read(checkout.folder, {})
    repository = chronicle.bring(settings)
    blame.bring(settings, repository)
    (entry,) = chronicle.of(settings.state, A)

    assert len(entry.added) == len(names)
    assert entry.commit
    assert entry.commit.author.isprintable()
    assert entry.commit.summary.isprintable()
    for source in sources.find(settings):
        assert len(blame.stamps(settings.state, source)) == 2, source.path


def test_a_hook_s_own_variables_lead_nowhere_else(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`GIT_DIR`, which git sets for its hooks, is another repository's here."""
    other = Checkout(tmp_path / "other")
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"}, "came")
    monkeypatch.setenv("GIT_DIR", str(other.top / ".git"))

    assert [summary for summary, _ in told(past(checkout))] == ["came"]


def test_each_line_has_its_commit(checkout: Checkout) -> None:
    """Also between lines that are saved and not committed, which have none."""
    first = checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 ;\n   :q 2 .\n"})
    second = checkout.commit(
        {"graph/a.ttl": f"{HEAD}:a :p 1 ;\n   :r 3 ;\n   :q 2 .\n"}, author="Bea"
    )
    checkout.write(
        {"graph/a.ttl": f"{HEAD}:a :p 1 ;\r\n :n 0 ;\n   :r 3 ;\n   :q 2 .\n"}
    )
    settings = setting.read(checkout.folder, {})
    blame.bring(settings, chronicle.bring(settings))
    (source,) = sources.find(settings)
    stamps = blame.stamps(settings.state, source)

    assert [stamp and stamp.id for stamp in stamps] == [
        first, first, None, second, first,
    ]  # fmt: skip
    assert [stamp.author for stamp in stamps if stamp] == ["Ada", "Ada", "Bea", "Ada"]
    checkout.commit({}, "as saved")
    blame.bring(settings, chronicle.bring(settings))
    assert all(blame.stamps(settings.state, source))


def test_a_broken_ledger_is_begun_anew(checkout: Checkout) -> None:
    """It is only a cache."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"}, "came")
    state = setting.read(checkout.folder, {}).state
    state.mkdir()
    (state / ledger.FILE).write_bytes(
        b"no database, but as long as a header of one " * 9
    )

    assert chronicle.of(state, A) == ()
    assert len(past(checkout)) == 1


def test_a_worktree_has_its_past_too(checkout: Checkout, tmp_path: Path) -> None:
    """Its `.git` is a file."""
    checkout.commit({"graph/a.ttl": f"{HEAD}:a :p 1 .\n"}, "came")
    checkout.git("worktree", "add", "-q", str(tmp_path / "beside"))
    beside = tmp_path / "beside"

    assert run(str(beside), A).stdout.splitlines()[0].endswith("Ada: came")
    found = git.directory(beside)
    assert found
    assert (found / "HEAD").is_file()
    subprocess.run(["git", "-C", beside, "status"], check=True, capture_output=True)


def served(checkout: Checkout, **environment: str) -> FlaskClient:
    """A client of the application over the checkout, as the server has it."""
    settings = setting.read(checkout.folder, environment)
    built = snapshot.build(settings)
    assert built.served, built.as_text(0)
    recorder.record(settings)
    return create_app(settings).test_client()


OURS = "@prefix : <http://127.0.0.1:8000/id/> .\n"


def test_the_page_shows_changes_and_pages_of_them(checkout: Checkout) -> None:
    """Twenty a page; the same as JSON; 404 for what no commit speaks of."""
    for number in range(22):
        checkout.commit({"graph/a.ttl": f'{OURS}:a :p "长{number}"@zh-Hans .\n'})
    client = served(checkout)
    page = client.get("/page/a/history", headers={"Accept": "text/html"})
    second = client.get("/page/a/history?page=2", headers={"Accept": "text/html"})
    told = client.get("/page/a/history", headers={"Accept": "application/json"}).text

    assert page.status_code == second.status_code == 200
    assert page.text.count('class="came"') == 20
    assert '<small class="tag">zh-Hans</small>' in page.text
    assert ("长21" in page.text, "长1<" in second.text) == (True, True)
    assert (json.loads(told)["total"], len(json.loads(told)["changes"])) == (22, 20)
    assert client.get("/page/b/history").status_code == 404
    assert '/page/a/history"' in client.get("/page/a").text


def test_the_page_is_anew_after_a_commit(checkout: Checkout) -> None:
    """Though the version is the same one; before that its tag answers 304."""
    checkout.commit({"graph/a.ttl": f"{OURS}:a :p 1 .\n"})
    checkout.write({"graph/a.ttl": f"{OURS}:a :p 2 .\n"})
    client = served(checkout)
    tag = client.get("/page/a/history").headers["ETag"]
    again = client.get("/page/a/history", headers={"If-None-Match": tag})
    checkout.commit({}, "second")
    recorder.record(setting.read(checkout.folder, {}))
    after = client.get("/page/a/history", headers={"If-None-Match": tag})

    assert (again.status_code, after.status_code) == (304, 200)


def test_a_thing_that_went_keeps_its_history(checkout: Checkout) -> None:
    """At the address that it had, also one that is not ASCII."""
    checkout.commit({"graph/a.ttl": f"{OURS}:a :p 1 .\n:长春 :p 1 .\n"})
    checkout.commit({"graph/a.ttl": f"{OURS}:a :p 1 .\n"})
    told = served(checkout).get(
        "/page/长春/history", headers={"Accept": "application/json"}
    )

    assert json.loads(told.text)["total"] == 2


def test_a_thing_of_that_name_goes_before(checkout: Checkout) -> None:
    """`id/a/history` is a thing of the data, with a page of its own."""
    base = "http://127.0.0.1:8000/id"
    checkout.commit({"graph/a.ttl": f'<{base}/a/history> <{base}/p> "itself" .\n'})

    assert "itself" in served(checkout).get("/page/a/history").text


def test_pages_and_proofs_name_who_wrote_a_line(checkout: Checkout) -> None:
    """With the day and the commit; `explain` says the same."""
    name = checkout.commit({"graph/a.ttl": f"{OURS}:a :p :b .\n"}, author="Bea")
    client = served(checkout)
    iris = [f"http://127.0.0.1:8000/id/{each}" for each in "apb"]
    asked = "&".join(f"{k}={v}" for k, v in zip("spo", iris, strict=True))
    why = client.get(f"/why?{asked}", headers={"Accept": "application/json"}).text
    proof = client.get(f"/why?{asked}", headers={"Accept": "text/turtle"}).text
    told = CliRunner().invoke(
        cli.main,
        ["explain", str(checkout.folder), " ".join(f"<{iri}>" for iri in iris)],
    )

    assert "<bdi>Bea</bdi>" in client.get("/page/a").text
    assert "<bdi>Bea</bdi>" in client.get(f"/why?{asked}").text
    assert (
        json.loads(why)["proofs"][0]["steps"][0]["origins"][0]["commit"]["id"] == name
    )
    assert f"commit-{name}" in proof
    assert f"{name[:10]} 2030-01-01 Bea" in told.stdout


def test_provenance_is_a_graph_where_it_is_wanted(checkout: Checkout) -> None:
    """Statement, line, commit, author; a commit without a change makes a version.

    The README's query is of the shipped graph; here it is asked of another property.
    """
    name = checkout.commit(
        {"graph/a.ttl": f"{OURS}:a :p 1 ;\n  :q 2 .\n"}, author="Bea"
    )
    wanted = {"KGSERVER_PROVENANCE": "true"}
    client = served(checkout, **wanted)
    query = """
        PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?line ?id ?who { GRAPH <http://127.0.0.1:8000/graph/provenance> {
          ?s rdf:object 2 ; prov:wasDerivedFrom ?l .
          ?l <http://www.w3.org/2009/pointers#lineNumber> ?line ;
            prov:wasGeneratedBy ?c .
          ?c <http://purl.org/dc/terms/identifier> ?id ;
            prov:wasAssociatedWith/<http://xmlns.com/foaf/0.1/name> ?who } }
    """
    rows = client.post(
        "/sparql", data={"query": query}, headers={"Accept": "text/csv"}
    ).text
    (documented,) = re.findall(
        r"```sparql\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    )
    base = "http://127.0.0.1:8000/"
    asked = documented.replace("https://w3id.org/cityexchange/", base)
    asked = asked.replace("cex:sisterCity", f"<{base}id/q>")
    said = client.post(
        "/sparql", data={"query": asked}, headers={"Accept": "text/csv"}
    ).text
    settings = setting.read(checkout.folder, wanted)
    checkout.commit({}, "nothing")

    assert rows.splitlines()[1:] == [f"3,{name},Bea"]
    assert f"{base}graph/a#L3,Bea,2030-01-01T" in said
    assert snapshot.build(settings).fresh
    assert not snapshot.build(settings).fresh


def test_without_git_pages_say_so_and_lines_stay(tmp_path: Path) -> None:
    """404 with the reason; the graph of provenance has files and lines."""
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "a.ttl").write_text(f"{OURS}:a :p 1 .\n")
    settings = setting.read(tmp_path, {"KGSERVER_PROVENANCE": "true"})
    assert snapshot.build(settings).served
    recorder.record(settings)
    client = create_app(settings).test_client()

    assert client.get("/page/a").status_code == 200
    assert "in no git checkout" in client.get("/page/a/history").text
    assert "lineNumber" in client.get("/graph/provenance").text
