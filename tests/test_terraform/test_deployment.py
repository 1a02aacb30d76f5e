"""Planning, applying and destroying with the real Terraform: order, what is kept, and going on after a failure."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import terraform_ground
from terraform_ground import DEV, Stack, running

from holdfast.aws.endpoints import SandboxNotRunning
from holdfast.clock import SystemClock
from holdfast.drills.folders import Folders
from holdfast.drills.live import claimed
from holdfast.evidence.local_store import LocalStore
from holdfast.locking import AnotherCommandRuns, file_lock
from holdfast.sandbox import lifecycle
from holdfast.sandbox.postgres.ending import sources_locked
from holdfast.terraform import Deployment, Event, EventKind, Terraform, commands, deployment
from holdfast.terraform.errors import (
    ConfigurationNotReadable,
    NoSpaceLeft,
    NotASandbox,
    StateIsLocked,
    TerraformFailed,
    UnknownStack,
    WorkspaceNotWritable,
)

pytestmark = pytest.mark.terraform


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_planned_is_applied_and_planned_again_it_is_nothing(deploy, stack, home: Path) -> None:
    made = stack("a", one={"input": "x"}, two={"input": "${terraform_data.one.output}"})
    before = (made.directory / "cdk.tf.json").read_bytes()
    deployment = deploy(made)

    planned = deployment.plan()
    deployment.apply(planned)
    again = deployment.plan()

    assert planned[0].summary.counts == {"create": 2}
    assert [change.construct_path for change in planned[0].summary.changes] == ["dev-a/one", "dev-a/two"]
    assert again[0].summary.changes == ()
    assert (made.directory / "cdk.tf.json").read_bytes() == before
    assert sorted(path.name for path in made.directory.iterdir()) == ["cdk.tf.json"]
    assert (home / "dev" / "state" / "dev-a.tfstate").is_file()


def test_everything_that_may_hold_a_secret_is_for_its_owner_only(deploy, stack, home: Path) -> None:
    deployment = deploy(stack("a", one={"input": "secret"}))
    planned = deployment.plan()
    workspace = planned[0].workspace

    assert mode(workspace.plan_file) == mode(workspace.plan_json) == mode(workspace.log("plan")) == 0o600
    assert json.loads(workspace.plan_json.read_text())["format_version"].startswith("1.")
    assert workspace.plan_json == home / "dev" / "plans" / "dev-a.json"

    deployment.apply(planned)
    assert mode(home / "dev" / "state" / "dev-a.tfstate") == 0o600
    assert not workspace.plan_file.exists()


def test_a_stack_is_applied_after_those_it_depends_on(deploy, stack, tmp_path: Path) -> None:
    note = tmp_path / "order"
    c = stack("c", after=("dev-b",), x=running(f"echo c >> {note}"))
    b = stack("b", after=("dev-a",), x=running(f"echo b >> {note}"))
    a = stack("a", x=running(f"sleep 1; echo a >> {note}"))
    deployment = deploy(c, b, a)

    deployment.apply(deployment.plan())

    assert note.read_text().split() == ["a", "b", "c"]


def test_stacks_that_need_nothing_of_each_other_are_applied_together(deploy, stack, tmp_path: Path) -> None:
    """Each waits for the other's mark: one after the other, this would never end."""
    meet = "touch {own}; for i in $(seq 2400); do [ -e {other} ] && exit 0; sleep 0.1; done; exit 1"
    left, right = tmp_path / "left", tmp_path / "right"
    a = stack("a", x=running(meet.format(own=left, other=right)))
    b = stack("b", x=running(meet.format(own=right, other=left)))
    deployment = deploy(a, b)

    deployment.apply(deployment.plan())

    assert left.exists()
    assert right.exists()


def test_a_failure_names_the_resource_stops_what_depends_on_it_and_can_be_gone_on_from(deploy, stack, home) -> None:
    broken = {"good": {"input": 1}, "bad": {"depends_on": ["terraform_data.good"], **running("echo no luck; exit 3")}}
    a, b = stack("a", **broken), stack("b", after=("dev-a",), x={"input": 1})
    deployment = deploy(a, b)

    with pytest.raises(TerraformFailed, match=r"apply of dev-a failed: local-exec.*terraform_data\.bad") as failure:
        deployment.apply(deployment.plan())
    assert "exit status 3" in failure.value.message
    assert failure.value.exit_code == 1
    assert not (home / "dev" / "state" / "dev-b.tfstate").exists()

    a.write(good={"input": 1}, bad={"depends_on": ["terraform_data.good"], **running("true")})
    rest = deploy(a, b).plan()
    assert rest[0].summary.counts == {"replace": 1}  # only what failed
    deploy(a, b).apply(rest)
    assert all(not each.summary.changes for each in deploy(a, b).plan())


def test_several_errors_are_one_error_that_counts_them(deploy, stack) -> None:
    deployment = deploy(stack("a", one=running("exit 1"), two=running("exit 1"), three=running("exit 1")))

    with pytest.raises(TerraformFailed, match="and 2 more: terraform_data"):
        deployment.apply(deployment.plan())


def test_a_configuration_terraform_refuses_is_one_error(deploy, stack) -> None:
    with pytest.raises(
        TerraformFailed,
        match=r"plan of dev-a failed: Extraneous JSON object property \(resource\.terraform_data\.one\)",
    ):
        deploy(stack("a", one={"colour": "red"})).plan()


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"'])
def test_a_configuration_that_is_none_is_one_error(deploy, stack, content: str) -> None:
    made = stack("a")
    (made.directory / "cdk.tf.json").write_text(content)

    with pytest.raises(ConfigurationNotReadable, match=r"cdk\.tf\.json"):
        deploy(made).plan()


def test_a_stack_that_was_not_synthesized_is_one_error(deploy, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationNotReadable, match="dev-gone"):
        deploy(Stack("dev-gone", tmp_path / "gone")).plan()


def test_only_the_stacks_selected_are_planned(deploy, stack) -> None:
    a, b = stack("a", x={"input": 1}), stack("b", after=("dev-a",), x={"input": 1})

    assert [each.name for each in deploy(a, b, only=["dev-b"]).plan()] == ["dev-b"]
    with pytest.raises(UnknownStack, match="'dev-z'; there are: dev-a, dev-b"):
        deploy(a, b, only=["dev-z"]).plan()


def test_progress_tells_of_each_resource_and_how_long_it_took(stack, home: Path, deploy) -> None:
    events: list[Event] = []
    deployment = deploy(stack("a", one=running("sleep 1.2")), terraform=Terraform.find(home, progress=events.append))

    deployment.apply(deployment.plan())

    told = [(event.kind, event.address) for event in events if event.kind in (EventKind.STARTED, EventKind.DONE)]
    assert told == [(EventKind.STARTED, "terraform_data.one"), (EventKind.DONE, "terraform_data.one")]
    assert next(event.elapsed for event in events if event.kind is EventKind.DONE) >= timedelta(seconds=1)
    assert [event.command for event in events if event.kind is EventKind.COMMAND] == ["init", "plan", "show", "apply"]


def test_only_a_sandbox_is_destroyed(deploy, stack, home: Path) -> None:
    deployment = deploy(stack("a", one={"input": 1}))
    deployment.apply(deployment.plan())

    with pytest.raises(NotASandbox, match="'dev'"):
        deployment.destroy()
    assert "terraform_data" in (home / "dev" / "state" / "dev-a.tfstate").read_text()


def test_a_sandbox_environment_without_a_sandbox_is_not_planned(stack, home: Path) -> None:
    lab = SimpleNamespace(environment="lab", sandbox=True)

    with pytest.raises(SandboxNotRunning, match="'lab'"):
        Deployment(lab, [stack("a")], Terraform.find(home))


def test_an_offline_plan_of_a_sandbox_environment_needs_no_sandbox(stack, home: Path) -> None:
    lab = SimpleNamespace(environment="lab", sandbox=True)
    planned = Deployment(lab, [stack("a", one={"input": 1})], Terraform.find(home), offline=True).plan()

    assert planned[0].summary.counts == {"create": 1}


def test_what_is_trimmed_is_reported_and_not_planned(deploy, stack) -> None:
    left_out = SimpleNamespace(address="terraform_data.one", type="terraform_data", construct_path="", reason="because")

    def trim(configuration):
        kept = {name: block for name, block in configuration["resource"]["terraform_data"].items() if name != "one"}
        return {**configuration, "resource": {"terraform_data": kept}}, [left_out]

    planned = deploy(stack("a", one={"input": 1}, two={"input": 2}), trim=trim).plan()

    assert [change.address for change in planned[0].summary.changes] == ["terraform_data.two"]
    assert planned[0].omitted == (left_out,)


def test_two_commands_do_not_deploy_one_environment_at_once(deploy, stack, home: Path, monkeypatch) -> None:
    monkeypatch.setattr(deployment, "_LOCK_SECONDS", 0.1)
    with deploy(stack("a")).locked(), pytest.raises(AnotherCommandRuns, match="planning or applying dev"):
        deploy(stack("a")).locked().__enter__()
    with file_lock(home / "dev" / "deployment.lock", SystemClock(), doing="nothing", patience=0):
        pass


def test_an_environment_called_sandbox_waits_for_no_lock_of_the_emulators(stack, home: Path, monkeypatch) -> None:
    """Both write to the folder `sandbox`: deploying, drilling and recording go on while emulators begin or end."""
    monkeypatch.setattr(deployment, "_LOCK_SECONDS", 0.1)
    clock, sandbox = SystemClock(), SimpleNamespace(**vars(DEV) | {"environment": "sandbox"})
    drill = Folders(home, "sandbox", "drill-20261122T081500Z-0123abcd")
    with lifecycle._locked(home, clock), sources_locked(home, clock):
        before = set(home.rglob("*lock"))
        with (
            Deployment(sandbox, (stack("a"),), Terraform.find(home)).locked(),
            claimed(drill, "project", clock),
            LocalStore(home / "evidence" / "sandbox").lock(clock),
        ):
            assert len(set(home.rglob("*lock")) - before) == 4
    assert len(before) == 2


def test_a_state_somebody_else_holds_is_one_error(deploy, stack, home: Path, monkeypatch, tmp_path: Path) -> None:
    """A Terraform left behind by a killed command still applies; planning waits for its lock, then says so."""
    monkeypatch.setattr(commands, "LOCK_TIMEOUT", timedelta(seconds=1))
    begun, release = tmp_path / "begun", tmp_path / "release"
    made = stack(
        "a", one=running(f"touch {begun}; for i in $(seq 2400); do [ -e {release} ] && exit 0; sleep 0.1; done")
    )
    first = deploy(made)
    planned = first.plan()
    holder = threading.Thread(target=lambda: first.apply(planned))
    holder.start()
    try:
        while not begun.exists() and holder.is_alive():
            pass
        with pytest.raises(StateIsLocked, match="dev-a"):
            deploy(made).plan()
    finally:
        release.touch()
        holder.join(240)


def test_a_folder_in_the_way_is_one_error(deploy, stack, home: Path) -> None:
    home.mkdir()
    (home / "dev").write_text("in the way")

    with pytest.raises(WorkspaceNotWritable, match="dev"):
        deploy(stack("a")).plan()


FULL = """
mount -t tmpfs -o size=64k tmpfs "$1" || exit 77
mkdir -p "$1/dev"
head -c 100000 /dev/zero > "$1/filler" 2>/dev/null
exec "$2" "$3" "$1" "$4"
"""


def test_a_full_disk_is_named(stack, home: Path) -> None:
    """On a file system with no block left, in a mount namespace of its own."""
    home.mkdir()
    made = stack("a", one={"input": "x"})
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", FULL, "sh", home, sys.executable]
    try:
        child = subprocess.run(
            [*command, terraform_ground.__file__, made.directory],
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("needs unshare")
    if child.returncode in (1, 77) and "error:" not in child.stderr:
        pytest.skip(f"this machine does not allow a mount: {child.stderr}")

    assert child.returncode == NoSpaceLeft.exit_code
    assert "no space left" in child.stderr.lower()
    assert "Traceback" not in child.stderr


def test_a_command_inherits_nothing_that_changes_what_it_means(deploy, stack, monkeypatch, home: Path) -> None:
    odd = {"TF_CLI_ARGS": "-help", "TF_CLI_ARGS_plan": "-destroy", "TF_DATA_DIR": "/nowhere", "TF_WORKSPACE": "other"}
    for name, value in odd.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", "/nowhere.tfrc")

    assert deploy(stack("a", one={"input": 1})).plan()[0].summary.counts == {"create": 1}
