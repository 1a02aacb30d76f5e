"""`holdfast apply` and `destroy`: into the sandbox without asking, elsewhere only when the name is given."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from holdfast import sandbox
from holdfast.cli import confirming
from holdfast.cli.main import run

pytestmark = [pytest.mark.terraform, pytest.mark.sandbox]

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
MAIN = [sys.executable, "-c", "from holdfast.cli.start import main; main()"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("home")
    yield home
    sandbox.stop(home)


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch):
    """This home, and a running sandbox in it."""
    monkeypatch.setenv("HOLDFAST_HOME", str(home))
    return sandbox.start(home)


@pytest.fixture
def lab(at_home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An environment that is no sandbox to Holdfast, in an account that the emulator plays."""
    for file in Path("environments").glob("*.yaml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "lab.yaml").write_text("extends: dev\nenvironment: lab\nstate: null\n")
    monkeypatch.setenv("HOLDFAST_ENVIRONMENTS", str(tmp_path))
    for name, value in {**at_home.variables(), "AWS_ACCESS_KEY_ID": "111111111111"}.items():
        monkeypatch.setenv(name, value)
    return "lab"


def test_the_sandbox_is_applied_without_asking_again_it_is_nothing_and_it_is_taken_down(home: Path, capsys) -> None:
    only = ["sandbox", "--stack", "sandbox-access", "--json"]
    documents = []
    for command in ("apply", "apply", "destroy"):
        assert run([command, *only]) == 0
        printed = capsys.readouterr()
        documents.append(json.loads(printed.out))
        jsonschema.validate(documents[-1], json.loads((SCHEMAS / f"{command}.schema.json").read_text()))
        if len(documents) == 2:
            assert "nothing to change" in printed.err

    assert documents[0]["stacks"][0]["changes"]["create"] >= 6
    assert documents[1]["stacks"][0]["changes"] == {}
    assert documents[2]["stacks"] == ["sandbox-access"]


def test_what_is_left_out_is_listed_once_a_type_with_every_place(home: Path, capsys) -> None:
    assert run(["plan", "sandbox", "--stack", "sandbox-recovery"]) == 0
    lines = capsys.readouterr().out.splitlines()
    listed = lines[lines.index("declared, not exercised here:") + 1 :]

    kinds = [line for line in listed if line.startswith("  aws_")]
    assert len(kinds) == len({line.split(":")[0] for line in kinds})
    assert "    sandbox-recovery/Replica/Lifecycle" in listed


def test_elsewhere_nothing_is_applied_unless_the_name_is_given(lab: str, capsys, monkeypatch) -> None:
    arguments = ["apply", lab, "--stack", "lab-access"]
    monkeypatch.setattr("sys.stdin", io.StringIO("lab\n"))

    assert run(arguments) == 1
    assert "pass --confirm lab" in capsys.readouterr().err

    assert run([*arguments, "--confirm", lab, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stacks"][0]["changes"]["create"] >= 6

    assert run(["destroy", lab]) == 1
    assert "not marked sandbox: true" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["yes", "LAB", "", "prod", "lab lab"])
def test_another_name_than_the_environments_changes_nothing(given: str) -> None:
    with pytest.raises(confirming.NotConfirmed, match="nothing was changed"):
        confirming.confirmed("lab", given)


class Terminal:
    """A standard input somebody sits at."""

    def __init__(self, typed: str) -> None:
        self.typed = typed

    def isatty(self) -> bool:
        return True

    def readline(self, *_limit: int) -> str:
        return f"{self.typed}\n"


@pytest.mark.parametrize(("typed", "accepted"), [("lab", True), ("yes", False), ("", False), ("lab2", False)])
def test_at_a_terminal_the_name_is_asked_for(monkeypatch, capsys, typed: str, accepted: bool) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    if accepted:
        confirming.confirmed("lab", None)
    else:
        with pytest.raises(confirming.NotConfirmed, match="nothing was changed"):
            confirming.confirmed("lab", None)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "phase", ["provider mirror", "sandbox-access: terraform plan", "to create", "sandbox-access: terraform apply"]
)
def test_ctrl_c_in_any_phase_ends_without_a_traceback_or_a_process(home: Path, phase: str) -> None:
    """While synthesizing, planning, beginning to apply and applying."""
    sandbox.stop(home)
    sandbox.start(home)
    command = [*MAIN, "apply", "sandbox", "--stack", "sandbox-access"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, process_group=0)
    assert child.stderr is not None
    said = ""
    while phase not in said and (line := child.stderr.readline()):
        said += line

    os.killpg(child.pid, signal.SIGINT)
    said += child.communicate(timeout=240)[1]

    assert child.returncode == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    # In any state but ended and not yet asked about by whoever inherited it.
    running = subprocess.run(["pgrep", "-g", str(child.pid), "-r", "DIRST"], capture_output=True, check=False)
    assert running.returncode == 1, running.stdout
