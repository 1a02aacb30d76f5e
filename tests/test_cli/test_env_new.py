"""`holdfast env new` and `env templates`: what they print, ask and refuse, and the one line that does it all."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from holdfast.cli.main import run
from holdfast.clock import SystemClock

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs/schemas"
DRILL = ".github/workflows/holdfast-acme-drill.yml"


@pytest.fixture
def env(capsys, tmp_path, monkeypatch):
    """Runs `holdfast env …` in an empty repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOLDFAST_ENVIRONMENTS", raising=False)
    monkeypatch.setattr(SystemClock, "now", lambda _self: datetime(2026, 11, 22, tzinfo=UTC))

    def call(*arguments: str):
        code = run(["env", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def checked(printed: str, schema: str) -> dict:
    """The printed document, which is what its published schema says."""
    document = json.loads(printed)
    jsonschema.validate(document, json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))
    return document


def files(folder: Path) -> list[str]:
    """The files of the repository: not those of Holdfast's home, where the audit log is."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith(".holdfast/"))


def test_new_prints_what_it_wrote_and_says_what_comes_next(env, tmp_path):
    code, out, err = env("new", "acme", "--template", "starter", "--set", "organization=zeta")

    assert code == 0
    assert sorted(out.splitlines()) == files(tmp_path)
    assert "acme: valid; conditional (0 refuted" in err
    assert "still made up: workload_account, backup_account, notify" in err
    assert f"next: holdfast plan acme --offline, then {tmp_path}/bootstrap/acme/README.md" in err


def test_what_new_makes_passes_every_check_at_once(env, tmp_path):
    env("new", "acme", "--template", "regulated")

    assert env("validate")[0] == 0
    assert run(["prove", "acme"]) == 0


def test_new_as_json(env, tmp_path):
    code, out, err = env("new", "acme", "--template", "starter", "--json")

    document = checked(out, "env-new")
    assert (code, err) == (0, "")
    assert (document["written"], document["verdict"], document["root"]) == (True, "conditional", str(tmp_path))
    assert sorted(document["paths"]) == files(tmp_path)
    assert document["placeholders"][:3] == ["organization", "workload_account", "backup_account"]
    assert document["record"]["answers"]["keep"] == "35d"


def test_a_dry_run_prints_the_files_and_writes_none(env, tmp_path):
    code, out, err = env("new", "acme", "--template", "starter", "--dry-run")

    assert (code, files(tmp_path)) == (0, [])
    assert "==> environments/acme.yaml <==\n# yaml-language-server: $schema=../docs/schemas/" in out
    assert "nothing was written" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--template", "startr"], "there is no template 'startr'; there are: regulated, saas-multitenant, starter"),
        (["--template", "starter", "--set", "keep=2d"], "keep: '2d' is not allowed; allowed: 14d, 35d, 90d, 1y"),
        (["--template", "starter", "--set", "kepe=14d"], "does not ask for 'kepe'; it asks for: organization"),
        (["--template", "starter", "--set", "keep"], "--set 'keep' is not written as it has to be"),
        (["--template", "starter", "--set", "recovery_region=us-east-1"], "regions.recovery is the primary Region"),
        (["--template", "regulated", "--set", "backup_account=111111111111"], "cannot keep its promises"),
        (["--template", "starter", "--root", "elsewhere"], "is not below"),
        (["--update"], "'acme' was not made from a template"),
        ([], "name a --template"),
        (["--template", "starter", "--apply"], "go with --update"),
        (["--template", "starter", "--overwrite"], "go with --update"),
        (["--template", "starter", "--update"], "--update knows template and root from the record"),
        (["--update", "--dry-run"], "--update knows template and root from the record"),
        (["--update", "--overwrite"], "--overwrite goes with --apply"),
    ],
)
def test_what_cannot_be_done_is_one_error_and_nothing_is_written(env, tmp_path, arguments, says):
    code, out, err = env("new", "acme", *arguments)

    assert (code, out, files(tmp_path)) == (1, "", [])
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["../acme", "Acme", "a" * 41])
def test_a_bad_name_is_one_error(env, tmp_path, name):
    code, _, err = env("new", name, "--template", "starter")

    assert (code, files(tmp_path)) == (1, [])
    assert "is not the name of an environment" in err


def test_an_environment_that_is_there_is_never_made_again(env, tmp_path):
    env("new", "acme", "--template", "starter")
    before = {path: (tmp_path / path).read_bytes() for path in files(tmp_path)}

    code, out, err = env("new", "acme", "--template", "starter", "--set", "keep=1y")

    assert (code, out) == (1, "")
    assert "already there, and never overwritten" in err
    assert "holdfast env new acme --update" in err
    assert {path: (tmp_path / path).read_bytes() for path in files(tmp_path)} == before


def test_an_error_as_json_is_one_document(env):
    code, out, _ = env("new", "acme", "--template", "startr", "--json")

    document = json.loads(out)
    assert (code, document["error"], document["hint"]) == (1, "unknown-template", "did you mean starter?")


def test_update_shows_a_diff_and_writes_nothing(env, tmp_path):
    env("new", "acme", "--template", "starter")
    before = (tmp_path / DRILL).read_bytes()

    code, out, err = env("new", "acme", "--update", "--set", "drills=daily")

    assert code == 0
    assert f"--- a/{DRILL}\n+++ b/{DRILL}\n" in out
    assert f"{DRILL}: changed by the template" in err
    assert re.search(r"starter, version 1 → 1: 2 of \d+ files differ", err)
    assert (tmp_path / DRILL).read_bytes() == before


def test_an_update_with_nothing_to_show_shows_nothing(env):
    env("new", "acme", "--template", "starter")

    code, out, err = env("new", "acme", "--update")

    assert (code, out) == (0, "")
    assert re.search(r"\b0 of \d+ files differ", err)


def test_update_applies_when_agreed_to(env, tmp_path):
    env("new", "acme", "--template", "starter")

    refused, _, err = env("new", "acme", "--update", "--apply", "--set", "drills=daily")
    agreed, _, _ = env("new", "acme", "--update", "--apply", "--yes", "--set", "drills=daily")

    assert (refused, agreed) == (1, 0)
    assert "not agreed; nothing was written" in err
    assert '- cron: "23 4 * * *"' in (tmp_path / DRILL).read_text()


def test_update_keeps_what_was_changed_by_hand_unless_told_to(env, tmp_path):
    env("new", "acme", "--template", "starter")
    environment = tmp_path / "environments/acme.yaml"
    written = environment.read_text()
    environment.write_text(written + "# mine\n")

    _, _, err = env("new", "acme", "--update", "--apply", "--yes", "--set", "keep=90d")
    kept = environment.read_text()
    env("new", "acme", "--update", "--apply", "--overwrite", "--yes")

    assert kept == written + "# mine\n"
    assert "environments/acme.yaml: changed by you and by the template" in err
    assert "delete_after: 90d" in environment.read_text()
    assert "# mine" not in environment.read_text()


def test_update_as_json(env, tmp_path):
    env("new", "acme", "--template", "starter")

    code, out, err = env("new", "acme", "--update", "--json", "--set", "drills=daily")

    document = checked(out, "env-update")
    assert (code, err) == (0, "")
    changed = {each["path"] for each in document["files"] if each["state"] == "changed"}
    assert changed == {DRILL, ".gitlab/ci/holdfast-acme.yml"}
    assert (document["before"]["answers"]["drills"], document["after"]["answers"]["drills"]) == ("weekly", "daily")
    assert document["written"] == []


def test_templates_are_listed(env):
    code, out, err = env("templates")

    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["TEMPLATE", "regulated", "saas-multitenant", "starter"]


def test_the_questions_of_a_template_are_listed(env):
    code, out, _ = env("templates", "starter")

    rows = {line.split()[0]: line for line in out.splitlines()}
    assert code == 0
    assert rows["keep"].split()[1:5] == ["35d", "14d,", "35d,", "90d,"]
    assert "12 digits" in rows["backup_account"]


def test_templates_as_json(env):
    _, listed, _ = env("templates", "--json")
    _, one, _ = env("templates", "regulated", "--json")

    names = [each["name"] for each in checked(listed, "env-templates")["templates"]]
    assert names == ["regulated", "saas-multitenant", "starter"]
    assert "framework" in [each["name"] for each in checked(one, "env-template")["questions"]]


def test_an_unknown_template_has_no_questions(env):
    code, _, err = env("templates", "none")

    assert code == 1
    assert "there is no template 'none'" in err


class Terminal:
    """A command on a terminal of its own."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self.ours, theirs = pty.openpty()
        variables = {**os.environ, "COLUMNS": "200", "TERM": "dumb"}
        variables.pop("HOLDFAST_ENVIRONMENTS", None)
        program = [sys.executable, "-c", "from holdfast.cli.start import main; main()", *arguments]
        self.process = subprocess.Popen(program, stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=variables)
        os.close(theirs)
        self.said, self.heard = "", 0

    def read_until(self, text: str, *, seconds: float = 240) -> None:
        """Read until it says `text`, after what was waited for before."""
        deadline = time.monotonic() + seconds
        while text not in self.said[self.heard :]:
            assert time.monotonic() < deadline, f"waiting for {text!r}, it said: {self.said}"
            if select.select([self.ours], [], [], 0.2)[0]:
                assert self._read(), self.said
        self.heard = self.said.index(text, self.heard) + len(text)

    def answer(self, text: str) -> None:
        os.write(self.ours, f"{text}\n".encode())

    def end(self) -> int:
        """Read to the end and return the exit code."""
        while self._read():
            pass
        os.close(self.ours)
        return self.process.wait(timeout=240)

    def _read(self) -> bool:
        try:
            found = os.read(self.ours, 4096)
        except OSError:
            return False
        self.said += found.decode(errors="replace")
        return bool(found)


def test_on_a_terminal_what_is_not_answered_is_asked_and_asked_again(tmp_path):
    given = [
        "primary_region=us-east-1",
        "recovery_region=us-west-2",
        "responsible=zoe",
        "pipelines=none",
        "branch=main",
    ]
    given += [
        "notify=none",
        "runbook=https://x.yz",
        "escalation=nobody",
        "review_plan=offline",
        "drills=weekly",
        "database=none",
        "rpo=24h",
        "lock_mode=COMPLIANCE",
    ]
    options = [each for answer in given for each in ("--set", answer)]
    terminal = Terminal("env", "new", "acme", "--template", "starter", *options, cwd=tmp_path)

    terminal.read_until("organization [acme]:")
    terminal.answer("zeta")
    terminal.read_until("workload_account [111111111111]:")
    terminal.answer("12")
    terminal.read_until("workload_account: '12' is not allowed; allowed: 12 digits")
    terminal.read_until("workload_account [111111111111]:")
    terminal.answer("123456789012")
    terminal.read_until("backup_account [222222222222]:")
    terminal.answer("")
    terminal.read_until("keep [35d]:")
    terminal.answer("90d")

    assert terminal.end() == 0, terminal.said
    answers = json.loads((tmp_path / "environments/.templates/acme.json").read_text())["answers"]
    assert (answers["organization"], answers["workload_account"]) == ("zeta", "123456789012")
    assert (answers["backup_account"], answers["keep"]) == ("222222222222", "90d")


def test_on_a_terminal_an_update_is_written_only_after_a_yes(env, tmp_path):
    env("new", "acme", "--template", "starter")
    before = (tmp_path / DRILL).read_text()
    update = ("env", "new", "acme", "--update", "--apply", "--set", "drills=daily")

    terminal = Terminal(*update, cwd=tmp_path)
    terminal.read_until("write 2 files and the record? [y/N]:")
    terminal.answer("")
    assert terminal.end() == 1
    assert (tmp_path / DRILL).read_text() == before

    terminal = Terminal(*update, cwd=tmp_path)
    terminal.read_until("write 2 files and the record? [y/N]:")
    terminal.answer("y")
    assert terminal.end() == 0
    assert (tmp_path / DRILL).read_text() != before


def test_asked_and_interrupted_leaves_nothing(tmp_path):
    terminal = Terminal("env", "new", "acme", "--template", "starter", cwd=tmp_path)

    terminal.read_until("organization [acme]:")
    os.write(terminal.ours, b"\x04")

    assert terminal.end() == 130
    assert files(tmp_path) == []


@pytest.fixture
def checkout(tmp_path):
    """As much of a checkout as `scripts/bootstrap-environment` needs, set up already."""
    root = tmp_path / "checkout"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/bootstrap-environment", root / "scripts")
    (root / "scripts/setup").write_text("#!/bin/sh\n")
    (root / "scripts/setup").chmod(0o755)
    (root / ".venv/bin").mkdir(parents=True)
    program = root / ".venv/bin/holdfast"
    program.write_text(f"#!{sys.executable}\nfrom holdfast.cli.start import main\nmain()\n")
    program.chmod(0o755)
    return root


def bootstrap(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    command = [str(checkout / "scripts/bootstrap-environment"), *arguments]
    return subprocess.run(
        command,
        cwd=checkout.parent,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_one_line_makes_validates_proves_and_synthesizes_an_environment(checkout):
    ran = bootstrap(checkout, "acme", "saas-multitenant", "--set", "organization=zeta")

    assert ran.returncode == 0, ran.stderr
    assert "acme: valid\n" in ran.stdout
    assert "acme: conditional (0 refuted" in ran.stderr
    for part in ("recovery", "primary", "access", "watch"):
        assert (checkout / f".holdfast/acme/stacks/acme-{part}/cdk.tf.json").is_file()
    assert (checkout / "bootstrap/acme/state.tf").is_file()


@pytest.mark.parametrize("arguments", [[], ["acme"], ["--help"], ["acme", "--set", "x=y"]])
def test_the_one_line_without_its_words_says_how_it_is_used(checkout, arguments):
    ran = bootstrap(checkout, *arguments)

    assert ran.returncode == 1
    assert "scripts/bootstrap-environment NAME TEMPLATE" in ran.stderr


def test_the_one_line_stops_at_the_first_thing_that_is_wrong(checkout):
    ran = bootstrap(checkout, "acme", "starter", "--set", "keep=2d")

    assert ran.returncode == 1
    assert "keep: '2d' is not allowed" in ran.stderr
    assert not (checkout / "environments").exists()
    assert files(checkout / ".holdfast") == ["audit/audit.jsonl"]
