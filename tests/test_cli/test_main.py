"""The shell around the commands: what is imported, how errors look, which exit codes come out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from holdfast.cli import main as shell
from holdfast.cli.main import COMMANDS, cli, run
from holdfast.cli.reference import walk
from holdfast.cli.settings import home
from holdfast.errors import FindingError

HEAVY = ("cdktn", "jsii", "boto3", "botocore", "moto", "duckdb", "pydantic", "ministack")


def test_the_command_line_imports_nothing_heavy() -> None:
    code = "import sys, holdfast.cli.main; print('\\n'.join(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not [name for name in HEAVY if name in loaded]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_reading_the_help_of_a_command_imports_nothing_heavy(name: str) -> None:
    code = f"import sys, {COMMANDS[name][0]}; print('\\n'.join(sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not [heavy for heavy in HEAVY if heavy in loaded]


def test_each_command_has_help_with_an_example_and_json() -> None:
    for path, command in walk():
        if isinstance(command, click.Group):
            continue
        assert "Example" in (command.help or ""), path
        assert any("--json" in option.opts for option in command.params), path


def test_an_unknown_command_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["erase"]) == 1
    assert "drill" in capsys.readouterr().err


def test_a_usage_error_is_not_mistaken_for_a_finding() -> None:
    assert run(["env", "show"]) == 1


@pytest.mark.parametrize("group", ["audit", "drill", "env", "erasure", "evidence", "postgres", "restore", "sandbox"])
def test_an_unknown_command_of_a_group_names_those_there_are(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([group, "nosuch"]) == 1

    told = capsys.readouterr().err

    assert all(name in told for name in dict(walk())["holdfast", group].commands)


def test_a_usage_error_is_a_document_too_when_one_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["env", "show", "prod", "--json", "--nosuch"]) == 1

    shown = capsys.readouterr()
    document = json.loads(shown.out)

    assert (document["schema"], document["error"], document["exit_code"]) == ("holdfast.error/1", "wrong-usage", 1)
    assert "--nosuch" in document["message"]
    assert "holdfast env show" in document["hint"]
    assert "Usage:" in shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["review", "\x1b[2Jplan.json"],
        ["review", "plan.json", "--base", "\x1b[2J"],
        ["env", "show", "\x1b[2J"],
        ["evidence", "verify", "\x1b[2J\r\x07\x9b"],
        ["review", "\udcff\u202eplan.json"],
    ],
)
def test_no_argument_moves_the_cursor(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*arguments, "--json"]) == 1

    shown = capsys.readouterr()

    assert json.loads(shown.out)["exit_code"] == 1
    for text in (shown.out, shown.err):
        assert not [character for character in text if not character.isprintable() and character not in "\n\t"]


def test_a_very_long_value_is_cut_and_its_length_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["env", "show", "x" * 100_000]) == 1

    told = capsys.readouterr().err

    assert len(told) < 1000
    assert "characters)" in told
    assert "allowed: 2 to 40 of a-z" in told


class TooWeak(FindingError):
    template = "{what} is too weak"
    hint = "make {what} stronger"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise TooWeak(what="the lock")

    def crash() -> None:
        raise ZeroDivisionError("no")

    def interrupt() -> None:
        raise KeyboardInterrupt

    made = {"fail": click.Command("fail", callback=fail), "crash": click.Command("crash", callback=crash)}
    made["interrupt"] = click.Command("interrupt", callback=interrupt)
    monkeypatch.setattr(shell.LazyGroup, "get_command", lambda _self, _ctx, name: made.get(name))
    monkeypatch.setattr(shell, "COMMANDS", dict.fromkeys(made, ("", "")))


@pytest.mark.usefixtures("failing")
def test_an_error_is_one_line_a_hint_and_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fail"]) == 2
    assert capsys.readouterr().err.splitlines() == ["error: the lock is too weak", "hint:  make the lock stronger"]


@pytest.mark.usefixtures("failing")
def test_no_traceback_reaches_a_user(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["crash"]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.usefixtures("failing")
def test_an_interrupt_is_130() -> None:
    assert run(["interrupt"]) == 130


def test_what_fails_at_exit_after_an_interrupt_shows_no_traceback() -> None:
    code = (
        "import atexit; from holdfast.cli import main as shell; atexit.register(lambda: open('/no/where'));"
        "shell.run = lambda arguments: 130; shell.main()"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (130, "")


def test_an_error_is_a_document_with_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["env", "show", "nowhere", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["schema"] == "holdfast.error/1"


def test_the_group_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in COMMANDS)
    assert cli.help


def test_a_wrong_confirmation_is_refused_before_anything_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))

    assert run(["apply", "prod", "--confirm", "dev"]) == 1

    assert capsys.readouterr().err.splitlines() == ["error: not confirmed: 'dev' is not 'prod'; nothing was changed"]
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["audit"], "only that somebody tried"


@pytest.mark.parametrize("said", ["", None])
def test_without_a_home_of_ones_own_files_go_to_the_folder_of_that_name(
    said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOLDFAST_HOME", raising=False)
    if said is not None:
        monkeypatch.setenv("HOLDFAST_HOME", said)

    assert home() == tmp_path / ".holdfast"


@pytest.mark.parametrize("code", [130, 143])
def test_after_an_interruption_nobody_else_has_the_last_word(code: int) -> None:
    program = (
        "import atexit, sys; from holdfast.cli import main as shell\n"
        f"shell.run = lambda _: print('error: interrupted', file=sys.stderr) or {code}\n"
        "atexit.register(lambda: print('Error: read ECONNRESET', file=sys.stderr))\n"
        "shell.main()"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (code, "error: interrupted\n")
