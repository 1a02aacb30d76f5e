"""`holdfast drill`: exit codes, what goes to stdout and stderr, and one clear error for each wrong input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "test_drills"))

from applied_ground import RECOVERY, Applied, make_environment

from holdfast.aws.endpoints import write_endpoints
from holdfast.cli.main import run
from holdfast.sandbox import lifecycle

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/drill-run.schema.json").read_text())
sandbox = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    home = tmp_path_factory.mktemp("sandbox")
    yield lifecycle.start(home)
    lifecycle.stop(home)


@pytest.fixture
def name(declare):
    """An environment nobody applied, and no sandbox."""
    return declare(make_environment())


@pytest.fixture
def applied(declare, emulator, tmp_path):
    applied = Applied(make_environment(), emulator, tmp_path).apply()
    declare(applied.environment)
    write_endpoints(applied.home, emulator)
    return applied


def written(home):
    """What lies in a home folder, besides the audit log, which also says what was tried and refused."""
    return sorted(path.name for path in home.rglob("*") if "audit" not in path.relative_to(home).parts)


def command(applied, *arguments):
    return run(["drill", arguments[0], applied.environment.environment, *arguments[1:]])


def test_the_list_says_what_each_kind_proves(capsys):
    assert run(["drill", "list"]) == 0
    said = capsys.readouterr().out
    assert "object-recovery\n  proves: Files of a dataset come back" in said
    assert run(["drill", "list", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "holdfast.drill-list/1"
    assert [kind["kind"] for kind in document["kinds"]] == SCHEMA["properties"]["kind"]["enum"]
    assert all(kind["proves"] and kind["works_on"] for kind in document["kinds"])
    assert document["kinds"][0]["scenarios"] == ["region_loss", "corruption", "key_loss"]


@sandbox
def test_a_drill_that_passes_exits_0_with_data_on_stdout_and_progress_on_stderr(applied, capsys):
    applied.push()
    assert command(applied, "run", "object-recovery", "--dataset", "project", "--responsible", "Ada") == 0
    said = capsys.readouterr()
    assert said.out.startswith("PASSED drill-")
    assert len(said.out.splitlines()) == 1
    assert "· restore" in said.err
    assert "recovery point:" in said.err
    assert "evidence: " in said.err


@sandbox
@pytest.mark.parametrize("kind", [["object-recovery", "--dataset", "project"], ["immutability"]])
def test_json_is_one_document_that_fits_its_schema(applied, capsys, kind):
    applied.push()
    assert command(applied, "run", *kind, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "holdfast.drill-run/1"
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert Path(document["evidence"]["path"]).is_file()


@sandbox
def test_nothing_to_restore_exits_3_and_fits_the_schema(applied, capsys):
    assert command(applied, "run", "object-recovery", "--dataset", "project", "--json") == 3
    said = capsys.readouterr()
    document = json.loads(said.out)
    assert (document["verdict"], document["recovery_point"]) == ("INCONCLUSIVE", None)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert "no recovery point" in said.err


@sandbox
def test_a_missed_objective_exits_2(applied, capsys, monkeypatch):
    applied.push()
    tiers = applied.environment.document()["tiers"]
    tiers["demo"]["rto"] = {"region_loss": "1s"}
    document = applied.environment.document() | {"tiers": tiers}
    path = Path(os.environ["HOLDFAST_ENVIRONMENTS"]) / f"{applied.environment.environment}.yaml"
    path.write_text(json.dumps(document))
    from holdfast.drills.object_recovery import ObjectRecovery

    real = ObjectRecovery.restore

    def slow(self, drill, selection):
        time.sleep(1.1)
        return real(self, drill, selection)

    monkeypatch.setattr(ObjectRecovery, "restore", slow)
    assert command(applied, "run", "object-recovery", "--dataset", "project") == 2
    assert "MISSED" in capsys.readouterr().err


WRONG = [
    (["object-recovery", "--dataset", "project", "--sample", "some"], "allowed: a whole number from 1, or all"),
    (["object-recovery", "--dataset", "project", "--sample", "0"], "allowed: a whole number from 1, or all"),
    (["object-recovery", "--dataset", "project", "--scenario", "flood"], "corruption, region_loss, key_loss"),
    (["object-recovery", "--dataset", "project", "--seed", "-1"], "x>=0"),
    (["object-recovery", "--dataset", "project", "--max-bytes", "0"], "x>=1"),
    (["magic"], "allowed: access-control, aws-backup, configuration"),
    (["object-recovery"], "name it with --dataset (allowed: project, exports)"),
    (["object-recovery", "--dataset", "ledger"], "ledger"),
    (["object-recovery", "--dataset", "project", "--tenant", "acme"], "does not tell tenants apart"),
    (["object-recovery", "--dataset", "exports", "--tenant", "../x"], "'../x'"),
    (["object-recovery", "--dataset", "project", "--scenario", "account_loss"], "allowed: region_loss, corruption"),
    (["access-control", "--dataset", "project"], "takes no --dataset"),
    (["immutability", "--tenant", "acme"], "takes no --tenant"),
    (["immutability", "--scenario", "corruption"], "allowed: region_loss"),
    (["access-control", "--scenario", "corruption"], "allowed: none"),
    (["object-recovery", "--resume", "drill-1"], "no drill 'drill-1' to resume; allowed: none"),
    (["object-recovery", "--resume", "x", "--sample", "3"], "leave out --sample"),
    (["object-recovery", "--resume", "x", "--set", "y"], "leave out --set"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_a_wrong_input_is_one_error_that_says_what_is_allowed_and_writes_nothing(
    declare, emulator, tmp_path, capsys, arguments, said
):
    name = declare(make_environment())
    write_endpoints(tmp_path / "home", emulator)
    before = written(tmp_path / "home")
    assert run(["drill", "run", name, *arguments]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert written(tmp_path / "home") == before


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_a_wrong_input_is_told_before_a_sandbox_is_looked_for(declare, capsys, arguments, said):
    name = declare(make_environment())
    assert run(["drill", "run", name, *arguments]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "no sandbox is running" not in error


def test_an_environment_that_is_no_sandbox_needs_its_name_before_anything_is_asked(declare, capsys):
    environment = make_environment(sandbox=False, accounts={"workload": "111111111111", "backup": "222222222222"})
    name = declare(environment)
    assert run(["drill", "run", name, "immutability"]) == 1
    assert f"--confirm {name}" in capsys.readouterr().err


def test_without_a_running_sandbox_a_drill_is_one_error_with_the_way_to_start_it(name, capsys):
    assert run(["drill", "run", name, "immutability"]) == 1
    said = capsys.readouterr().err
    assert "no sandbox is running" in said
    assert "holdfast sandbox start" in said


def test_without_a_running_sandbox_a_sweep_still_removes_what_lies_here(name, tmp_path, capsys):
    scratch = tmp_path / "home" / "scratch" / "drill-20261122T020000Z-1a2b3c4d"
    (scratch / "restored").mkdir(parents=True)
    (scratch / "drill.json").write_text(json.dumps({"drill_id": scratch.name, "environment": name}))
    assert run(["drill", "sweep", name, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "holdfast.drill-sweep/1"
    assert document["removed"] == [str(scratch)]
    assert not scratch.exists()
    assert run(["drill", "sweep", name]) == 0
    assert "nothing to sweep" in capsys.readouterr().err


@sandbox
def test_a_sweep_lists_canaries_and_until_when_they_stay(applied, capsys):
    assert command(applied, "run", "immutability") == 0
    capsys.readouterr()
    assert command(applied, "sweep") == 0
    said = capsys.readouterr().err
    assert said.count("it is locked") == 2
    assert applied.bucket(RECOVERY) in said


HALF_RESTORED = """
import itertools, sys, time
from holdfast.drills import object_recovery

fetch_many = object_recovery.fetch_many

def half(entries, target, *, only, clock):
    fetch_many(entries, target, only=itertools.islice(only or entries, 100), clock=clock)
    print("half restored", file=sys.stderr, flush=True)
    time.sleep(600)

object_recovery.fetch_many = half
from holdfast.cli.start import main
main()
"""
"""The program, but that a restore waits once it has a hundred files: so the signal comes before its end."""


@sandbox
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_signal_in_the_middle_is_one_error_and_killed_it_says_how_to_go_on(applied, capsys, number, code):
    for count in range(300):
        applied.write(f"many/{count:03}", os.urandom(1000))
    applied.push()
    environment = applied.environment.environment
    arguments = ["drill", "run", environment, "object-recovery", "--dataset", "project"]
    process = subprocess.Popen(
        [sys.executable, "-c", HALF_RESTORED, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    told = [next(line for line in process.stderr if said in line) for said in ("· restore", "half restored")]
    process.send_signal(number)
    out, err = process.communicate(timeout=240)
    assert len(told) == 2
    assert process.returncode == code
    assert "Traceback" not in err
    assert out == ""
    if number != signal.SIGKILL:
        assert "cleaned up and recorded as INCONCLUSIVE" in err
        assert list((applied.home / "scratch").iterdir()) == []
        return
    assert command(applied, "run", "object-recovery", "--dataset", "project") == 0
    said = capsys.readouterr()
    drill_id = said.err.split()[1]
    assert f"resume it (--resume {drill_id}) or holdfast drill sweep" in said.err
    assert command(applied, "run", "object-recovery", "--resume", drill_id) == 0
    assert f"PASSED {drill_id}" in capsys.readouterr().out
    assert list((applied.home / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["object-recovery", "--dataset", "projects"], "there is no dataset 'projects'"),
        (["objectrecovery", "--dataset", "project"], "no drill kind 'objectrecovery'"),
        (["object-recovery", "--dataset", "project", "--tenant", "acme"], "does not tell tenants apart"),
        (["tenant", "--dataset", "exports"], "name it with --tenant"),
        (["object-recovery", "--dataset", "project", "--scenario", "flood"], "no scenario 'flood'"),
        (["region-loss", "--of", "replication"], "cannot wrap replication"),
        (["object-recovery", "--dataset", "project", "--of", "tenant"], "only region-loss wraps"),
        (["game-day"], "name it with --file"),
        (["game-day", "--file", "nowhere.yaml"], "nowhere.yaml"),
        (["configuration"], "declares no dataset of kind configuration"),
    ],
)
def test_what_is_wrong_is_said_before_a_sandbox_is_looked_for(name, capsys, arguments, said):
    assert run(["drill", "run", name, *arguments]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "hint:" in error
    assert "sandbox is running" not in error
