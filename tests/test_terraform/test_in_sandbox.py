"""The real AWS provider against the sandbox: a world that ends with its run, and emulators that die half-way."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from terraform_ground import Stack

from holdfast import sandbox
from holdfast.sandbox.errors import EmulatorDied, SandboxStopped
from holdfast.sandbox.record import read_record
from holdfast.terraform import Deployment, Event, EventKind, Terraform
from holdfast.terraform.deployment import Trim

pytestmark = [pytest.mark.terraform, pytest.mark.sandbox]

LAB = SimpleNamespace(environment="lab", sandbox=True)


@pytest.fixture
def home(tmp_path: Path):
    yield tmp_path / "home"
    sandbox.stop(tmp_path / "home")


def aws_stack(folder: Path, name: str = "lab-a", **resources: object) -> Stack:
    """A stack of AWS resources, given as `aws_sns_topic={"t": {...}}`."""
    made = Stack(name, folder / name).write()
    made.configuration |= {
        "provider": {"aws": [{"region": "us-east-1", "s3_use_path_style": True, "skip_credentials_validation": True}]},
        "resource": resources,
    }
    made.configuration["terraform"]["required_providers"] = {
        "aws": {"source": "hashicorp/aws", "version": ">= 5.100.0, < 7.0.0"}
    }
    (made.directory / "cdk.tf.json").write_text(json.dumps(made.configuration))
    return made


def deployment(home: Path, *stacks: Stack, progress=lambda _event: None, trim: Trim | None = None) -> Deployment:
    terraform = Terraform.find(home, progress=progress, watch=sandbox.watch(home))
    return Deployment(LAB, stacks, terraform, trim=trim)


def test_a_restarted_sandbox_is_a_new_world_and_apply_works_in_it(home: Path, tmp_path: Path, monkeypatch) -> None:
    """State of the old run would say that everything is there; and nothing of the user's AWS settings leads out."""
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "an old one")
    analyzer = {"analyzer_name": "${aws_backup_vault.v.name}"}
    stack = aws_stack(
        tmp_path,
        aws_sns_topic={"t": {"name": "topic"}},
        aws_backup_vault={"v": {"name": "vault"}},
        aws_accessanalyzer_analyzer={"p": analyzer},
    )
    states = []
    for _ in range(2):
        sandbox.start(home)
        made = deployment(home, stack, trim=sandbox.without_omitted)
        planned = made.plan()
        made.apply(planned)
        states.append(planned[0].workspace.state)

        assert planned[0].summary.counts == {"create": 2}
        assert [each.address for each in planned[0].omitted] == ["aws_accessanalyzer_analyzer.p"]
        assert states[-1].is_file()
        if len(states) == 1:
            assert not made.plan()[0].summary.changes
            sandbox.stop(home)

    assert not states[0].exists()


def test_destroying_takes_the_stacks_down_and_passes_over_what_was_never_applied(home: Path, tmp_path: Path) -> None:
    sandbox.start(home)
    applied = aws_stack(tmp_path, aws_sns_topic={"t": {"name": "topic"}})
    never = aws_stack(tmp_path, "lab-b", aws_sns_topic={"t": {"name": "never applied"}})
    never.dependencies = ("lab-a",)
    made = deployment(home, applied)
    planned = made.plan()
    made.apply(planned)

    assert deployment(home, applied, never).destroy() == ["lab-b", "lab-a"]
    state = planned[0].workspace.state
    assert state is not None
    assert json.loads(state.read_text())["resources"] == []


@pytest.mark.parametrize(("end", "error"), [("kill", EmulatorDied), ("stop", SandboxStopped)])
def test_a_sandbox_that_goes_half_way_is_one_clear_error_within_seconds(home: Path, tmp_path: Path, end, error) -> None:
    """While the provider waits for a key's policy to settle, which takes it some ten seconds."""
    sandbox.start(home)
    begun = threading.Event()

    def notice(event: Event) -> None:
        if event.kind is EventKind.STARTED:
            begun.set()

    key = {"description": "slow to settle", "enable_key_rotation": True, "rotation_period_in_days": 90}
    made = deployment(home, aws_stack(tmp_path, aws_kms_key={"k": key}), progress=notice)
    planned = made.plan()
    record = read_record(home)
    assert record is not None

    def disturb() -> None:
        assert begun.wait(240)
        time.sleep(1)
        if end == "kill":
            os.kill(record.emulators[0].process.pid, signal.SIGKILL)
        else:
            sandbox.stop(home)

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    with pytest.raises(error) as failure:
        made.apply(planned)
    disturbing.join()

    assert "sandbox start" in failure.value.hint
