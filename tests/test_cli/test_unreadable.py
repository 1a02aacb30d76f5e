"""Files and folders the user may not read: one error that names them, and never the answer for "there is nothing"."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
MEANINGLESS = ("Traceback", "unexpected", "Errno")
DROPPED = "-dac_override,-dac_read_search"

pytestmark = pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"), reason="root reads everything, and there is no setpriv"
)


@pytest.fixture
def refused(tmp_path):
    """Call the program as somebody for whom permissions count, root included; it has to refuse."""
    home = tmp_path / "home"
    home.mkdir()
    locked: list[Path] = []

    def call(where, *arguments):
        path = tmp_path / where
        if not path.suffix:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
        path.chmod(0)
        locked.append(path)
        before = ["setpriv", "--bounding-set", DROPPED, "--inh-caps", DROPPED] if os.geteuid() == 0 else []
        code = "from holdfast.cli.start import main; main()"
        variables = {"HOLDFAST_HOME": str(home), "HOLDFAST_ENVIRONMENTS": str(ENVIRONMENTS)}
        ran = subprocess.run(
            [*before, sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert ran.returncode == 1, ran.stdout + ran.stderr
        assert ran.stderr.startswith(("error: ", "Usage: "))
        assert not [word for word in MEANINGLESS if word in ran.stderr]
        assert path.name in ran.stderr
        return ran.stderr

    yield call
    for path in locked:
        path.chmod(0o700)


@pytest.mark.parametrize(
    ("where", "command"),
    [
        ("home", "audit list"),
        ("home", "evidence list prod"),
        ("home", "drill due sandbox"),
        ("home", "restore status prod"),
        ("home", "sandbox status"),
        ("home", "synth prod"),
        ("home/audit", "audit verify"),
        ("home/evidence/prod", "evidence list prod"),
        ("home/evidence/prod/0123456789abcdef", "evidence list prod"),
        ("home/prod/restores", "restore status prod"),
        ("home/sandbox/run.json", "sandbox stop"),
        ("home/sandbox/endpoints.json", "catalog sandbox"),
        ("home/sandbox/drills", "drill run sandbox immutability --resume drill-20261122T020000Z-1a2b3c4d"),
        ("kept", "evidence verify kept"),
        ("kept/chain", "evidence verify kept"),
        ("environments/prod.yaml", "env show prod --environments environments"),
        ("out", "runbook prod --out out/runbook.md"),
        ("plan.json", "review plan.json"),
        ("accepted.yaml", "review /dev/null --suppressions accepted.yaml"),
        ("steps.yaml", "drill run sandbox game-day --file steps.yaml"),
    ],
)
def test_what_may_not_be_read_is_an_error_and_not_nothing(refused, where, command) -> None:
    refused(where, *command.split())
