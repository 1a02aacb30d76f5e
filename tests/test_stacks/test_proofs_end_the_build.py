"""A refuted proof ends the synthesis, in one error that names file, line, value and what is allowed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from cdktn import Annotations, App
from stack_ground import FOLDER, load

from holdfast.cli.main import run
from holdfast.environments.loading import load_environment
from holdfast.environments.refuting import RefutedEnvironment
from holdfast.objectives.proof import Assumption, AssumptionSource, Scenario
from holdfast.stacks import app as app_module
from holdfast.stacks.__main__ import main
from holdfast.stacks.app import TARGETS, build, synthesize
from holdfast.stacks.errors import RefusedTree
from holdfast.stacks.proofs import Ground, ProofsHold

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HALF_DAILY = "cron(0 2,14 * * ? *)"


@pytest.fixture
def files(tmp_path):
    """The shipped environments, the sandbox backed up once a day where its objective needs two."""
    folder = tmp_path / "environments"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("holdfast", "__pycache__"))
    sandbox = folder / "sandbox.yaml"
    sandbox.write_text(sandbox.read_text().replace(HALF_DAILY, "cron(0 2 * * ? *)"))
    return folder


def written(out):
    return sorted(path.parent.name for path in out.rglob("cdk.tf.json"))


def test_what_is_refuted_is_not_synthesized(files, tmp_path):
    out = tmp_path / "out"
    loaded = load_environment("sandbox", files)

    with pytest.raises(RefutedEnvironment) as refuted:
        synthesize(loaded.environment, out, Ground.of(loaded, NOW))

    line = next(
        number
        for number, text in enumerate((files / "sandbox.yaml").read_text().splitlines(), 1)
        if "rpo: {corruption: 24h" in text
    )
    assert refuted.value.message.startswith(f"{files / 'sandbox.yaml'}:{line}: tiers.demo.rpo.corruption for project: ")
    assert "(got 1 d 4 h; allowed: at most 1 d)" in refuted.value.message
    assert refuted.value.exit_code == 2
    assert written(out) == []


def test_what_was_synthesized_before_does_not_stay(files, tmp_path):
    out = tmp_path / "out"
    synthesize(load("sandbox"), out)
    assert written(out)

    with pytest.raises(RefutedEnvironment):
        synthesize(load_environment("sandbox", files).environment, out)

    assert written(out) == []


@pytest.mark.parametrize("command", ["synth", "plan"])
def test_commands_end_with_exit_code_2(files, tmp_path, capsys, monkeypatch, command):
    monkeypatch.setenv("HOLDFAST_HOME", str(tmp_path / "home"))
    offline = ["--offline"] if command == "plan" else []

    assert run([command, "sandbox", "--environments", str(files), "--json", *offline]) == 2

    document = json.loads(capsys.readouterr().out)
    assert document["error"] == "refuted-environment"
    assert document["file"] == str(files / "sandbox.yaml")
    assert document["line"] > 1
    assert {proof["verdict"] for proof in document["proofs"]} == {"refuted"}


def test_the_cdk_s_own_command_line_ends_as_well(files, tmp_path, capsys):
    assert main(["sandbox", "--environments", str(files), "--out", str(tmp_path / "out")]) == 2

    error = capsys.readouterr().err
    assert "sandbox.yaml:" in error
    assert "allowed: at most 1 d" in error
    assert "Traceback" not in error


def test_stacks_in_somebody_s_own_app_are_held_to_it_too(files, tmp_path):
    environment = load_environment("sandbox", files).environment
    app = App(outdir=str(tmp_path), stack_traces=False, context={"targetVersions": TARGETS})
    stacks = build(app, environment)
    ProofsHold(environment, Ground(NOW)).guard(stacks)

    with pytest.raises(RuntimeError, match=r"tiers\.demo\.rpo\.corruption for project"):
        app.synth()


def test_an_exclusion_that_has_run_out_ends_the_build(tmp_path):
    environment = load("dev")
    after = datetime.combine(environment.exclusions[0].until + timedelta(days=1), NOW.timetz())

    with pytest.raises(RefutedEnvironment, match=r"exclusions\.load-test-results\.until: .*has passed"):
        synthesize(environment, tmp_path, Ground(after))


def test_a_restore_measured_as_too_slow_ends_the_build(tmp_path):
    slow = Assumption("restore time", timedelta(hours=2), AssumptionSource.MEASURED, date(2026, 11, 21), "drill x")
    ground = Ground(NOW, restore_times={("project", Scenario.CORRUPTION): slow})

    with pytest.raises(RefutedEnvironment, match=r"tiers\.demo\.rto\.corruption for project: .*by drill x"):
        synthesize(load("sandbox"), tmp_path, ground)


def test_what_an_aspect_refuses_is_one_error_that_names_the_construct(tmp_path, monkeypatch):
    def with_error(app, environment):
        stacks = build(app, environment)
        Annotations.of(stacks[0].node.find_child("Key")).add_error("this key is refused")
        return stacks

    monkeypatch.setattr(app_module, "build", with_error)

    with pytest.raises(RefusedTree, match=r"^\[sandbox-recovery/Key\] this key is refused$"):
        synthesize(load("sandbox"), tmp_path)

    assert written(tmp_path) == []


def test_one_hand_that_approves_and_executes_ends_the_build(tmp_path):
    prod = load("prod")
    deployer = "arn:aws:iam::333333333331:role/holdfast-prod-operator"  # who takes on roles would also make them
    principals = prod.principals.model_copy(update={"deployer": (deployer,)})

    with pytest.raises(RefutedEnvironment, match=r"principals: can approve and execute: "):
        synthesize(prod.model_copy(update={"principals": principals}), tmp_path, Ground(NOW))

    assert written(tmp_path) == []
